/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of mechanisms: each limit, each null pointer, each length that is not the struct's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/op.h"

static CK_BYTE bytes[70000];
static struct op op;

static CK_RV read(CK_MECHANISM_TYPE type, void *parameter, CK_ULONG len)
{
	const CK_MECHANISM mechanism = { type, parameter, len };

	blob_clear(&op.label);
	blob_clear(&op.data);
	memset(&op, 0, sizeof(op));
	op.mech = mech_find(type);
	assert_non_null(op.mech);
	return op_read_parameter(&op, &mechanism);
}

#define BAD CKR_MECHANISM_PARAM_INVALID

static void pss_names_digests_and_a_salt(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_RSA_PKCS_PSS_PARAMS pss;
		CK_RV rv;
	} rows[] = {
		{ CKM_RSA_PKCS_PSS, { CKM_SHA256, CKG_MGF1_SHA256, 32 }, CKR_OK },
		{ CKM_RSA_PKCS_PSS, { CKM_SHA256, CKG_MGF1_SHA1, 0 }, CKR_OK },
		{ CKM_RSA_PKCS_PSS, { CKM_SHA256, CKG_MGF1_SHA256, 512 }, CKR_OK },
		{ CKM_RSA_PKCS_PSS, { CKM_SHA256, CKG_MGF1_SHA256, 513 }, BAD },
		{ CKM_RSA_PKCS_PSS, { CKM_SHA256, CKG_MGF1_SHA256, ~0UL }, BAD },
		{ CKM_RSA_PKCS_PSS, { CKM_MD5, CKG_MGF1_SHA256, 16 }, BAD },
		{ CKM_RSA_PKCS_PSS, { CKM_SHA256, 0, 32 }, BAD },
		{ CKM_SHA256_RSA_PKCS_PSS, { CKM_SHA256, CKG_MGF1_SHA256, 32 }, CKR_OK },
		{ CKM_SHA256_RSA_PKCS_PSS, { CKM_SHA384, CKG_MGF1_SHA384, 48 }, BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_RSA_PKCS_PSS_PARAMS pss = rows[i].pss;
		if (read(rows[i].type, &pss, sizeof(pss)) != rows[i].rv)
			fail_msg("row %zu", i);
		assert_int_equal(read(rows[i].type, &pss, sizeof(pss) - 1), BAD);
		assert_int_equal(read(rows[i].type, &pss, sizeof(pss) + 1), BAD);
		assert_int_equal(read(rows[i].type, NULL, sizeof(pss)), BAD);
	}
}

static void oaep_has_a_label_of_bounded_length(void **state)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, bytes, 0 };

	(void)state;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), CKR_OK);
	oaep.pSourceData = NULL;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), CKR_OK);
	oaep.ulSourceDataLen = 1;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), BAD);
	oaep.pSourceData = bytes;
	oaep.ulSourceDataLen = 65536;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), CKR_OK);
	assert_int_equal(op.label.len, 65536);
	oaep.ulSourceDataLen = 65537;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), BAD);
	oaep.ulSourceDataLen = 0;
	oaep.source = 2;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), BAD);
	oaep.source = 0;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), CKR_OK);
	oaep.ulSourceDataLen = 1;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), BAD);
	oaep.ulSourceDataLen = 0;
	oaep.source = CKZ_DATA_SPECIFIED;
	oaep.mgf = 99;
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep)), BAD);
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, &oaep, 4), BAD);
	assert_int_equal(read(CKM_RSA_PKCS_OAEP, NULL, 0), BAD);
}

