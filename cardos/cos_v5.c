/* SPDX-License-Identifier: Apache-2.0 */
/* What is particular to CardOS V5: the environment of a key, PINs as templates. Bytes: cardos-facts
 * 4.6 and 6.2. */
#include "cleanup.h"
#include "cos_internal.h"
#include "cos_rule.h"
#include "iso_tlv.h"
#include "secret.h"

#define OBJECT_MAX 255 /* one short data field */
#define TRIES_MAX 0x0F
#define MODE_USE 0xC0
#define MODE_CHANGE 0xA0
#define MODE_UNBLOCK 0x88
#define TAG_TRIES 0x91

static enum cardos_err put_pin(struct cos_card *card, const struct cos_pin_new *pin)
{
	CLEANUP(buf_done) struct buf object = { 0 };
	static const uint8_t flags[3] = { 0x20, 0x00, 0x00 };
	static const uint8_t kind = 0x20, use = 0x08, operational = 0x05;
	static const uint8_t algorithm[2] = { 0x05, 0x00 };
	const uint8_t tries[3] = { TAG_TRIES, 0x01, pin->tries & TRIES_MAX };
	const struct cos_rule rules[] = { { MODE_USE, COS_RULE_ALWAYS },
		{ MODE_CHANGE, pin->ac_change }, { MODE_UNBLOCK, pin->ac_unblock } };
	buf_init(&object, OBJECT_MAX);
	iso_tlv_put(&object, 0x83, &pin->reference, 1);
	iso_tlv_put(&object, 0x85, flags, sizeof(flags));
	iso_tlv_put(&object, 0xC2, &kind, 1);
	iso_tlv_put(&object, 0x95, &use, 1);
	iso_tlv_put(&object, 0xC4, algorithm, sizeof(algorithm));
	iso_tlv_put(&object, 0x8A, &operational, 1);
	cos_rule_put_object(
		&object, rules, pin->ac_unblock == COS_RULE_NEVER ? 2 : 3, /* export= */ false);
	iso_tlv_put(&object, 0xA3, tries, sizeof(tries));
	iso_tlv_put_header(&object, 0x8F, pin->stored_len);
	buf_put(&object, secret_bytes(pin->value), secret_len(pin->value));
	buf_fill(&object, 0x00, pin->stored_len - secret_len(pin->value));
	return cos_put_data(card, COS_DATA_OCI, &object);
}

static enum cardos_err put_environment(struct cos_card *card)
{
	CLEANUP(buf_done) struct buf object = { 0 };
	static const uint8_t number = 0x01;
	buf_init(&object, OBJECT_MAX);
	iso_tlv_put(&object, 0x83, &number, 1);
	return cos_put_data(card, COS_DATA_SECI, &object);
}

static size_t mse(uint8_t *out, const struct cos_key *key)
{
	uint8_t high = key->reference & 0xF0;
	size_t n = 0;
	out[n++] = 0x84;
	out[n++] = 0x01;
	out[n++] = key->reference & 0x0F;
	out[n++] = 0x95;
	out[n++] = 0x01;
	out[n++] = 0x40;
	/* A reference with a high nibble carries its algorithm there. */
	if (high || key->algorithm) {
		out[n++] = 0x80;
		out[n++] = 0x01;
		out[n++] = high ? high : (uint8_t)key->algorithm;
	}
	return n;
}

const struct cos_ops cos_ops_v5 = {
	.key_first = 0x01, /* the high nibble of a reference has another meaning */
	.key_last = 0x0F,
	.imports = true,
	.put_pin = put_pin,
	.put_key = cos_v5_put_key,
	.generate = cos_v5_generate,
	.key_file = cos_v5_key_file,
	.read_mark = cos_v5_read_mark,
	.read_public = cos_v5_read_public,
	.delete_key = cos_v5_delete_key,
	.put_environment = put_environment,
	.mse = mse,
};
