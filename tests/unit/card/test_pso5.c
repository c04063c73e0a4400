/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of V5: made, exported, used in every way MSE names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit5.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <string.h>

#define MSE_SIGN(more) "002241B6" more
#define N 128 /* bytes of the RSA key of these tests */

static char public_hex[4096];
static struct vc_buf public_bytes;

/* A card with an RSA 1024 key under 01, the PIN verified. */
static struct vcard *rsa_card(const char *personality, const char *switches)
{
	struct vcard *card = kit5_card(personality, switches);

	kit5_key(card, 1, 8 * N, public_hex, sizeof(public_hex));
	kit_hex(public_hex, &public_bytes);
	return card;
}

static const uint8_t *public_part(unsigned tag, size_t *ret_len)
{
	const uint8_t *at = public_bytes.data + 2; /* behind 7F49 */
	size_t header = *at == 0x82 ? 3 : *at == 0x81 ? 2 : 1;
	const uint8_t *part = vc_ber_find(at + header, public_bytes.len - 2 - header, tag, ret_len);

	assert_non_null(part);
	return part;
}

static void open_block(const uint8_t *in, uint8_t *out)
{
	size_t len, e_len;
	BN_CTX *ctx = BN_CTX_new();
	const uint8_t *modulus = public_part(0x81, &len), *exponent = public_part(0x82, &e_len);
	BIGNUM *n = BN_bin2bn(modulus, (int)len, NULL), *e = BN_bin2bn(exponent, (int)e_len, NULL);
	BIGNUM *m = BN_bin2bn(in, N, NULL);

	assert_int_equal(len, N);
	assert_true(BN_mod_exp(m, m, e, n, ctx));
	assert_int_equal(BN_bn2binpad(m, out, N), N);
	BN_free(n);
	BN_free(e);
	BN_free(m);
	BN_CTX_free(ctx);
}

static void expect_opened(const char *pattern)
{
	CLEANUP(vc_buf_clear) struct vc_buf expected = { 0 };
	uint8_t opened[N];
	size_t len;
	const uint8_t *answer = kit_answer(&len);

	assert_int_equal(len, N);
	open_block(answer, opened);
	kit_hex(pattern, &expected);
	assert_int_equal(expected.len, N);
	assert_memory_equal(opened, expected.data, N);
}

