/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules of V5: pairs of what and who. Bytes: cardos-facts 3.4 and 4.6. */
#include "cos_rule.h"

#include "cleanup.h"
#include "iso_fcp.h"
#include "iso_tlv.h"

#define AB_MAX 200
#define TAG_RULES 0xAB
#define TAG_MODE 0x80
#define TAG_ALL 0x81
#define TAG_COMMAND 0x8F
#define TAG_ALWAYS 0x90
#define TAG_NEVER 0x97
#define TAG_PIN 0xA4
#define USE_VERIFY 0x08

/* The commands that rules of a DF name by their header. */
static const uint8_t phase_control[4] = { 0x80, 0x10, 0x00, 0x00 };
static const uint8_t accumulate_first[4] = { 0x80, 0xE0, 0x01, 0x00 };
static const uint8_t accumulate_more[4] = { 0x80, 0xE0, 0x00, 0x00 };
static const uint8_t put_curve[4] = { 0x00, 0xDA, 0x01, 0x6C };
static const uint8_t export_key[4] = { 0x00, 0x47, 0x83, 0x00 };

/* Which access byte a mode bit stands for. */
struct right {
	uint8_t mode;
	uint8_t byte;
};
static const struct right ef_rights[] = {
	{ 0x01, 0 },
	{ 0x02, 1 },
	{ 0x04, 2 },
	{ 0x08, 3 },
	{ 0x10, 4 },
	{ 0x40, 5 },
};
static const struct right df_rights[] = {
	{ 0x08, 3 },
	{ 0x10, 4 },
	{ 0x40, 5 },
	{ 0x01, 7 }, /* deleting and creating a child */
	{ 0x02, 7 },
	{ 0x04, 7 },
};
static const struct right df_own_rights[] = {
	{ 0xA0, 1 },
	{ 0xC0, 2 },
	{ 0x88, 6 },
};

static void put_who(struct buf *buf, uint8_t who)
{
	const uint8_t pin[6] = { 0x83, 0x01, who & 0x7F, 0x95, 0x01, USE_VERIFY };
	if (who == COS_RULE_ALWAYS)
		iso_tlv_put_header(buf, TAG_ALWAYS, 0);
	else if (who == COS_RULE_NEVER)
		iso_tlv_put_header(buf, TAG_NEVER, 0);
	else
		iso_tlv_put(buf, TAG_PIN, pin, sizeof(pin));
}

static void put_mode(struct buf *buf, uint8_t mode, uint8_t who)
{
	iso_tlv_put(buf, TAG_MODE, &mode, 1);
	put_who(buf, who);
}

static void put_command(struct buf *buf, const uint8_t *header, uint8_t who)
{
	iso_tlv_put(buf, TAG_COMMAND, header, 4);
	put_who(buf, who);
}

/* Plain mode bits of the same condition share a rule; "never" is what the last rule says. */
static void put_rights(struct buf *buf, const struct right *rights, size_t count, const uint8_t *ac)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t who = ac[rights[i].byte], mode = 0;
		bool done = who == COS_RULE_NEVER;
		for (size_t j = 0; j < i; j++)
			done |= ac[rights[j].byte] == who;
		for (size_t j = i; j < count; j++)
			mode |= ac[rights[j].byte] == who ? rights[j].mode : 0;
		if (!done)
			put_mode(buf, mode, who);
	}
}

static void put_df_commands(struct buf *buf, const uint8_t *ac)
{
	put_command(buf, phase_control, ac[0]);
	put_command(buf, accumulate_first, COS_RULE_ALWAYS);
	put_command(buf, accumulate_more, COS_RULE_ALWAYS);
	put_command(buf, put_curve, ac[7]);
	for (size_t i = 0; i < sizeof(df_own_rights) / sizeof(df_own_rights[0]); i++) {
		if (ac[df_own_rights[i].byte] != COS_RULE_NEVER)
			put_mode(buf, df_own_rights[i].mode, ac[df_own_rights[i].byte]);
	}
}

void cos_rule_put_file(struct buf *buf, const uint8_t *ac, bool df)
{
	CLEANUP(buf_done) struct buf rules = { 0 };
	buf_init(&rules, AB_MAX);
	if (df) {
		put_df_commands(&rules, ac);
		put_rights(&rules, df_rights, sizeof(df_rights) / sizeof(df_rights[0]), ac);
	} else {
		put_rights(&rules, ef_rights, sizeof(ef_rights) / sizeof(ef_rights[0]), ac);
	}
	iso_tlv_put_header(&rules, TAG_ALL, 0);
	put_who(&rules, COS_RULE_NEVER);
	buf->bad |= rules.bad;
	iso_tlv_put(buf, TAG_RULES, rules.bytes, rules.len);
}

void cos_rule_put_object(struct buf *buf, const struct cos_rule *rules, size_t count, bool export)
{
	CLEANUP(buf_done) struct buf inner = { 0 };
	buf_init(&inner, AB_MAX);
	if (export)
		put_command(&inner, export_key, COS_RULE_ALWAYS);
	for (size_t i = 0; i < count; i++)
		put_mode(&inner, rules[i].mode, rules[i].who);
	buf->bad |= inner.bad;
	iso_tlv_put(buf, TAG_RULES, inner.bytes, inner.len);
}
