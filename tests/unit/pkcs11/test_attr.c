/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute table, and C_GetAttributeValue() by the two-call rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/attr.h"

static void the_table_is_sorted_and_unique(void **state)
{
	(void)state;
	for (size_t i = 1; i < attr_table_len; i++)
		assert_true(attr_table[i - 1].type < attr_table[i].type);
	for (size_t i = 0; i < attr_table_len; i++) {
		assert_ptr_equal(attr_row_find(attr_table[i].type), &attr_table[i]);
		assert_int_not_equal(attr_table[i].classes, 0);
	}
	assert_null(attr_row_find(0x4711));
}

/* What PKCS#11 lists as common to a class must be there. */
static void the_table_is_complete_for_each_class(void **state)
{
	static const struct {
		unsigned class;
		CK_ATTRIBUTE_TYPE type;
	} rows[] = {
		{ ATTR_CERTIFICATE, CKA_CLASS },
		{ ATTR_CERTIFICATE, CKA_TOKEN },
		{ ATTR_CERTIFICATE, CKA_PRIVATE },
		{ ATTR_CERTIFICATE, CKA_LABEL },
		{ ATTR_CERTIFICATE, CKA_CERTIFICATE_TYPE },
		{ ATTR_CERTIFICATE, CKA_CERTIFICATE_CATEGORY },
		{ ATTR_CERTIFICATE, CKA_SUBJECT },
		{ ATTR_CERTIFICATE, CKA_ISSUER },
		{ ATTR_CERTIFICATE, CKA_SERIAL_NUMBER },
		{ ATTR_CERTIFICATE, CKA_ID },
		{ ATTR_CERTIFICATE, CKA_VALUE },
		{ ATTR_CERTIFICATE, CKA_TRUSTED },
		{ ATTR_PUBLIC, CKA_KEY_TYPE },
		{ ATTR_PUBLIC, CKA_ID },
		{ ATTR_PUBLIC, CKA_MODULUS },
		{ ATTR_PUBLIC, CKA_MODULUS_BITS },
		{ ATTR_PUBLIC, CKA_PUBLIC_EXPONENT },
		{ ATTR_PUBLIC, CKA_ENCRYPT },
		{ ATTR_PUBLIC, CKA_VERIFY },
		{ ATTR_PRIVATE, CKA_KEY_TYPE },
		{ ATTR_PRIVATE, CKA_ID },
		{ ATTR_PRIVATE, CKA_MODULUS },
		{ ATTR_PRIVATE, CKA_SENSITIVE },
		{ ATTR_PRIVATE, CKA_EXTRACTABLE },
		{ ATTR_PRIVATE, CKA_ALWAYS_SENSITIVE },
		{ ATTR_PRIVATE, CKA_NEVER_EXTRACTABLE },
		{ ATTR_PRIVATE, CKA_LOCAL },
		{ ATTR_PRIVATE, CKA_SIGN },
		{ ATTR_PRIVATE, CKA_DECRYPT },
		{ ATTR_PRIVATE, CKA_UNWRAP },
		{ ATTR_PRIVATE, CKA_ALWAYS_AUTHENTICATE },
		{ ATTR_PRIVATE, CKA_ALLOWED_MECHANISMS },
		{ ATTR_DATA, CKA_APPLICATION },
		{ ATTR_DATA, CKA_OBJECT_ID },
		{ ATTR_DATA, CKA_VALUE },
		{ ATTR_PROFILE, CKA_PROFILE_ID },
		{ ATTR_FEATURE, CKA_HW_FEATURE_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct attr_row *row = attr_row_find(rows[i].type);

		assert_non_null(row);
		assert_true(row->classes & rows[i].class);
	}
}

static void length_first_then_value(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_BYTE value[2048];
	CK_ATTRIBUTE attr = { CKA_VALUE, NULL, 0 };
	CK_ULONG len;

	(void)state;
	assert_int_equal(p11->C_GetAttributeValue(session, certificate, &attr, 1), CKR_OK);
	len = attr.ulValueLen;
	assert_in_range(len, 500, sizeof(value));
	attr.pValue = value;
	attr.ulValueLen = len - 1;
	assert_int_equal(
		p11->C_GetAttributeValue(session, certificate, &attr, 1), CKR_BUFFER_TOO_SMALL);
	assert_true(attr.ulValueLen == CK_UNAVAILABLE_INFORMATION);
	attr.ulValueLen = sizeof(value);
	assert_int_equal(p11->C_GetAttributeValue(session, certificate, &attr, 1), CKR_OK);
	assert_int_equal(attr.ulValueLen, len);
	assert_int_equal(value[0], 0x30);
}

/* One call answers all it can, whatever else is wrong in the template. */
static void one_bad_attribute_does_not_hide_the_others(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_BYTE room[600];
	CK_ULONG class = 0;
	CK_BBOOL sign = 0;
	CK_BYTE id = 0;
	CK_ATTRIBUTE attrs[] = {
		{ CKA_PRIVATE_EXPONENT, room, sizeof(room) },
		{ CKA_CLASS, &class, sizeof(class) },
		{ 0x4711, room, sizeof(room) },
		{ CKA_SIGN, &sign, sizeof(sign) },
		{ CKA_MODULUS, room, 3 },
		{ CKA_ID, &id, 1 },
	};

	(void)state;
	assert_int_equal(p11->C_GetAttributeValue(session, key, attrs, 6), CKR_ATTRIBUTE_SENSITIVE);
	assert_true(attrs[0].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(class, CKO_PRIVATE_KEY);
	assert_true(attrs[2].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(sign, CK_TRUE);
	assert_true(attrs[4].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(id, 0x45);
	assert_int_equal(
		p11->C_GetAttributeValue(session, key, attrs + 2, 4), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(
		p11->C_GetAttributeValue(session, 4711, attrs, 6), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(p11->C_GetAttributeValue(session, key, NULL, 1), CKR_ARGUMENTS_BAD);
}

/* Certificate, public and private key must pair for every application. */
static void the_three_of_a_key_show_one_id_and_one_modulus(void **state)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_PUBLIC_KEY, CKO_PRIVATE_KEY };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE modulus[2][256];
	CK_BYTE spki[3][512];
	CK_BYTE id[8];
	CK_ULONG len = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		CK_OBJECT_HANDLE key = p11_object(session, classes[i]);

		assert_int_equal(p11_bytes(session, key, CKA_MODULUS, modulus[i], 256), 256);
		len = p11_bytes(session, key, CKA_PUBLIC_KEY_INFO, spki[i], sizeof(spki[i]));
		assert_int_equal(p11_bytes(session, key, CKA_ID, id, sizeof(id)), 1);
		assert_int_equal(id[0], 0x45);
	}
	assert_memory_equal(modulus[0], modulus[1], 256);
	assert_int_equal(p11_bytes(session, p11_object(session, CKO_CERTIFICATE),
				 CKA_PUBLIC_KEY_INFO, spki[2], sizeof(spki[2])),
		len);
	assert_memory_equal(spki[0], spki[1], len);
	assert_memory_equal(spki[0], spki[2], len);
}

static void a_certificate_shows_the_parts_of_its_der(void **state)
{
	static const CK_BYTE serial[] = { 0x02, 0x02, 0x12, 0x34 };
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_BYTE subject[256];
	CK_BYTE issuer[256];
	CK_BYTE bytes[16];
	CK_ULONG len = p11_bytes(session, certificate, CKA_SUBJECT, subject, sizeof(subject));

	(void)state;
	assert_int_equal(p11_bytes(session, certificate, CKA_ISSUER, issuer, sizeof(issuer)), len);
	assert_memory_equal(subject, issuer, len);
	assert_memory_equal(subject + len - 8, "Somebody", 8);
	assert_int_equal(p11_bytes(session, certificate, CKA_SERIAL_NUMBER, bytes, sizeof(bytes)),
		sizeof(serial));
	assert_memory_equal(bytes, serial, sizeof(serial));
	assert_int_equal(p11_bytes(session, certificate, CKA_START_DATE, bytes, sizeof(bytes)), 8);
	assert_int_equal(p11_ulong(session, certificate, CKA_CERTIFICATE_CATEGORY),
		CK_CERTIFICATE_CATEGORY_TOKEN_USER);
}

static void a_search_needs_every_attribute_to_match(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_OBJECT_CLASS private = CKO_PRIVATE_KEY;
	CK_BYTE serial[] = { 0x02, 0x02, 0x12, 0x34 };
	CK_BYTE other[] = { 0x02, 0x02, 0x12, 0x35 };
	CK_ATTRIBUTE template[] = {
		p11_attr(CKA_CLASS, &class, sizeof(class)),
		p11_attr(CKA_SERIAL_NUMBER, serial, sizeof(serial)),
	};
	CK_OBJECT_CLASS profile_class = CKO_PROFILE;
	CK_ATTRIBUTE hidden = p11_attr(CKA_CLASS, &private, sizeof(private));
	CK_ATTRIBUTE profile = p11_attr(CKA_CLASS, &profile_class, sizeof(profile_class));
	CK_ULONG profiles;

	(void)state;
	assert_int_equal(p11_find(session, template, 2, NULL), 1);
	template[1].pValue = other;
	assert_int_equal(p11_find(session, template, 2, NULL), 0);
	template[1].ulValueLen = 3;
	assert_int_equal(p11_find(session, template, 2, NULL), 0);
	assert_int_equal(p11_find(session, &hidden, 1, NULL), 0);
	/* certificate, public key, profiles: no private key, no hardware feature */
	profiles = p11_find(session, &profile, 1, NULL);
	assert_true(profiles >= 2);
	assert_int_equal(p11_find(session, NULL, 0, NULL), 2 + profiles);
	assert_int_equal(p11_login(session, CKU_USER, FAKE_PIN), CKR_OK);
	assert_int_equal(p11_find(session, &hidden, 1, NULL), 1);
}

static void a_search_comes_in_pieces(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_ULONG all = p11_find(session, NULL, 0, NULL);
	CK_OBJECT_HANDLE one[8];
	CK_ULONG count = 0;

	(void)state;
	assert_int_equal(
		p11->C_FindObjects(session, one, 1, &count), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	assert_int_equal(p11->C_FindObjectsInit(session, NULL, 0), CKR_OPERATION_ACTIVE);
	assert_in_range(all, 3, 8);
	for (CK_ULONG i = 0; i < all; i++) {
		assert_int_equal(p11->C_FindObjects(session, &one[i], 1, &count), CKR_OK);
		assert_int_equal(count, 1);
	}
	assert_true(one[0] != one[1] && one[1] != one[2]);
	assert_int_equal(p11->C_FindObjects(session, one, 1, &count), CKR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OPERATION_NOT_INITIALIZED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_and_unique),
		cmocka_unit_test(the_table_is_complete_for_each_class),
		TEST(length_first_then_value),
		TEST(one_bad_attribute_does_not_hide_the_others),
		TEST(the_three_of_a_key_show_one_id_and_one_modulus),
		TEST(a_certificate_shows_the_parts_of_its_der),
		TEST(a_search_needs_every_attribute_to_match),
		TEST(a_search_comes_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