static void initial_values_have_their_length(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_ULONG len;
		bool may_lack;
	} rows[] = { { CKM_AES_CBC, 16, false }, { CKM_AES_CBC_PAD, 16, false },
		{ CKM_AES_KEY_WRAP, 8, true }, { CKM_AES_KEY_WRAP_KWP, 4, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_RV lacking = rows[i].may_lack ? CKR_OK : BAD;
		bytes[0] = 0xAB;
		assert_int_equal(read(rows[i].type, bytes, rows[i].len), CKR_OK);
		assert_int_equal(op.iv_len, rows[i].len);
		assert_int_equal(op.iv[0], 0xAB);
		assert_int_equal(read(rows[i].type, bytes, rows[i].len - 1), BAD);
		assert_int_equal(read(rows[i].type, bytes, rows[i].len + 1), BAD);
		assert_int_equal(read(rows[i].type, NULL, 0), lacking);
		assert_int_equal(read(rows[i].type, bytes, 0), lacking);
		assert_int_equal(op.iv_len, 0);
	}
	assert_int_equal(read(CKM_AES_ECB, NULL, 16), CKR_OK); /* a length without bytes is none */
	assert_int_equal(read(CKM_AES_ECB, bytes, 0), CKR_OK);
	assert_int_equal(read(CKM_AES_ECB, bytes, 16), BAD);
	assert_int_equal(read(CKM_RSA_PKCS, bytes, 1), BAD);
	assert_int_equal(read(CKM_SHA256, NULL, 0), CKR_OK);
}

static void gcm_takes_tags_of_the_standard(void **state)
{
	static const CK_ULONG good[] = { 32, 64, 96, 104, 112, 120, 128 };
	static const CK_ULONG bad[] = { 0, 8, 31, 40, 88, 100, 127, 136, ~0UL };
	CK_GCM_PARAMS gcm = { bytes, 12, 96, NULL, 0, 128 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		gcm.ulTagBits = good[i];
		assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), CKR_OK);
		assert_int_equal(op.tag_len, good[i] / 8);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		gcm.ulTagBits = bad[i];
		assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), BAD);
	}
	gcm.ulTagBits = 128;
	gcm.ulIvLen = OP_IV_MAX;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), CKR_OK);
	gcm.ulIvLen = OP_IV_MAX + 1;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), BAD);
	gcm.ulIvLen = 0;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), BAD);
	gcm.ulIvLen = 12;
	gcm.pIv = NULL;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), BAD);
	gcm.pIv = bytes;
	gcm.ulAADLen = 1;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), BAD);
	gcm.pAAD = bytes;
	gcm.ulAADLen = 65536;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), CKR_OK);
	gcm.ulAADLen = 65537;
	assert_int_equal(read(CKM_AES_GCM, &gcm, sizeof(gcm)), BAD);
}

static void ecdh_takes_a_point_and_shared_data(void **state)
{
	const CK_ULONG longest = 2 * TOKEN_EC_MAX + 1 + 3;
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, 65, bytes };

	(void)state;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), CKR_OK);
	assert_int_equal(op.data.len, 65);
	assert_int_equal(op.kdf, CKD_NULL);
	ecdh.ulPublicDataLen = longest;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), CKR_OK);
	ecdh.ulPublicDataLen = longest + 1;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), BAD);
	ecdh.ulPublicDataLen = 0;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), BAD);
	ecdh.ulPublicDataLen = 65;
	ecdh.pPublicData = NULL;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), BAD);
	ecdh.pPublicData = bytes;
	ecdh.ulSharedDataLen = 65537;
	ecdh.pSharedData = bytes;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), BAD);
	ecdh.ulSharedDataLen = 8;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), CKR_OK);
	ecdh.pSharedData = NULL;
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh)), BAD);
	assert_int_equal(read(CKM_ECDH1_DERIVE, NULL, 0), BAD);
	assert_int_equal(read(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) - 1), BAD);
}

static int free_op(void **state)
{
	(void)state;
	blob_clear(&op.label);
	blob_clear(&op.data);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pss_names_digests_and_a_salt),
		cmocka_unit_test(oaep_has_a_label_of_bounded_length),
		cmocka_unit_test(initial_values_have_their_length),
		cmocka_unit_test(gcm_takes_tags_of_the_standard),
		cmocka_unit_test(ecdh_takes_a_point_and_shared_data),
	};

	return cmocka_run_group_tests(tests, NULL, free_op);
}
