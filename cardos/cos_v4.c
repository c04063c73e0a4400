/* SPDX-License-Identifier: Apache-2.0 */
/* What is particular to CardOS M4 and V4: object TLVs with raw length bytes, key components,
 * GENERATE KEY PAIR. Bytes: cardos-facts 4.1 to 4.5 and 6.1. */
#include "cleanup.h"
#include "cos_internal.h"
#include "iso_tlv.h"
#include "secret.h"

#include <string.h>

#define OBJECT_MAX 255 /* one short data field */
#define CLASS_TEST 0x00
#define CLASS_PSO 0x20
#define OPTIONS_LAST 0x02
#define OPTIONS_MORE 0x22
#define OPTIONS2_COUNT_TRIES 0x04
#define ALGORITHM_PIN 0x87
#define UNLIMITED 0xFF
#define RSA_TWO_PART_MAX 1024
#define ROUNDS 0x00
#define PRIME_DIFFERENCE 0x10
#define EXPONENT_BITS 0x20
#define KEYGEN_SIZE 0x0200
#define KEYGEN_AROUND 64 /* tags, lengths and exponent around a modulus, with room */
#define RECORD_MODULUS 0x10
#define RECORD_EXPONENT 0x11

/* Object TLVs of V4 have one raw length byte, never BER. */
static void put_raw(struct buf *buf, uint8_t tag, const uint8_t *value, size_t len)
{
	if (len > 0xFF)
		buf->bad = true;
	buf_u8(buf, tag);
	buf_u8(buf, (uint8_t)len);
	buf_put(buf, value, len);
}

static enum cardos_err put_pin(struct cos_card *card, const struct cos_pin_new *pin)
{
	CLEANUP(buf_done) struct buf object = { 0 }, parameters = { 0 };
	bool counts = false;
	enum cardos_err err = cos_card_counts_tries(card, &counts);
	if (err != CARDOS_OK)
		return err;
	buf_init(&object, OBJECT_MAX);
	buf_init(&parameters, OBJECT_MAX);
	const uint8_t address[2] = { CLASS_TEST, pin->reference };
	const uint8_t access[3] = { 0x00, pin->ac_change, pin->ac_unblock };
	const uint8_t rest[7] = { pin->tries & 0x0F, ALGORITHM_PIN, pin->tries & 0x0F, UNLIMITED,
		UNLIMITED, 0x00, pin->min_len };
	buf_u8(&parameters, OPTIONS_LAST);
	if (counts)
		buf_u8(&parameters, OPTIONS2_COUNT_TRIES);
	buf_put(&parameters, rest, sizeof(rest));
	put_raw(&object, 0x83, address, sizeof(address));
	put_raw(&object, 0x85, parameters.bytes, parameters.len);
	put_raw(&object, 0x86, access, sizeof(access));
	buf_u8(&object, 0x8F);
	buf_u8(&object, pin->stored_len);
	buf_put(&object, secret_bytes(pin->value), secret_len(pin->value));
	buf_fill(&object, 0x00, pin->stored_len - secret_len(pin->value));
	return cos_put_data(card, COS_DATA_OCI, &object);
}

static uint8_t algorithm(const struct cos_key_new *key)
{
	bool small = key->bits <= RSA_TWO_PART_MAX;
	if (key->mode == COS_KEY_SIGN)
		return small ? 0x8C : 0x8A;
	return small ? 0x0C : 0x0A;
}

static bool two_part(const struct cos_card *card, unsigned bits)
{
	return bits <= RSA_TWO_PART_MAX || (card->row->flags & COS_TWO_PART_RSA);
}

/* Modulus and exponent, or the five numbers of the Chinese remainder. */
static const struct secret *component(const struct cos_rsa *value, bool two, unsigned n)
{
	return value->numbers[two ? COS_RSA_MODULUS + n : COS_RSA_P + n];
}

/* Every component of a dummy holds FF: the sizes are what GENERATE KEY PAIR looks at. */
static enum cardos_err put_key(struct cos_card *card, const struct cos_key_new *key)
{
	bool two = two_part(card, key->bits);
	unsigned components = two ? 2 : COS_COMPONENTS_MAX;
	size_t len = two ? key->bits / 8 : key->bits / 16;
	enum cardos_err err = CARDOS_OK;
	for (unsigned n = 0; err == CARDOS_OK && n < components; n++) {
		CLEANUP(buf_done) struct buf object = { 0 };
		buf_init(&object, OBJECT_MAX);
		const uint8_t address[2] = { (uint8_t)(CLASS_PSO | n), key->key.reference };
		const uint8_t parameters[8] = { n + 1 < components ? OPTIONS_MORE : OPTIONS_LAST,
			0x00, algorithm(key), 0x00, UNLIMITED, UNLIMITED, 0x00, 0x00 };
		const uint8_t access[7] = { key->pin, key->pin, key->pin };
		put_raw(&object, 0x83, address, sizeof(address));
		put_raw(&object, 0x85, parameters, sizeof(parameters));
		put_raw(&object, 0x86, access, sizeof(access));
		buf_u8(&object, 0x8F);
		buf_u8(&object, (uint8_t)(two ? len + 2 : len));
		if (two) {
			buf_u8(&object, (uint8_t)(len + 1));
			buf_u8(&object, 0x00);
		}
		const struct secret *value = key->value ? component(key->value, two, n) : NULL;
		if (value && secret_len(value) != len)
			return CARDOS_E_LENGTH;
		if (value)
			buf_put(&object, secret_bytes(value), len);
		else
			buf_fill(&object, 0xFF, len);
		err = cos_put_data(card, COS_DATA_OCI, &object);
	}
	return err;
}

