/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing of file control parameters. Samples: cardos-facts 3.4. */
#include "iso_fcp.h"

#include "iso_tlv.h"

#include <string.h>

#define SHAREABLE 0x40

static size_t number(const struct iso_tlv *tlv)
{
	size_t value = 0;
	for (size_t i = 0; i < tlv->len && i < 4; i++)
		value = value << 8 | tlv->value[i];
	return value;
}

static void take(struct iso_fcp *fcp, const struct iso_tlv *tlv)
{
	switch (tlv->tag) {
	case 0x80:
		fcp->size = number(tlv);
		break;
	case 0x81:
		if (fcp->size == 0)
			fcp->size = number(tlv);
		break;
	case 0x82:
		if (tlv->len > 0)
			fcp->descriptor = (uint8_t)(tlv->value[0] & ~SHAREABLE);
		break;
	case 0x83:
		if (tlv->len == 2)
			fcp->fid = (uint16_t)number(tlv);
		break;
	case 0x86:
		fcp->ac_len = tlv->len < ISO_FCP_AC_MAX ? tlv->len : ISO_FCP_AC_MAX;
		memcpy(fcp->ac, tlv->value, fcp->ac_len);
		break;
	case 0x8B:
	case 0xAB:
		fcp->rules_len = tlv->whole <= ISO_FCP_RULES_MAX ? tlv->whole : 0;
		memcpy(fcp->rules, tlv->value + tlv->len - tlv->whole, fcp->rules_len);
		break;
	default:
		break;
	}
}

bool iso_fcp_parse(const uint8_t *bytes, size_t len, struct iso_fcp *ret_fcp)
{
	struct cursor cursor;
	struct iso_tlv tlv;
	cursor_init(&cursor, bytes, len);
	if (!iso_tlv_next(&cursor, &tlv) || (tlv.tag != 0x6F && tlv.tag != 0x62))
		return false;
	struct iso_fcp fcp = { 0 };
	memset(fcp.ac, 0xFF, sizeof(fcp.ac)); /* a missing byte counts as never */
	cursor_init(&cursor, tlv.value, tlv.len);
	while (iso_tlv_next(&cursor, &tlv))
		take(&fcp, &tlv);
	if (cursor.bad)
		return false;
	*ret_fcp = fcp;
	return true;
}
