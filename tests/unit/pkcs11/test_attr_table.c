/* SPDX-License-Identifier: Apache-2.0 */
/* What the attributes of each class show: one value of the right kind for every row of the table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/attr.h"
#include "pkcs11/vendor.h"

static const struct {
	CK_OBJECT_CLASS class;
	unsigned bit;
} classes[] = { { CKO_CERTIFICATE, ATTR_CERTIFICATE }, { CKO_PUBLIC_KEY, ATTR_PUBLIC },
	{ CKO_PRIVATE_KEY, ATTR_PRIVATE }, { CKO_PROFILE, ATTR_PROFILE },
	{ CKO_HW_FEATURE, ATTR_FEATURE }, { CKO_DATA, ATTR_DATA } };

/* One object of each class. */
static CK_SESSION_HANDLE open_all(void)
{
	fake_foreign_write(0, "note");
	return p11_user(0);
}

/* Length first, then the value: the same length, and that of its kind. */
static void every_row_answers_with_a_value_of_its_kind(void **state)
{
	CK_SESSION_HANDLE session = open_all();
	static CK_BYTE room[4096];

	(void)state;
	for (size_t c = 0; c < sizeof(classes) / sizeof(classes[0]); c++) {
		CK_OBJECT_HANDLE object = p11_object(session, classes[c].class);
		for (size_t i = 0; i < attr_table_len; i++) {
			CK_ATTRIBUTE attr = { attr_table[i].type, NULL, 0 };
			CK_RV rv = p11->C_GetAttributeValue(session, object, &attr, 1);
			if (!(attr_table[i].classes & classes[c].bit)) {
				assert_int_equal(rv, CKR_ATTRIBUTE_TYPE_INVALID);
				continue;
			}
			if (rv != CKR_OK) { /* a secret, or of another kind of key */
				assert_true(rv == CKR_ATTRIBUTE_SENSITIVE ||
					    rv == CKR_ATTRIBUTE_TYPE_INVALID);
				assert_true(attr.ulValueLen == CK_UNAVAILABLE_INFORMATION);
				continue;
			}
			CK_ULONG len = attr.ulValueLen;
			if (attr_table[i].kind == ATTR_ULONG)
				assert_int_equal(len, sizeof(CK_ULONG));
			if (attr_table[i].kind == ATTR_BOOL)
				assert_int_equal(len, sizeof(CK_BBOOL));
			assert_in_range(len, 0, sizeof(room));
			attr.pValue = room;
			attr.ulValueLen = sizeof(room);
			assert_int_equal(
				p11->C_GetAttributeValue(session, object, &attr, 1), CKR_OK);
			assert_int_equal(attr.ulValueLen, len);
			if (attr_table[i].kind == ATTR_BOOL)
				assert_true(room[0] == CK_TRUE || room[0] == CK_FALSE);
		}
	}
}

static void no_part_of_a_private_key_is_told(void **state)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2,
		CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT };
	CK_SESSION_HANDLE session = open_all();
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_BYTE room[512];

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CK_ATTRIBUTE attr = { types[i], room, sizeof(room) };
		memset(room, 0x55, sizeof(room));
		assert_int_equal(
			p11->C_GetAttributeValue(session, key, &attr, 1), CKR_ATTRIBUTE_SENSITIVE);
		assert_true(attr.ulValueLen == CK_UNAVAILABLE_INFORMATION);
		for (size_t j = 0; j < sizeof(room); j++)
			assert_int_equal(room[j], 0x55);
	}
	CK_ATTRIBUTE value = { CKA_VALUE, room, sizeof(room) }; /* RSA keys have none */
	assert_int_equal(
		p11->C_GetAttributeValue(session, key, &value, 1), CKR_ATTRIBUTE_TYPE_INVALID);
}

static void each_class_tells_what_programs_look_for(void **state)
{
	CK_SESSION_HANDLE session = open_all();
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_OBJECT_HANDLE cert = p11_object(session, CKO_CERTIFICATE);
	CK_BYTE subject[2][256];

	(void)state;
	assert_int_equal(p11_ulong(session, cert, CKA_CERTIFICATE_TYPE), CKC_X_509);
	assert_int_equal(p11_bool(session, cert, CKA_TRUSTED), CK_FALSE);
	assert_int_equal(p11_ulong(session, key, CKA_KEY_TYPE), CKK_RSA);
	assert_int_equal(p11_ulong(session, key, CKA_KEY_GEN_MECHANISM), CKM_RSA_PKCS_KEY_PAIR_GEN);
	assert_int_equal(p11_bool(session, key, CKA_SENSITIVE), CK_TRUE);
	assert_int_equal(p11_bool(session, key, CKA_COPYABLE), CK_FALSE);
	assert_int_equal(p11_ulong(session, public, CKA_MODULUS_BITS), 2048);
	CK_ULONG len = p11_bytes(session, cert, CKA_SUBJECT, subject[0], 256);
	assert_int_equal(p11_bytes(session, key, CKA_SUBJECT, subject[1], 256), len);
	assert_memory_equal(subject[0], subject[1], len);
}

static void a_pin_is_shown_without_a_card_command(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, CKF_RW_SESSION);
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_USER_TYPE user = CKU_USER;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof(class)),
		p11_attr(CKA_TWCA_PIN_USER_TYPE, &user, sizeof(user)) };
	CK_OBJECT_HANDLE object;

	(void)state;
	assert_int_equal(p11_find(session, template, 2, &object), 1);
	p11_login(session, CKU_USER, "000000");
	int before = fake_transactions(0);
	assert_int_equal(p11_ulong(session, object, CKA_HW_FEATURE_TYPE), CKH_TWCA_PIN);
	assert_int_equal(p11_ulong(session, object, CKA_TWCA_PIN_TRIES_LEFT), FAKE_TRIES - 1);
	assert_int_equal(p11_bool(session, object, CKA_TWCA_PIN_LOCKED), CK_FALSE);
	assert_int_equal(fake_transactions(0), before);
	CK_ULONG level;
	CK_ATTRIBUTE other = { CKA_TWCA_PROMPT_LEVEL, &level, sizeof(level) };
	assert_int_equal(p11->C_GetAttributeValue(session, object, &other, 1),
		CKR_ATTRIBUTE_TYPE_INVALID); /* of the other kind of feature */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_answers_with_a_value_of_its_kind),
		TEST(no_part_of_a_private_key_is_told),
		TEST(each_class_tells_what_programs_look_for),
		TEST(a_pin_is_shown_without_a_card_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
