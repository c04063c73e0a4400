/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of CardOS V5, made on the card or elsewhere: two objects of one number, filled through a
 * buffer that the card keeps and names by its hash. Bytes: cardos-facts 4.6. */
#include "cleanup.h"
#include "cos_curve.h"
#include "cos_internal.h"
#include "cos_public.h"
#include "cos_rule.h"
#include "digest.h"
#include "iso_tlv.h"
#include "secret.h"

#include <openssl/bn.h>
#include <string.h>

#define BUFFER_MAX 0x1000
#define CHUNK 64
#define CHUNK_ANSWER 0x40
#define OBJECT_MAX 255
#define MARK_SIZE 16
#define TAG_OBJECT 0xAF
#define RSA_PLAIN_MAX 2048 /* larger keys are stored by their factors */
#define USE_PRIVATE 0x40
#define USE_PUBLIC 0x80
#define LIFE_CREATION 0x01
#define LIFE_OPERATIONAL 0x05
#define TO_GENERATE 0x20
#define P1_GENERATE 0x82
#define P1_EXPORT 0x83
#define P1_DELETE 0x58
#define SEARCH 0x80
#define EXPORT_AROUND 16  /* tags and lengths around modulus and exponent, with room */
#define EXPORT_EC_MAX 600 /* domain parameters and point */

static const uint8_t exponent_f4[] = { 0x01, 0x00, 0x01 };

/* Fill the card's buffer with AF { body }. */
static enum cardos_err accumulate(struct cos_card *card, const struct buf *body)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	CLEANUP(buf_done) struct buf all = { 0 };
	enum cardos_err err = CARDOS_OK;
	buf_init(&all, BUFFER_MAX);
	iso_tlv_put(&all, TAG_OBJECT, body->bytes, body->len);
	if (body->bad || all.bad)
		return CARDOS_E_MEMORY;
	for (size_t at = 0; err == CARDOS_OK && at < all.len; at += CHUNK) {
		CLEANUP(buf_done) struct buf data = { 0 };
		const uint8_t total[2] = { (uint8_t)(all.len >> 8), (uint8_t)all.len };
		buf_init(&data, OBJECT_MAX);
		if (at == 0)
			iso_tlv_put(&data, 0x80, total, sizeof(total));
		iso_tlv_put(
			&data, 0x53, all.bytes + at, all.len - at < CHUNK ? all.len - at : CHUNK);
		struct iso_cmd cmd = iso_cmd_simple(0x80, ISO_INS_ACCUMULATE, at == 0, 0);
		cmd.data = data.bytes;
		cmd.data_len = data.len;
		cmd.le = CHUNK_ANSWER;
		err = cos_send(card, &cmd, ISO_SW_KEY, &reply);
	}
	return err;
}

static enum cardos_err put_hash(struct cos_card *card, struct buf *buf, const struct buf *body)
{
	CLEANUP(buf_done) struct buf all = { 0 };
	uint8_t hash[DIGEST_SHA256_LEN];
	buf_init(&all, BUFFER_MAX);
	iso_tlv_put(&all, TAG_OBJECT, body->bytes, body->len);
	if (all.bad || !digest_sha256(&card->digest, all.bytes, all.len, hash))
		return CARDOS_E_MEMORY;
	iso_tlv_put(buf, 0xCF, hash, sizeof(hash));
	return CARDOS_OK;
}

/* What names a key, in PUT DATA and in GENERATE KEY. */
static void put_address(struct buf *buf, const struct cos_key_new *key, uint8_t use, bool fresh)
{
	const bool ec = key->type == CARDOS_KEY_EC;
	const uint8_t flags[3] = { 0x20, fresh ? TO_GENERATE : 0x00, 0x00 };
	const uint8_t algorithm[2] = { ec ? 0x0D : 0x01, ec ? 0x00 : 0x08 };
	const uint8_t kind = 0x03;
	const uint8_t life = fresh ? LIFE_CREATION : LIFE_OPERATIONAL;
	iso_tlv_put(buf, 0x83, &key->key.reference, 1);
	iso_tlv_put(buf, 0x85, flags, sizeof(flags));
	iso_tlv_put(buf, 0xC2, &kind, 1);
	iso_tlv_put(buf, 0x95, &use, 1);
	iso_tlv_put(buf, 0xC4, algorithm, sizeof(algorithm));
	iso_tlv_put(buf, 0x8A, &life, 1);
}

