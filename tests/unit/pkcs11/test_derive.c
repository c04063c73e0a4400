/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement: OpenSSL on the other side, its X9.63 function as the judge of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "p11.h"
#include "pkcs11/token.h"

static CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static CK_BYTE p521[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x23 };
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

struct side {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE private;
	size_t field;
	CK_BYTE point[140]; /* OpenSSL's, of point_len bytes */
	size_t point_len;
	CK_BYTE z[66]; /* as OpenSSL agrees on it */
};

static int ec_setup(void **state)
{
	p11_setup(state);
	fake_set_curves(0, TOKEN_P256 | TOKEN_P384 | TOKEN_P521);
	return 0;
}

/* The token's pair, a pair of OpenSSL's, and what OpenSSL makes of the two. */
static void meet(struct side *side, CK_BYTE *oid, CK_ULONG oid_len, const char *curve)
{
	CK_MECHANISM mech = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, oid, oid_len } };
	CK_ATTRIBUTE private[] = { { CKA_DERIVE, &yes, 1 }, { CKA_TOKEN, &yes, 1 } };
	EVP_PKEY *own = EVP_EC_gen(curve);
	EVP_PKEY *peer = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	CK_OBJECT_HANDLE public_key = 0;
	CK_BYTE point[160];
	size_t len = sizeof(side->z);
	CK_ULONG point_len;

	side->session = p11_user(0);
	assert_int_equal(p11->C_GenerateKeyPair(side->session, &mech, public, 1, private, 2,
				 &public_key, &side->private),
		CKR_OK);
	point_len = p11_bytes(side->session, public_key, CKA_EC_POINT, point, sizeof(point));
	EVP_PKEY_copy_parameters(peer, own);
	/* an OCTET STRING: its head is two bytes, of P-521 three */
	point_len -= point_len > 130 ? 3 : 2;
	assert_int_equal(EVP_PKEY_set1_encoded_public_key(
				 peer, point + (point_len > 130 ? 3 : 2), point_len),
		1);
	assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(ctx, peer), 1);
	assert_int_equal(EVP_PKEY_derive(ctx, side->z, &len), 1);
	side->field = len;
	assert_int_equal(EVP_PKEY_get_octet_string_param(own, OSSL_PKEY_PARAM_PUB_KEY, side->point,
				 sizeof(side->point), &side->point_len),
		1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(own);
}

static CK_RV derive(const struct side *side, CK_ECDH1_DERIVE_PARAMS *params, CK_KEY_TYPE type,
	CK_ULONG len, CK_OBJECT_HANDLE *ret)
{
	CK_MECHANISM mech = { CKM_ECDH1_DERIVE, params, sizeof(*params) };
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &secret_class, sizeof(secret_class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, { CKA_VALUE_LEN, &len, sizeof(len) } };

	return p11->C_DeriveKey(side->session, &mech, side->private, template, len ? 3 : 2, ret);
}

static void the_number_itself_on_each_form_of_point(void **state)
{
	static const struct {
		CK_BYTE *oid;
		CK_ULONG oid_len;
		const char *curve;
	} rows[] = { { p256, sizeof(p256), "P-256" }, { p521, sizeof(p521), "P-521" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct side side = { 0 };
		CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, 0, side.point };
		CK_BYTE wrapped[160] = { 4 }, value[66];
		CK_OBJECT_HANDLE key = 0;

		meet(&side, rows[i].oid, rows[i].oid_len, rows[i].curve);
		params.ulPublicDataLen = side.point_len;
		assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_OK);
		assert_int_equal(p11_bytes(side.session, key, CKA_VALUE, value, 66), side.field);
		assert_memory_equal(value, side.z, side.field);
		/* AES takes the last bytes */
		assert_int_equal(derive(&side, &params, aes, 16, &key), CKR_OK);
		assert_int_equal(p11_bytes(side.session, key, CKA_VALUE, value, 66), 16);
		assert_memory_equal(value, side.z + side.field - 16, 16);
		/* in an OCTET STRING */
		params.pPublicData = wrapped;
		if (side.point_len > 127) {
			wrapped[1] = 0x81;
			wrapped[2] = (CK_BYTE)side.point_len;
		} else {
			wrapped[1] = (CK_BYTE)side.point_len;
		}
		params.ulPublicDataLen = side.point_len + (side.point_len > 127 ? 3 : 2);
		memcpy(wrapped + params.ulPublicDataLen - side.point_len, side.point,
			side.point_len);
		assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_OK);
		p11_bytes(side.session, key, CKA_VALUE, value, 66);
		assert_memory_equal(value, side.z, side.field);
		assert_int_equal(p11->C_CloseAllSessions(0), CKR_OK);
	}
}

