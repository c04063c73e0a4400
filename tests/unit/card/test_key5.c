/* SPDX-License-Identifier: Apache-2.0 */
/* The mathematics of V5's key objects, without commands: key5.c and ec5.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/obj_mac.h>

#include "key5.h"

#include "ec5.h"

#define RSA_LEN 64
#define P256 "06082A8648CE3D030107"

static struct vc_object object(unsigned algorithm, const char *body)
{
	CLEANUP(vc_buf_clear) struct vc_buf bytes = { 0 };
	struct vc_object made = { .param_len = VC_PARAM_MAX };

	made.param[VC_P5_ALGORITHM] = (uint8_t)(algorithm >> 8);
	made.param[VC_P5_ALGORITHM + 1] = (uint8_t)algorithm;
	vc_buf_hex(&bytes, body);
	vc_bytes_set(&made.body, bytes.data, bytes.len);
	return made;
}

static void a_body_tells_the_size(void **state)
{
	static const struct {
		unsigned algorithm;
		const char *body;
		size_t len;
	} rows[] = {
		{ VC_KEY5_RSA, "8104FFFFFFFF 8204FFFFFFFF", 4 },
		{ VC_KEY5_RSA, "9203FFFFFF 9303FFFFFF", 6 },
		{ VC_KEY5_RSA, "9203FFFFFF 9302FFFF", 0 }, /* factors of unlike length */
		{ VC_KEY5_RSA, "9003FFFFFF", 0 },
		{ VC_KEY5_EC, P256, 32 },
		{ VC_KEY5_EC, "06052B81040022", 48 },
		{ VC_KEY5_EC, "06052B81040023", 66 },
		{ VC_KEY5_EC, "06052B81040001", 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vc_object key = object(rows[i].algorithm, rows[i].body);

		assert_int_equal(vc_key5_len(&key), rows[i].len);
		assert_int_equal(vc_key5_is_rsa(&key), rows[i].algorithm == VC_KEY5_RSA);
		vc_bytes_clear(&key.body);
	}
}

/* What the private half does the public half undoes: exponent 65537, sixteen squarings and one. */
static void a_dummy_is_no_key_and_a_fresh_one_is(void **state)
{
	CLEANUP(vc_bytes_clear) struct vc_bytes secret = { 0 }, open = { 0 };
	CLEANUP(vc_buf_clear) struct vc_buf filler = { 0 }, exported = { 0 };
	uint8_t ff[RSA_LEN], in[RSA_LEN] = { 0, 1, 2, 3 }, out[RSA_LEN], third[RSA_LEN];
	struct vc_object key = object(VC_KEY5_RSA, ""), public = object(VC_KEY5_RSA, "");

	(void)state;
	memset(ff, 0xFF, sizeof(ff));
	vc_buf_tlv(&filler, 0x81, ff, sizeof(ff));
	vc_buf_tlv(&filler, 0x82, ff, sizeof(ff));
	vc_bytes_set(&key.body, filler.data, filler.len);
	assert_int_equal(vc_key5_rsa(&key, in, out, sizeof(in)), SW_OBJECT_INVALID);
	assert_int_equal(vc_key5_generate(&key, &secret, &open), SW_OK);
	vc_bytes_set(&key.body, secret.data, secret.len);
	vc_bytes_set(&public.body, open.data, open.len);
	assert_int_equal(vc_key5_rsa(&key, in, out, sizeof(in)), SW_OK);
	assert_int_equal(vc_key5_rsa(&public, out, third, sizeof(out)), SW_OK);
	assert_memory_equal(third, in, sizeof(in));
	/* a number above the modulus is no block */
	assert_int_equal(vc_key5_rsa(&key, ff, out, sizeof(ff)), SW_DATA);
	assert_int_equal(vc_key5_export(&public, &exported), SW_OK);
	assert_memory_equal(exported.data, "\x7F\x49\x47\x81\x40", 5);
	assert_memory_equal(exported.data + exported.len - 5, "\x82\x03\x01\x00\x01", 5);
	vc_bytes_clear(&key.body);
	vc_bytes_clear(&public.body);
}

static void curves_are_told_and_checked(void **state)
{
	static const int nids[] = { NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1 };
	(void)state;
	for (size_t i = 0; i < sizeof(nids) / sizeof(nids[0]); i++) {
		CLEANUP(vc_buf_clear) struct vc_buf curve = { 0 };

		assert_true(vc_key5_curve_print(nids[i], &curve));
		assert_true(vc_key5_curve_valid(curve.data, curve.len));
		for (size_t at = 0; at < curve.len; at += 7) {
			curve.data[at] ^= 1;
			assert_false(vc_key5_curve_valid(curve.data, curve.len));
			curve.data[at] ^= 1;
		}
	}
	CLEANUP(vc_buf_clear) struct vc_buf none = { 0 };

	assert_false(vc_key5_curve_print(NID_secp256k1, &none));
}

/* Two fresh pairs agree on the same x; a point off the curve, or of another length, is refused. */
static void two_keys_agree(void **state)
{
	struct vc_object keys[2];
	struct vc_bytes open[2] = { { 0 }, { 0 } };
	struct vc_buf shared[2] = { { 0 }, { 0 } };
	const uint8_t *point;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		CLEANUP(vc_bytes_clear) struct vc_bytes secret = { 0 };

		keys[i] = object(VC_KEY5_EC, P256);
		assert_int_equal(vc_ec5_generate(&keys[i], &secret, &open[i]), SW_OK);
		vc_bytes_set(&keys[i].body, secret.data, secret.len);
	}
	for (int i = 0; i < 2; i++) {
		point = vc_ber_find(open[1 - i].data, open[1 - i].len, 0x86, &len);
		assert_int_equal(len, 65);
		assert_int_equal(vc_key5_agree(&keys[i], point + 1, 64, &shared[i]), SW_OK);
		assert_int_equal(vc_key5_agree(&keys[i], point + 1, 63, &shared[i]), SW_DATA);
	}
	assert_int_equal(shared[0].len, 32);
	assert_memory_equal(shared[0].data, shared[1].data, 32);
	uint8_t off[64] = { 1 };

	assert_int_equal(vc_key5_agree(&keys[0], off, 64, &shared[0]), SW_DATA);
	for (int i = 0; i < 2; i++) {
		vc_bytes_clear(&keys[i].body);
		vc_bytes_clear(&open[i]);
		vc_buf_clear(&shared[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_tells_the_size),
		cmocka_unit_test(a_dummy_is_no_key_and_a_fresh_one_is),
		cmocka_unit_test(curves_are_told_and_checked),
		cmocka_unit_test(two_keys_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