static bool has_value(const struct cos_key_new *key)
{
	return key->value || key->ec_value;
}

static enum cardos_err put_half(
	struct cos_card *card, const struct cos_key_new *key, uint8_t use, const struct buf *body)
{
	CLEANUP(buf_done) struct buf object = { 0 };
	const struct cos_rule rules[] = { { 0xC0, key->pin }, { 0xA0, key->pin },
		{ 0x82, key->pin }, { 0x81, key->pin } };
	buf_init(&object, OBJECT_MAX);
	enum cardos_err err = accumulate(card, body);
	put_address(&object, key, use, /* fresh= */ !has_value(key));
	if (use == USE_PRIVATE)
		cos_rule_put_object(
			&object, rules, sizeof(rules) / sizeof(rules[0]), /* export= */ true);
	if (err == CARDOS_OK)
		err = put_hash(card, &object, body);
	return err == CARDOS_OK ? cos_put_data(card, COS_DATA_OCI, &object) : err;
}

static void put_filler(struct buf *buf, uint32_t tag, size_t len)
{
	iso_tlv_put_header(buf, tag, len);
	buf_fill(buf, 0xFF, len);
}

static void put_secret(struct buf *buf, uint32_t tag, const struct secret *secret)
{
	iso_tlv_put(buf, tag, secret_bytes(secret), secret_len(secret));
}

static void bn_p(BIGNUM **number)
{
	BN_clear_free(*number);
}

static void bn_ctx_p(BN_CTX **ctx)
{
	BN_CTX_free(*ctx);
}

/* The inverse of a modulo b, at the length of b. */
static bool put_inverse(
	struct buf *buf, uint32_t tag, const struct secret *a, const struct secret *b)
{
	CLEANUP(bn_ctx_p) BN_CTX *ctx = BN_CTX_secure_new();
	CLEANUP(bn_p) BIGNUM *number = BN_secure_new();
	CLEANUP(bn_p) BIGNUM *modulus = BN_secure_new();
	CLEANUP(secret_free_p) struct secret *out = secret_new_empty(secret_len(b));
	if (!ctx || !number || !modulus || !out ||
		!BN_bin2bn(secret_bytes(a), (int)secret_len(a), number) ||
		!BN_bin2bn(secret_bytes(b), (int)secret_len(b), modulus) ||
		!BN_mod_inverse(number, number, modulus, ctx) ||
		BN_bn2binpad(number, secret_bytes_mut(out), (int)secret_len(out)) < 0)
		return false;
	put_secret(buf, tag, out);
	return true;
}

/* The factors, the smaller one first: the card wants q above p. */
static bool rsa_factors(struct buf *body, struct secret *const *numbers)
{
	const struct secret *p = numbers[COS_RSA_P];
	const struct secret *q = numbers[COS_RSA_Q];
	const bool ordered = memcmp(secret_bytes(p), secret_bytes(q), secret_len(p)) < 0;
	put_secret(body, 0x92, ordered ? p : q);
	put_secret(body, 0x93, ordered ? q : p);
	if (!put_inverse(body, 0x94, ordered ? q : p, ordered ? p : q))
		return false;
	put_secret(body, 0x95, numbers[ordered ? COS_RSA_DP : COS_RSA_DQ]);
	put_secret(body, 0x96, numbers[ordered ? COS_RSA_DQ : COS_RSA_DP]);
	return true;
}