static enum cardos_err generate(struct cos_card *card, const struct cos_key_new *key, uint16_t fid)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const uint8_t data[8] = { CLASS_PSO, key->key.reference, (uint8_t)(fid >> 8), (uint8_t)fid,
		ROUNDS, PRIME_DIFFERENCE, 0x00, EXPONENT_BITS };
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_GENERATE, 0, 0);
	cmd.data = data;
	cmd.data_len = sizeof(data);
	return cos_send(card, &cmd, ISO_SW_KEY, &reply);
}

/* Records as large as OpenSC makes the file; for a template what it takes, for the file stays while
 * the others are written, and a DF made by OpenSC has little room. */
static void key_file(
	const struct cos_card *card, const struct cos_key_new *key, struct cos_key_file *ret_file)
{
	bool records = two_part(card, key->bits);
	*ret_file =
		(struct cos_key_file){ .kind = records ? ISO_FILE_LINEAR_TLV : ISO_FILE_TRANSPARENT,
			.size = records ? KEYGEN_SIZE : (uint16_t)(key->bits / 8 + KEYGEN_AROUND) };
}

/* One record: tag, length, length of the value, value; raw length bytes. */
static bool parse_record(
	const struct buf *buf, uint8_t tag, uint8_t *out, size_t cap, size_t *ret_len)
{
	struct cursor cursor;
	cursor_init(&cursor, buf->bytes, buf->len);
	uint8_t found = cursor_u8(&cursor);
	(void)cursor_u8(&cursor);
	size_t len = cursor_u8(&cursor);
	const uint8_t *value = cursor_take(&cursor, len);
	return value && found == tag && cos_public_take(value, len, out, cap, ret_len);
}

static enum cardos_err read_records(struct cos_card *card, struct cos_public *ret_public)
{
	CLEANUP(buf_done) struct buf n = { 0 }, e = { 0 };
	struct cos_public public = { .type = CARDOS_KEY_RSA };
	buf_init(&n, KEYGEN_SIZE);
	buf_init(&e, KEYGEN_SIZE);
	enum cardos_err err = cos_read_record(card, 1, &n);
	if (err == CARDOS_OK)
		err = cos_read_record(card, 2, &e);
	if (err != CARDOS_OK)
		return err;
	if (!parse_record(&n, RECORD_MODULUS, public.modulus, sizeof(public.modulus),
		    &public.modulus_len) ||
		!parse_record(&e, RECORD_EXPONENT, public.exponent, sizeof(public.exponent),
			&public.exponent_len))
		return CARDOS_E_CORRUPT;
	public.bits = (unsigned)public.modulus_len * 8;
	*ret_public = public;
	return CARDOS_OK;
}

/* Only as much is read as the template's header announces. */
static enum cardos_err read_public(struct cos_card *card, const struct cos_key_new *key,
	uint8_t kind, struct cos_public *ret_public)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	bool bad = false;
	size_t got = 0;
	(void)key;
	if (kind == ISO_FILE_LINEAR_TLV)
		return read_records(card, ret_public);
	buf_init(&buf, KEYGEN_SIZE);
	enum cardos_err err = cos_read(card, 0, cos_read_max(card), &buf, &got);
	if (err != CARDOS_OK)
		return err;
	size_t whole = iso_tlv_peek(buf.bytes, buf.len, &bad);
	if (bad || whole == 0 || whole > KEYGEN_SIZE)
		return CARDOS_E_CORRUPT;
	while (err == CARDOS_OK && buf.len < whole) {
		err = cos_read(card, buf.len, whole - buf.len, &buf, &got);
		if (err == CARDOS_OK && got == 0)
			err = CARDOS_E_CORRUPT;
	}
	if (err == CARDOS_OK && !cos_public_parse(buf.bytes, buf.len, ret_public))
		err = CARDOS_E_CORRUPT;
	return err;
}

static enum cardos_err put_environment(struct cos_card *card)
{
	CLEANUP(buf_done) struct buf object = { 0 };
	static const uint8_t number = 0x01;
	static const uint8_t access[2] = { 0x00, 0x00 };
	static const uint8_t components[6] = { 0 };
	buf_init(&object, OBJECT_MAX);
	put_raw(&object, 0x83, &number, 1);
	put_raw(&object, 0x86, access, sizeof(access));
	put_raw(&object, 0x8F, components, sizeof(components));
	return cos_put_data(card, COS_DATA_SECI, &object);
}

static size_t mse(uint8_t *out, const struct cos_key *key)
{
	out[0] = 0x83;
	out[1] = 0x01;
	out[2] = key->reference;
	return 3;
}

const struct cos_ops cos_ops_v4 = {
	.key_first = 0x10, /* as OpenSC numbers them */
	.key_last = 0x1F,
	.imports = true,
	.put_pin = put_pin,
	.put_key = put_key,
	.generate = generate,
	.key_file = key_file,
	.read_public = read_public,
	.put_environment = put_environment,
	.mse = mse,
};