static void rsa_signs_raw_and_padded(void **state)
{
	struct vcard *card = rsa_card("v5.3", NULL);

	(void)state;
	kit_expect(card, MSE_SIGN("06 840101 950140"), "9000");
	kit_expect(card, "002A9E9A80 0001[FF*93]00[33*32] 00", "* 9000");
	expect_opened("0001[FF*93]00[33*32]");
	kit_expect(card, "002A9E9A04 33333333 00", "6A80");
	kit_expect(card, MSE_SIGN("09 840101 950140 800110"), "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "* 9000");
	expect_opened("0001[FF*93]00[33*32]");
	kit_expect(card, "102A9E9A10 [33*16]", "9000");
	kit_expect(card, "002A9E9A10 [33*16] 00", "* 9000");
	expect_opened("0001[FF*93]00[33*32]");
	kit_expect(card, MSE_SIGN("09 840101 950140 800130"), "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "6A81");
	vcard_free(card);
}

static void decipher(struct vcard *card, const char *mse, const char *block, const char *answer)
{
	CLEANUP(vc_buf_clear) struct vc_buf plain = { 0 };
	uint8_t closed[N];
	char apdu[2 * N + 64];
	size_t at;

	kit_hex(block, &plain);
	assert_int_equal(plain.len, N);
	open_block(plain.data, closed);
	kit_expect(card, mse, "9000");
	at = (size_t)snprintf(apdu, sizeof(apdu), "002A80868100");
	for (size_t i = 0; i < N; i++)
		at += (size_t)snprintf(apdu + at, sizeof(apdu) - at, "%02X", closed[i]);
	snprintf(apdu + at, sizeof(apdu) - at, "00");
	kit_expect(card, apdu, answer);
}

static void rsa_deciphers_in_its_forms(void **state)
{
	static const char block[] = "0002[11*120]00 48656C6C6F";
	struct vcard *card = rsa_card("v5.3", NULL);

	(void)state;
	decipher(card, "002241B806 840101 950140", block, "02[11*120]00 48656C6C6F 9000");
	decipher(card, "002241B809 840101 950140 800110", block, "48656C6C6F 9000");
	decipher(card, "002241B809 840101 950140 80010A", block, "48656C6C6F 9000");
	decipher(card, "002241B809 840101 950140 800110", "0001[11*120]00 48656C6C6F", "6A80");
	vcard_free(card);
	card = rsa_card("v5.3", "decipher-raw=full");
	decipher(card, "002241B806 840101 950140", block, "0002[11*120]00 48656C6C6F 9000");
	vcard_free(card);
}

static void without_the_pin_mse_refuses(void **state)
{
	struct vcard *card = rsa_card("v5.3", NULL);

	(void)state;
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, MSE_SIGN("06 840101 950140"), "6982");
	vcard_free(card);
	card = rsa_card("v5.3", "no-pin=pso");
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, MSE_SIGN("09 840101 950140 800110"), "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "6982");
	vcard_free(card);
}

static EVP_PKEY *ec_public(void)
{
	size_t len;
	const uint8_t *point = public_part(0x86, &len);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(len, 65);
	OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, len);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);

	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static bool verifies(const uint8_t *r, const uint8_t *s, const uint8_t *hash)
{
	EVP_PKEY *key = ec_public();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	ECDSA_SIG *signature = ECDSA_SIG_new();
	uint8_t *der = NULL;

	ECDSA_SIG_set0(signature, BN_bin2bn(r, 32, NULL), BN_bin2bn(s, 32, NULL));
	int len = i2d_ECDSA_SIG(signature, &der);
	bool ok = EVP_PKEY_verify_init(ctx) == 1 &&
		  EVP_PKEY_verify(ctx, der, (size_t)len, hash, 32) == 1;

	OPENSSL_free(der);
	ECDSA_SIG_free(signature);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

/* tail: zeros behind each coordinate. */
static void ec_signs(const char *personality, size_t tail)
{
	struct vcard *card = kit5_card(personality, NULL);
	uint8_t hash[32];
	size_t len;

	kit5_curve(card);
	kit5_key(card, 2, 0, public_hex, sizeof(public_hex));
	kit_hex(public_hex, &public_bytes);
	kit_expect(card, MSE_SIGN("09 840102 950140 800130"), "9000");
	kit_expect(card, "002A9E9A20 [C3*32] 00", "* 9000");
	const uint8_t *answer = kit_answer(&len);

	memset(hash, 0xC3, sizeof(hash));
	assert_int_equal(len, 64 + 2 * tail);
	assert_true(verifies(answer, answer + 32 + tail, hash));
	hash[0] ^= 1;
	assert_false(verifies(answer, answer + 32 + tail, hash));
	kit_expect(card, "002A9E9A21 [C3*33] 00", "6A80");
	vcard_free(card);
}

static void ec_signs_with_r_and_s(void **state)
{
	(void)state;
	ec_signs("v5.3", 0);
	ec_signs("v5.0", 2);
}

static void ec_agrees_on_x(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);
	EVP_PKEY *own = EVP_EC_gen("P-256"), *peer;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
	uint8_t point[65], secret[32];
	char apdu[256];
	size_t len = sizeof(point), at, answer_len;

	(void)state;
	kit5_curve(card);
	kit5_key(card, 2, 0, public_hex, sizeof(public_hex));
	kit_hex(public_hex, &public_bytes);
	peer = ec_public();
	assert_true(EVP_PKEY_get_octet_string_param(
		own, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof(point), &len));
	kit_expect(card, "002241B806 840102 950140", "9000");
	at = (size_t)snprintf(apdu, sizeof(apdu), "002A80A642 9C40");
	for (size_t i = 1; i < len; i++)
		at += (size_t)snprintf(apdu + at, sizeof(apdu) - at, "%02X", point[i]);
	snprintf(apdu + at, sizeof(apdu) - at, "00");
	kit_expect(card, apdu, "* 9000");
	const uint8_t *answer = kit_answer(&answer_len);

	len = sizeof(secret);
	assert_true(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
		    EVP_PKEY_derive(ctx, secret, &len) == 1);
	assert_int_equal(answer_len, 32);
	assert_memory_equal(answer, secret, 32);
	kit_expect(card, "002A80A642 9C40 [11*64] 00", "6A80");
	EVP_PKEY_free(own);
	EVP_PKEY_free(peer);
	EVP_PKEY_CTX_free(ctx);
	vcard_free(card);
}

static void a_key_to_be_generated_is_no_key_yet(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);
	char hash[65], text[256];

	(void)state;
	kit5_accumulate(card, "AF820106 818180 [FF*128] 828180 [FF*128]", hash);
	snprintf(
		text, sizeof(text), "830101 8503202000 C20103 950140 C4020108 8A0101 CF20%s", hash);
	kit5_send(card, "00DA016E", text, false, "9000");
	kit_expect(card, MSE_SIGN("09 840101 950140 800110"), "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "6984");
	kit5_send(card, "00478200", "B615 830101 8503202000 C20103 950140 C4020108 8A0101", false,
		"6A88");
	vcard_free(card);
}

static BIGNUM *number_of(const EVP_PKEY *key, const char *name)
{
	BIGNUM *number = NULL;

	assert_true(EVP_PKEY_get_bn_param(key, name, &number));
	return number;
}

static void add_number(struct vc_buf *out, unsigned tag, const BIGNUM *number, size_t len)
{
	uint8_t bytes[N];

	assert_int_equal(BN_bn2binpad(number, bytes, (int)len), len);
	vc_buf_tlv(out, tag, bytes, len);
}