static bool rsa_private(struct buf *body, const struct cos_key_new *key)
{
	if (key->value && key->bits > RSA_PLAIN_MAX)
		return rsa_factors(body, key->value->numbers);
	if (key->value) {
		put_secret(body, 0x81, key->value->numbers[COS_RSA_MODULUS]);
		put_secret(body, 0x82, key->value->numbers[COS_RSA_EXPONENT]);
	} else if (key->bits <= RSA_PLAIN_MAX) {
		put_filler(body, 0x81, key->bits / 8);
		put_filler(body, 0x82, key->bits / 8);
	} else {
		for (uint32_t tag = 0x92; tag <= 0x96; tag++)
			put_filler(body, tag, key->bits / 16);
	}
	return true;
}

static void rsa_public(struct buf *body, const struct cos_key_new *key)
{
	if (key->value) {
		put_secret(body, 0x81, key->value->numbers[COS_RSA_MODULUS]);
		put_secret(body, 0x82, key->value->numbers[COS_RSA_PUBLIC]);
		return;
	}
	put_filler(body, 0x81, key->bits / 8);
	iso_tlv_put(body, 0x82, exponent_f4, sizeof(exponent_f4));
}

static void ec_half(struct buf *body, const struct cos_key_new *key, const struct cos_curve *curve,
	bool private)
{
	const struct cos_ec *value = key->ec_value;
	iso_tlv_put(body, 0x06, curve->oid, curve->oid_len);
	if (private && value) {
		put_secret(body, 0x90, value->scalar);
	} else if (private) {
		put_filler(body, 0x90, curve->field);
	} else if (value) {
		iso_tlv_put(body, 0x86, value->point, value->point_len);
	} else {
		iso_tlv_put_header(body, 0x86, 2 * curve->field + 1);
		buf_u8(body, 0x04);
		buf_fill(body, 0xFF, 2 * curve->field);
	}
}

static enum cardos_err put_curve(struct cos_card *card, const struct cos_curve *curve)
{
	CLEANUP(buf_done) struct buf body = { 0 }, object = { 0 };
	static const uint8_t algorithm = 0x0D;
	buf_init(&body, BUFFER_MAX);
	buf_init(&object, OBJECT_MAX);
	if (!cos_curve_put_domain(&body, curve))
		return CARDOS_E_MEMORY;
	enum cardos_err err = accumulate(card, &body);
	iso_tlv_put(&object, 0x83, &curve->number, 1);
	iso_tlv_put(&object, 0xC4, &algorithm, 1);
	if (err == CARDOS_OK)
		err = put_hash(card, &object, &body);
	return err == CARDOS_OK ? cos_put_data(card, COS_DATA_ECD, &object) : err;
}

/* The private half first. A card that does not know the curve yet says so there, but with which
 * word is not known: any refusal of the object is worth storing the curve once. */
static enum cardos_err put_ec_private(
	struct cos_card *card, const struct cos_key_new *key, const struct cos_curve *curve)
{
	CLEANUP(buf_done) struct buf body = { 0 };
	buf_init(&body, BUFFER_MAX);
	ec_half(&body, key, curve, /* private= */ true);
	enum cardos_err err = put_half(card, key, USE_PRIVATE, &body);
	if (err != CARDOS_E_NOT_FOUND && err != CARDOS_E_INPUT && err != CARDOS_E_CARD &&
		err != CARDOS_E_NOT_SUPPORTED && err != CARDOS_E_LIFECYCLE)
		return err;
	err = put_curve(card, curve);
	return err == CARDOS_OK ? put_half(card, key, USE_PRIVATE, &body) : err;
}

