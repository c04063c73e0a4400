/* SPDX-License-Identifier: Apache-2.0 */
/* MSE and PSO: what each algorithm byte allows, checked with OpenSSL's public operation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <openssl/bn.h>
#include <stdio.h>
#include <string.h>

#define N 128
#define MSE_SIGN "002241B603 830111"
#define MSE_DECIPHER "002241B803 830111"
#define SIGN_BLOCK "002A9E9A80 0001[FF*125]00 00"

/* in to the power 65537. */
static void public_operation(const uint8_t *modulus, const uint8_t *in, uint8_t *out)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_bin2bn(modulus, N, NULL), *m = BN_bin2bn(in, N, NULL), *e = BN_new();

	assert_true(BN_set_word(e, 65537) && BN_mod_exp(m, m, e, n, ctx));
	assert_int_equal(BN_bn2binpad(m, out, N), N);
	BN_free(n);
	BN_free(m);
	BN_free(e);
	BN_CTX_free(ctx);
}

static void send_block(struct vcard *card, const char *header, const uint8_t *block, const char *sw)
{
	char apdu[2 * N + 64];
	size_t len = (size_t)snprintf(apdu, sizeof(apdu), "%s", header);

	for (size_t i = 0; i < N; i++)
		len += (size_t)snprintf(apdu + len, sizeof(apdu) - len, "%02X", block[i]);
	snprintf(apdu + len, sizeof(apdu) - len, "00");
	kit_expect(card, apdu, sw);
}

static void expect_block(const uint8_t *modulus, const char *block)
{
	CLEANUP(vc_buf_clear) struct vc_buf expected = { 0 };
	uint8_t opened[N];
	size_t len;
	const uint8_t *answer = kit_answer(&len);

	assert_int_equal(len, N);
	public_operation(modulus, answer, opened);
	kit_hex(block, &expected);
	assert_int_equal(expected.len, N);
	assert_memory_equal(opened, expected.data, N);
}

static void a_pure_signature_key_signs_whole_blocks(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N];

	(void)state;
	kit_key(card, 0x11, 0x8C, modulus);
	kit_expect(card, "002A9E9A80 0001[FF*125]00 00", "6A88");
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, SIGN_BLOCK, "* 9000");
	expect_block(modulus, "0001[FF*125]00");
	kit_expect(card, "102A9E9A40 0001[FF*62]", "9000");
	kit_expect(card, "002A9E9A40 [FF*63]00 00", "* 9000");
	expect_block(modulus, "0001[FF*125]00");
	kit_expect(card, "002A9E9A0433333333 00", "6A80");
	kit_expect(card, "002A9E9A80 [FF*128] 00", "6A80");
	kit_expect(card, "002A9E9A80 0001[FF*125]00", "6700");
	kit_expect(card, "002A9E9B80 0001[FF*125]00 00", "6A86");
	vcard_free(card);
}

static void a_padding_signature_key_pads(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N];

	(void)state;
	kit_key(card, 0x11, 0x88, modulus);
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, "002A9E9A04 11223344 00", "* 9000");
	expect_block(modulus, "0001[FF*121]00 11223344");
	kit_expect(card, "002A9E9A76 [AA*118] 00", "6A80");
	kit_expect(card, "002A9E9A75 [AA*117] 00", "* 9000");
	vcard_free(card);
}

static void a_hashing_signature_key_hashes_with_sha1(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N];

	(void)state;
	kit_key(card, 0x11, 0xC8, modulus);
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, "002A9E9A03 616263 00", "* 9000");
	/* FIPS 180-4's example: SHA-1 of "abc". */
	expect_block(modulus, "0001[FF*90]00 3021300906052B0E03021A05000414"
			      "A9993E364706816ABA3E25717850C26C9CD0D89D");
	vcard_free(card);
}

static void a_signing_key_never_deciphers_and_the_other_way_round(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N];

	(void)state;
	kit_key(card, 0x11, 0x8C, modulus);
	kit_expect(card, MSE_DECIPHER, "9000");
	kit_expect(card, "002A808681 00 00[01*127] 00", "6A81");
	vcard_free(card);
	card = kit_pin_card("v4.4", "wrong-algorithm=6981");
	kit_key(card, 0x11, 0x0C, modulus);
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, SIGN_BLOCK, "6981");
	vcard_free(card);
}

static void a_pure_decipher_key_gives_the_whole_block(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N], block[N] = { 0, 2 }, cipher[N];

	(void)state;
	memset(block + 2, 0x55, N - 2);
	kit_key(card, 0x11, 0x0C, modulus);
	public_operation(modulus, block, cipher);
	kit_expect(card, MSE_DECIPHER, "9000");
	send_block(card, "002A80868100", cipher, "0002 [55*126] 9000");
	send_block(card, "002A80868181", cipher, "6A80");
	send_block(card, "002A808680", cipher, "6A80");
	vcard_free(card);
}

static void a_padding_decipher_key_gives_the_message(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N], block[N] = { 0, 2 }, cipher[N];

	(void)state;
	memset(block + 2, 0x55, N - 2);
	block[N - 4] = 0;
	kit_key(card, 0x11, 0x08, modulus);
	public_operation(modulus, block, cipher);
	kit_expect(card, MSE_DECIPHER, "9000");
	send_block(card, "002A80868100", cipher, "555555 9000");
	block[N - 4] = 0x55;
	public_operation(modulus, block, cipher);
	send_block(card, "002A80868100", cipher, "6A80");
	vcard_free(card);
}

static void the_pin_is_asked_at_the_operation_or_at_mse(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N];

	(void)state;
	kit_key(card, 0x11, 0x8C, modulus);
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, SIGN_BLOCK, "6982");
	vcard_free(card);
	card = kit_pin_card("v4.4", "no-pin=mse missing-key=mse no-se=accept");
	kit_key(card, 0x11, 0x8C, modulus);
	kit_expect(card, "80EA0000", "9000");
	kit_expect(card, MSE_SIGN, "6982");
	kit_expect(card, "002241B603 830117", "6A88");
	vcard_free(card);
}

static void the_key_is_looked_for_in_the_current_df(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);
	uint8_t modulus[N];

	(void)state;
	kit_key(card, 0x11, 0x8C, modulus);
	kit_expect(card, "00A4000C", "9000");
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, SIGN_BLOCK, "6A88");
	vcard_free(card);
	card = kit_pin_card("v4.4", "missing-key=6f86 no-se=refuse");
	kit_expect(card, MSE_SIGN, "6A88");
	kit_expect(card, "00DA016D0F 830101 86020000 8F06000000000000", "9000");
	kit_expect(card, MSE_SIGN, "9000");
	kit_expect(card, SIGN_BLOCK, "6F86");
	kit_expect(card, "00220301", "9000");
	kit_expect(card, "0022F305", "6A88");
	kit_expect(card, "002241A403 830111", "6A86");
	kit_expect(card, "002241B603 840111", "6A80");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pure_signature_key_signs_whole_blocks),
		cmocka_unit_test(a_padding_signature_key_pads),
		cmocka_unit_test(a_hashing_signature_key_hashes_with_sha1),
		cmocka_unit_test(a_signing_key_never_deciphers_and_the_other_way_round),
		cmocka_unit_test(a_pure_decipher_key_gives_the_whole_block),
		cmocka_unit_test(a_padding_decipher_key_gives_the_message),
		cmocka_unit_test(the_pin_is_asked_at_the_operation_or_at_mse),
		cmocka_unit_test(the_key_is_looked_for_in_the_current_df),
	};

	return cmocka_run_group_tests_name("pso", tests, NULL, NULL);
}
