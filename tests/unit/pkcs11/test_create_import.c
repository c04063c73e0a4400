/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys made elsewhere: kept as secrets of the token, and usable; or refused whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "soft_world.h"

static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
static const CK_KEY_TYPE ec = CKK_EC, aes = CKK_AES;
static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };

#define PARTS 6

/* A template: the parts of a good one, and one more, which goes first. */
struct wish {
	CK_ATTRIBUTE attrs[PARTS + 1];
	CK_ULONG count;
	CK_BYTE value[32], point[67];
};

static CK_ATTRIBUTE attr(CK_ATTRIBUTE_TYPE type, const void *value, CK_ULONG len)
{
	CK_ATTRIBUTE made = { .type = type, .ulValueLen = len };

	memcpy(&made.pValue, &value, sizeof(value));
	return made;
}
#define ATTR(type, variable) attr(type, &(variable), sizeof(variable))

static void good(struct wish *wish)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIGNUM *number = NULL;
	size_t len;

	*wish = (struct wish){ .point = { 4, 65 } };
	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number), 1);
	assert_int_equal(BN_bn2binpad(number, wish->value, 32), 32);
	assert_int_equal(
		EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", wish->point + 2, 65, &len),
		1);
	BN_clear_free(number);
	EVP_PKEY_free(key);
	const CK_ATTRIBUTE attrs[] = { ATTR(CKA_CLASS, class), ATTR(CKA_KEY_TYPE, ec),
		ATTR(CKA_TOKEN, yes), ATTR(CKA_EC_PARAMS, p256), ATTR(CKA_VALUE, wish->value),
		attr(CKA_LABEL, "in", 2) };
	memcpy(wish->attrs + 1, attrs, sizeof(attrs));
	wish->count = PARTS;
}

static CK_RV import(CK_SESSION_HANDLE session, struct wish *wish, const CK_ATTRIBUTE *first,
	CK_OBJECT_HANDLE *ret)
{
	if (!first)
		return world->C_CreateObject(session, wish->attrs + 1, wish->count, ret);
	wish->attrs[0] = *first;
	return world->C_CreateObject(session, wish->attrs, wish->count + 1, ret);
}