enum cardos_err cos_v5_put_key(struct cos_card *card, const struct cos_key_new *key)
{
	CLEANUP(buf_done) struct buf private = { 0 }, public = { 0 };
	const struct cos_curve *curve = cos_curve_of_bits(key->bits);
	enum cardos_err err;
	buf_init(&private, BUFFER_MAX);
	buf_init(&public, BUFFER_MAX);
	if (key->type == CARDOS_KEY_EC) {
		if (!curve)
			return CARDOS_E_NOT_SUPPORTED;
		ec_half(&public, key, curve, /* private= */ false);
		err = put_ec_private(card, key, curve);
	} else {
		if (!rsa_private(&private, key))
			return CARDOS_E_ARGUMENT;
		rsa_public(&public, key);
		err = put_half(card, key, USE_PRIVATE, &private);
	}
	return err == CARDOS_OK ? put_half(card, key, USE_PUBLIC, &public) : err;
}

static enum cardos_err generate_or_export(struct cos_card *card, const struct cos_key_new *key,
	uint8_t p1, size_t le, struct card_reply *reply)
{
	CLEANUP(buf_done) struct buf address = { 0 }, data = { 0 };
	const bool generate = p1 == P1_GENERATE;
	buf_init(&address, OBJECT_MAX);
	buf_init(&data, OBJECT_MAX);
	put_address(&address, key, generate ? USE_PRIVATE : USE_PUBLIC, generate);
	iso_tlv_put(&data, 0xB6, address.bytes, address.len);
	if (address.bad || data.bad)
		return CARDOS_E_MEMORY;
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_GENERATE5, p1, 0);
	cmd.data = data.bytes;
	cmd.data_len = data.len;
	cmd.le = le;
	return cos_send_long(card, &cmd, ISO_SW_KEY, reply);
}

enum cardos_err cos_v5_generate(struct cos_card *card, const struct cos_key_new *key, uint16_t fid)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	(void)fid;
	return generate_or_export(card, key, P1_GENERATE, 0, &reply);
}

/* The EF of a generation only says which key was begun: the card keeps the public half itself. */
void cos_v5_key_file(
	const struct cos_card *card, const struct cos_key_new *key, struct cos_key_file *ret_file)
{
	(void)card;
	*ret_file = (struct cos_key_file){ .kind = ISO_FILE_TRANSPARENT,
		.size = MARK_SIZE,
		.content = { key->key.reference, (uint8_t)key->type },
		.content_len = 2 };
}

enum cardos_err cos_v5_read_mark(struct cos_card *card, struct cos_key_new *key)
{
	CLEANUP(buf_done) struct buf mark = { 0 };
	size_t got = 0;
	buf_init(&mark, MARK_SIZE);
	enum cardos_err err = cos_read(card, 0, 2, &mark, &got);
	if (err != CARDOS_OK || mark.len < 2)
		return err;
	key->key.reference = mark.bytes[0];
	key->type = mark.bytes[1] == CARDOS_KEY_EC ? CARDOS_KEY_EC : CARDOS_KEY_RSA;
	return CARDOS_OK;
}

enum cardos_err cos_v5_read_public(struct cos_card *card, const struct cos_key_new *key,
	uint8_t kind, struct cos_public *ret_public)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	(void)kind;
	size_t le = key->type == CARDOS_KEY_EC
			    ? EXPORT_EC_MAX
			    : (key->bits ? key->bits / 8 : CARDOS_RSA_MAX) + EXPORT_AROUND;
	enum cardos_err err = cos_select_df(card, &key->key.path);
	if (err == CARDOS_OK)
		err = generate_or_export(card, key, P1_EXPORT, le, &reply);
	if (err == CARDOS_OK && !cos_public_parse(reply.bytes, reply.len, ret_public))
		err = CARDOS_E_CORRUPT;
	return err;
}

enum cardos_err cos_v5_delete_key(struct cos_card *card, const struct cos_key *key)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct iso_cmd cmd = iso_cmd_simple(
		0x90, ISO_INS_DELETE_FILE, P1_DELETE, (uint8_t)(key->reference | SEARCH));
	return cos_send(card, &cmd, ISO_SW_KEY, &reply);
}