/* The factors of key as the card takes them, q above p or below it; the public part is kept. */
static void print_factors(const EVP_PKEY *key, bool above, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 }, open = { 0 };
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
	BIGNUM *q = number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
	BIGNUM *dp = number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT1);
	BIGNUM *dq = number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT2);
	BIGNUM *n = number_of(key, OSSL_PKEY_PARAM_RSA_N), *inverse = BN_new();

	if ((BN_cmp(q, p) > 0) != above) {
		BN_swap(p, q);
		BN_swap(dp, dq);
	}
	assert_non_null(BN_mod_inverse(inverse, q, p, ctx));
	add_number(&body, 0x92, p, N / 2);
	add_number(&body, 0x93, q, N / 2);
	add_number(&body, 0x94, inverse, N / 2);
	add_number(&body, 0x95, dp, N / 2);
	add_number(&body, 0x96, dq, N / 2);
	vc_buf_tlv(out, 0xAF, body.data, body.len);
	add_number(&open, 0x81, n, N);
	vc_buf_hex(&open, "8203010001");
	public_bytes.len = 0;
	vc_buf_tlv(&public_bytes, 0x7F49, open.data, open.len);
	BIGNUM *all[] = { p, q, dp, dq, n, inverse };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		BN_free(all[i]);
	BN_CTX_free(ctx);
}

/* A key brought by its factors works if q is above p, and only then. */
static void factors_come_in_their_order(void **state)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)8 * N);

	(void)state;
	for (unsigned above = 0; above < 2; above++) {
		CLEANUP(vc_buf_clear) struct vc_buf whole = { 0 };
		struct vcard *card = kit5_card("v5.3", NULL);
		char text[2048], hash[65];

		print_factors(key, above, &whole);
		for (size_t i = 0; i < whole.len; i++)
			snprintf(text + 2 * i, 3, "%02X", whole.data[i]);
		kit5_accumulate(card, text, hash);
		snprintf(text, sizeof(text),
			"830101 8503200000 C20103 950140 C4020108 8A0105 " KEY_RULES " CF20%s",
			hash);
		kit5_send(card, "00DA016E", text, false, "9000");
		kit_expect(card, VERIFY, "9000");
		kit_expect(card, MSE_SIGN("09 840101 950140 800110"), "9000");
		kit_expect(card, "002A9E9A20 [33*32] 00", above ? "* 9000" : "6984");
		if (above)
			expect_opened("0001[FF*93]00[33*32]");
		vcard_free(card);
	}
	EVP_PKEY_free(key);
}

/* The largest key on the card with the smallest data field: its block comes in a chain. */
static void rsa_4096_comes_in_a_chain(void **state)
{
	struct vcard *card = kit5_card("v5.4", NULL);
	size_t len;

	(void)state;
	kit5_key(card, 1, 4096, public_hex, sizeof(public_hex));
	kit_expect(card, MSE_SIGN("06 840101 950140"), "9000");
	kit_expect(card, "102A9E9AF0 0001[FF*238]", "9000");
	kit_expect(card, "102A9E9AF0 [FF*240]", "9000");
	kit_expect(card, "002A9E9A000020 [FF*31]00 0200", "* 9000");
	(void)kit_answer(&len);
	assert_int_equal(len, 512);
	vcard_free(card);
}

static void p_521_has_its_length(void **state)
{
	static const char *const dummy[] = { "AF4B 06052B81040023 9042[FF*66]",
		"AF818F 06052B81040023 868185 04[FF*132]" };
	struct vcard *card = kit5_card("v5.3", "curves=known");
	char hash[65], text[512];
	size_t len;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit5_accumulate(card, dummy[i], hash);
		snprintf(text, sizeof(text),
			"830103 8503202000 C20103 9501%s C4020D00 8A0101 CF20%s", i ? "80" : "40",
			hash);
		kit5_send(card, "00DA016E", text, false, "9000");
	}
	kit5_send(card, "00478200", "B615 830103 8503202000 C20103 950140 C4020D00 8A0101", false,
		"9000");
	kit_expect(card, MSE_SIGN("09 840103 950140 800130"), "9000");
	kit_expect(card, "002A9E9A40 [33*64] 00", "* 9000");
	(void)kit_answer(&len);
	assert_int_equal(len, 132);
	vcard_free(card);
}

static int forget(void **state)
{
	(void)state;
	vc_buf_clear(&public_bytes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_signs_raw_and_padded),
		cmocka_unit_test(rsa_deciphers_in_its_forms),
		cmocka_unit_test(without_the_pin_mse_refuses),
		cmocka_unit_test(ec_signs_with_r_and_s),
		cmocka_unit_test(ec_agrees_on_x),
		cmocka_unit_test(a_key_to_be_generated_is_no_key_yet),
		cmocka_unit_test(factors_come_in_their_order),
		cmocka_unit_test(rsa_4096_comes_in_a_chain),
		cmocka_unit_test(p_521_has_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