static void a_key_that_came_in_is_a_secret_and_signs(void **state)
{
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE object = 0;
	struct wish wish;
	CK_BYTE value[64];
	CK_ATTRIBUTE secret = { CKA_VALUE, value, sizeof(value) };

	(void)state;
	good(&wish);
	assert_int_equal(import(session, &wish, NULL, &object), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	assert_int_equal(import(session, &wish, NULL, &object), CKR_OK);
	assert_int_equal(world_number(session, object, CKA_KEY_TYPE), CKK_EC);
	assert_int_equal(
		world->C_GetAttributeValue(session, object, &secret, 1), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(world_sign(session, object), CKR_OK);
	CK_SESSION_HANDLE ro = world_open(0, 0);
	assert_int_equal(import(ro, &wish, NULL, &object), CKR_SESSION_READ_ONLY);
	/* it is there in the next process too */
	world_again();
	session = world_open(0, CKF_RW_SESSION);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	CK_ATTRIBUTE label = attr(CKA_LABEL, "in", 2);
	CK_ULONG count = 0;
	assert_int_equal(world->C_FindObjectsInit(session, &label, 1), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, &object, 1, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(world_sign(session, object), CKR_OK);
}

static void what_a_template_may_not_ask_for(void **state)
{
	static CK_BYTE id[256];
	const struct {
		CK_ATTRIBUTE first;
		CK_RV rv;
	} rows[] = {
		{ ATTR(CKA_PRIVATE, no), CKR_TEMPLATE_INCONSISTENT },
		{ ATTR(CKA_SENSITIVE, no), CKR_TEMPLATE_INCONSISTENT },
		{ ATTR(CKA_EXTRACTABLE, yes), CKR_TEMPLATE_INCONSISTENT },
		{ ATTR(CKA_MODIFIABLE, no), CKR_TEMPLATE_INCONSISTENT },
		{ ATTR(CKA_ALWAYS_AUTHENTICATE, yes), CKR_TEMPLATE_INCONSISTENT },
		{ ATTR(CKA_LOCAL, yes), CKR_ATTRIBUTE_READ_ONLY },
		{ ATTR(CKA_ID, id), CKR_ATTRIBUTE_VALUE_INVALID }, /* 256 bytes */
		{ attr(CKA_SIGN, "\x01\x01", 2), CKR_ATTRIBUTE_VALUE_INVALID },
		{ ATTR(CKA_SIGN, no), CKR_TEMPLATE_INCONSISTENT }, /* of no use at all */
		{ attr(0x4711, "x", 1), CKR_ATTRIBUTE_TYPE_INVALID },
	};
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE object = 0;
	struct wish wish;

	(void)state;
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		good(&wish);
		if (import(session, &wish, &rows[i].first, &object) != rows[i].rv)
			fail_msg("row %zu", i);
	}
	assert_int_equal(object, 0);
}

static void what_is_no_key_is_not_written(void **state)
{
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE object = 0;
	struct wish wish;

	(void)state;
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	good(&wish);
	wish.attrs[2] = ATTR(CKA_KEY_TYPE, aes);
	assert_int_equal(import(session, &wish, NULL, &object), CKR_ATTRIBUTE_VALUE_INVALID);
	good(&wish);
	memset(wish.value, 0, sizeof(wish.value)); /* no number of the field */
	assert_int_not_equal(import(session, &wish, NULL, &object), CKR_OK);
	good(&wish);
	memset(wish.value, 0xFF, sizeof(wish.value)); /* beyond the group's order */
	assert_int_not_equal(import(session, &wish, NULL, &object), CKR_OK);
	good(&wish);
	wish.attrs[5].ulValueLen = 0;
	assert_int_not_equal(import(session, &wish, NULL, &object), CKR_OK);
	good(&wish);
	wish.attrs[4].ulValueLen = 3;
	assert_int_not_equal(import(session, &wish, NULL, &object), CKR_OK);
	good(&wish);
	wish.attrs[2] = wish.attrs[6]; /* without a key type */
	assert_int_equal(import(session, &wish, NULL, &object), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(object, 0);
}

static void a_key_of_a_session_is_copied_onto_the_token(void **state)
{
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);
	CK_ATTRIBUTE copying[] = { ATTR(CKA_TOKEN, yes), attr(CKA_LABEL, "moved", 5),
		attr(CKA_END_DATE, "20271231", 8) };
	CK_ATTRIBUTE start = attr(CKA_START_DATE, "20260101", 8);
	CK_OBJECT_HANDLE kept = 0, object = 0;
	CK_ATTRIBUTE here = ATTR(CKA_TOKEN, no), loose = ATTR(CKA_EXTRACTABLE, yes);
	struct wish wish;

	(void)state;
	good(&wish);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	wish.attrs[3] = here;
	assert_int_equal(import(session, &wish, &copying[2], &kept), CKR_OK);
	assert_int_equal(world_sign(session, kept), CKR_OK);
	assert_int_equal(world->C_CopyObject(session, kept, copying, 2, &object), CKR_OK);
	assert_int_equal(world_sign(session, object), CKR_OK);
	assert_int_equal(world->C_SetAttributeValue(session, object, &start, 1), CKR_OK);
	assert_int_equal(
		world->C_CopyObject(session, object, &here, 1, &kept), CKR_ACTION_PROHIBITED);
	/* one that may leave would be locked in without a word */
	assert_int_equal(import(session, &wish, &loose, &kept), CKR_OK);
	assert_int_equal(
		world->C_CopyObject(session, kept, copying, 2, &object), CKR_TEMPLATE_INCONSISTENT);
	world_again();
	session = world_open(0, CKF_RW_SESSION);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	CK_ULONG count = 0;
	/* with both dates, which lie in the file */
	copying[0] = start;
	assert_int_equal(world->C_FindObjectsInit(session, copying, 3), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, &object, 1, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(world_sign(session, object), CKR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_that_came_in_is_a_secret_and_signs),
		TEST(what_a_template_may_not_ask_for),
		TEST(what_is_no_key_is_not_written),
		TEST(a_key_of_a_session_is_copied_onto_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