static void x963(
	const struct side *side, const char *hash, const char *info, CK_BYTE *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "X963KDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	char name[16], shared[16];
	CK_BYTE z[66];
	OSSL_PARAM params[4] = { OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };

	strcpy(name, hash);
	strcpy(shared, info);
	memcpy(z, side->z, sizeof(z));
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, z, side->field);
	if (*info)
		params[2] = OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_INFO, shared, strlen(shared));
	assert_int_equal(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void each_function_gives_what_openssl_gives(void **state)
{
	static const struct {
		CK_ULONG kdf;
		const char *hash;
		CK_ULONG len; /* without CKA_VALUE_LEN */
	} rows[] = { { CKD_SHA1_KDF, "SHA1", 20 }, { CKD_SHA224_KDF, "SHA224", 28 },
		{ CKD_SHA256_KDF, "SHA256", 32 }, { CKD_SHA384_KDF, "SHA384", 48 },
		{ CKD_SHA512_KDF, "SHA512", 64 } };
	static const CK_ULONG lens[] = { 0, 1, 16, 32, 100, 500 };
	CK_BYTE info[] = "shared";
	struct side side = { 0 };

	(void)state;
	meet(&side, p256, sizeof(p256), "P-256");
	for (size_t i = 0; i < 5 * 6 * 2; i++) {
		CK_ULONG want = lens[i / 2 % 6];
		CK_ECDH1_DERIVE_PARAMS params = { rows[i / 12].kdf, i % 2 ? 6 : 0,
			i % 2 ? info : NULL, side.point_len, side.point };
		CK_BYTE value[500], judge[500];
		CK_OBJECT_HANDLE key = 0;

		assert_int_equal(derive(&side, &params, generic, want, &key), CKR_OK);
		want = want ? want : rows[i / 12].len;
		assert_int_equal(p11_bytes(side.session, key, CKA_VALUE, value, 500), want);
		x963(&side, rows[i / 12].hash, i % 2 ? "shared" : "", judge, want);
		assert_memory_equal(value, judge, want);
	}
}

static void flags_of_a_derived_key_follow_its_base(void **state)
{
	struct side side = { 0 };
	CK_ATTRIBUTE template[] = { { CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_SENSITIVE, &yes, 1 }, { CKA_EXTRACTABLE, &no, 1 } };
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, 0, side.point };
	CK_MECHANISM mech = { CKM_ECDH1_COFACTOR_DERIVE, &params, sizeof(params) };
	CK_OBJECT_HANDLE key = 0;

	(void)state;
	meet(&side, p256, sizeof(p256), "P-256");
	params.ulPublicDataLen = side.point_len;
	assert_int_equal(
		p11->C_DeriveKey(side.session, &mech, side.private, template, 3, &key), CKR_OK);
	assert_true(p11_bool(side.session, key, CKA_ALWAYS_SENSITIVE));
	assert_true(p11_bool(side.session, key, CKA_NEVER_EXTRACTABLE));
	assert_false(p11_bool(side.session, key, CKA_LOCAL));
	template[1].pValue = &no;
	template[2].pValue = &yes;
	assert_int_equal(
		p11->C_DeriveKey(side.session, &mech, side.private, template, 3, &key), CKR_OK);
	assert_false(p11_bool(side.session, key, CKA_ALWAYS_SENSITIVE));
	assert_false(p11_bool(side.session, key, CKA_NEVER_EXTRACTABLE));
}

static void what_does_not_fit_is_refused(void **state)
{
	struct side side = { 0 };
	CK_ECDH1_DERIVE_PARAMS good = { CKD_NULL, 0, NULL, 0, side.point };
	CK_ECDH1_DERIVE_PARAMS params;
	CK_MECHANISM mech = { CKM_ECDH1_DERIVE, &good, sizeof(good) - 1 };
	CK_BYTE off[65];
	CK_OBJECT_HANDLE key = 4711;

	(void)state;
	meet(&side, p256, sizeof(p256), "P-256");
	good.ulPublicDataLen = side.point_len;
	params = good;
	params.kdf = 99;
	assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	params = good;
	params.ulSharedDataLen = 1;
	assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	params.pSharedData = off; /* the null function takes none */
	assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	params = good;
	params.ulPublicDataLen--;
	assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	params = good;
	memcpy(off, side.point, 65);
	off[64] ^= 1; /* not on the curve */
	params.pPublicData = off;
	assert_int_equal(derive(&side, &params, generic, 0, &key), CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(derive(&side, &good, generic, 33, &key), CKR_KEY_SIZE_RANGE);
	assert_int_equal(derive(&side, &good, aes, 0, &key), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(derive(&side, &good, aes, 17, &key), CKR_KEY_SIZE_RANGE);
	assert_int_equal(p11->C_DeriveKey(side.session, &mech, side.private, NULL, 0, &key),
		CKR_MECHANISM_PARAM_INVALID);
	mech.ulParameterLen++;
	assert_int_equal(
		p11->C_DeriveKey(side.session, &mech, 4711, NULL, 0, &key), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(p11->C_DeriveKey(side.session, NULL, side.private, NULL, 0, &key),
		CKR_ARGUMENTS_BAD);
	assert_int_equal(key, 4711);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ec_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_number_itself_on_each_form_of_point),
		TEST(each_function_gives_what_openssl_gives),
		TEST(flags_of_a_derived_key_follow_its_base),
		TEST(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
