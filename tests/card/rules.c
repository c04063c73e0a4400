/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules of V5, tag AB: pairs of what and who (cardos-facts 3.4). */
#include "card.h"

#include <string.h>

#define WHAT_MODE 0x80
#define WHAT_ALL 0x81
#define WHAT_INS 0x84
#define WHAT_HEADER 0x8F
#define WHO_ALWAYS 0x90
#define WHO_NEVER 0x97
#define WHO_OBJECT 0xA4
#define PROPRIETARY 0x80U /* mode bits that mean something else */

static bool is_what(const struct vc_tlv *tlv)
{
	switch (tlv->tag) {
	case WHAT_MODE:
	case WHAT_INS:
		return tlv->len == 1;
	case WHAT_ALL:
		return tlv->len == 0;
	case WHAT_HEADER:
		return tlv->len == 4;
	default:
		return false;
	}
}

/* The condition as a V4 access byte. */
static bool read_who(const struct vc_tlv *tlv, uint8_t *ret_condition)
{
	const uint8_t *reference;
	size_t len;

	switch (tlv->tag) {
	case WHO_ALWAYS:
		*ret_condition = VC_AC_ALWAYS;
		return tlv->len == 0;
	case WHO_NEVER:
		*ret_condition = VC_AC_NEVER;
		return tlv->len == 0;
	case WHO_OBJECT:
		reference = vc_ber_find(tlv->value, tlv->len, 0x83, &len);
		if (!reference || len != 1 || !(reference[0] & 0x7F))
			return false;
		*ret_condition = reference[0] & 0x7F;
		return true;
	default:
		return false;
	}
}

static bool fits(const struct vc_tlv *what, unsigned am, const uint8_t *header)
{
	switch (what->tag) {
	case WHAT_ALL:
		return true;
	case WHAT_MODE:
		return (what->value[0] & PROPRIETARY) == (am & PROPRIETARY) &&
		       what->value[0] & am & ~PROPRIETARY;
	case WHAT_INS:
		return header && what->value[0] == header[1];
	default:
		return header && !memcmp(what->value, header, 4);
	}
}

bool vc_rules_valid(const uint8_t *rules, size_t len)
{
	struct vc_tlv tlv;
	uint8_t condition;
	bool what = false;

	vc_ber_start(&tlv, rules, len);
	while (vc_tlv_next(&tlv)) {
		if (is_what(&tlv))
			what = true;
		else if (!what || !read_who(&tlv, &condition))
			return false;
		else
			what = false;
	}
	return !tlv.broken && !what;
}

uint8_t vc_rules_condition(const uint8_t *rules, size_t len, unsigned am, const uint8_t *header)
{
	struct vc_tlv tlv;
	uint8_t condition = VC_AC_NEVER;
	bool fitting = false;

	vc_ber_start(&tlv, rules, len);
	while (vc_tlv_next(&tlv)) {
		if (is_what(&tlv))
			fitting = fits(&tlv, am, header) || fitting;
		else if (!read_who(&tlv, &condition) || fitting)
			return fitting ? condition : VC_AC_NEVER;
	}
	return VC_AC_NEVER;
}

struct mode {
	unsigned which, am;
	const char *header; /* NULL: none */
};

static const struct mode df_modes[] = {
	{ VC_DF_LCYCLE, 0, "\x80\x10\0" },
	{ VC_DF_UPDATE, 0xA0, "\0\xDA\x01\x6E" },
	{ VC_DF_APPEND, 0xC0, "\0\xDA\x01\x6E" },
	{ VC_DF_DEACTIVATE, 0x08, NULL },
	{ VC_DF_ACTIVATE, 0x10, NULL },
	{ VC_DF_DELETE, 0x40, NULL },
	{ VC_DF_ADMIN, 0x88, NULL },
	{ VC_DF_CREATE, 0x02, NULL },
	{ VC_DF_CREATE_DF, 0x04, NULL },
};
static const struct mode ef_modes[] = {
	{ VC_EF_READ, 0x01, NULL },
	{ VC_EF_UPDATE, 0x02, NULL },
	{ VC_EF_APPEND, 0x04, NULL },
	{ VC_EF_DEACTIVATE, 0x08, NULL },
	{ VC_EF_ACTIVATE, 0x10, NULL },
	{ VC_EF_DELETE, 0x40, NULL },
};

void vc_rules_apply(struct vc_file *file)
{
	bool df = file->structure == VC_DF;
	const struct mode *modes = df ? df_modes : ef_modes;
	size_t count = df ? sizeof(df_modes) / sizeof(df_modes[0])
			  : sizeof(ef_modes) / sizeof(ef_modes[0]);

	memset(file->ac, VC_AC_NEVER, sizeof(file->ac));
	for (size_t i = 0; i < count; i++)
		file->ac[modes[i].which] = vc_rules_condition(file->rules.data, file->rules.len,
			modes[i].am, (const uint8_t *)modes[i].header);
}
