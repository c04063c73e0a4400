/* SPDX-License-Identifier: Apache-2.0 */
/* New, changed and destroyed objects; key pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static const CK_OBJECT_CLASS certificate_class = CKO_CERTIFICATE;
static const CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static const CK_KEY_TYPE rsa = CKK_RSA;

#define VALUE(type, variable) p11_attr(type, &(variable), sizeof(variable))

static CK_RV generate(CK_SESSION_HANDLE session, CK_ULONG bits, CK_ATTRIBUTE *more, CK_ULONG count,
	CK_OBJECT_HANDLE *keys)
{
	CK_MECHANISM mech = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_BYTE id[] = { 7, 8 };
	CK_ATTRIBUTE public[] = { VALUE(CKA_MODULUS_BITS, bits), VALUE(CKA_ID, id) };
	CK_ATTRIBUTE private[4] = { VALUE(CKA_TOKEN, yes), VALUE(CKA_ID, id) };

	assert_true(count <= 2);
	if (count)
		memcpy(private + 2, more, count * sizeof(*more));
	return p11->C_GenerateKeyPair(
		session, &mech, public, 2, private, 2 + count, &keys[0], &keys[1]);
}

static void a_new_key_has_the_uses_that_were_asked_for(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ATTRIBUTE sign_only = VALUE(CKA_SIGN, yes);
	CK_ATTRIBUTE nothing[] = { VALUE(CKA_SIGN, no), VALUE(CKA_DECRYPT, no) };
	CK_ATTRIBUTE no_unwrap = VALUE(CKA_UNWRAP, no);
	CK_ATTRIBUTE leaving = VALUE(CKA_EXTRACTABLE, yes);
	CK_OBJECT_HANDLE keys[2];
	CK_BYTE id[8];

	(void)state;
	assert_int_equal(generate(session, 1024, &sign_only, 1, keys), CKR_OK);
	assert_int_equal(p11_bool(session, keys[1], CKA_SIGN), CK_TRUE);
	assert_int_equal(p11_bool(session, keys[1], CKA_DECRYPT), CK_FALSE);
	assert_int_equal(p11_bool(session, keys[1], CKA_TOKEN), CK_TRUE);
	assert_int_equal(p11_bool(session, keys[1], CKA_PRIVATE), CK_TRUE);
	assert_int_equal(p11_bytes(session, keys[0], CKA_ID, id, sizeof(id)), 2);
	assert_int_equal(p11_ulong(session, keys[0], CKA_MODULUS_BITS), 1024);
	assert_int_equal(generate(session, 1024, NULL, 0, keys), CKR_OK);
	assert_int_equal(p11_bool(session, keys[1], CKA_SIGN), CK_TRUE);
	assert_int_equal(p11_bool(session, keys[1], CKA_DECRYPT), CK_TRUE);
	assert_int_equal(p11_bool(session, keys[1], CKA_SIGN_RECOVER), CK_TRUE);
	assert_int_equal(p11_bool(session, keys[1], CKA_UNWRAP), CK_TRUE);
	assert_int_equal(generate(session, 1024, &no_unwrap, 1, keys), CKR_OK);
	assert_int_equal(p11_bool(session, keys[1], CKA_DECRYPT), CK_TRUE);
	assert_int_equal(p11_bool(session, keys[1], CKA_UNWRAP), CK_FALSE);
	assert_int_equal(generate(session, 1024, nothing, 2, keys), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(generate(session, 1024, &leaving, 1, keys), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(generate(session, 4096, NULL, 0, keys), CKR_KEY_SIZE_RANGE);
}

static void a_key_pair_needs_a_writing_user(void **state)
{
	CK_SESSION_HANDLE ro = p11_open(0, 0);
	CK_SESSION_HANDLE rw = p11_open(0, CKF_RW_SESSION);
	CK_OBJECT_HANDLE keys[2];

	(void)state;
	assert_int_equal(generate(ro, 1024, NULL, 0, keys), CKR_SESSION_READ_ONLY);
	assert_int_equal(generate(rw, 1024, NULL, 0, keys), CKR_USER_NOT_LOGGED_IN);
}

/* The DER of the certificate that the fake card has. */
static CK_ULONG certificate_der(CK_SESSION_HANDLE session, CK_BYTE *der, CK_ULONG cap)
{
	return p11_bytes(session, p11_object(session, CKO_CERTIFICATE), CKA_VALUE, der, cap);
}

static void a_certificate_is_stored_changed_and_destroyed(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE der[2048];
	CK_BYTE id[] = { 9 };
	CK_BYTE read[16];
	CK_ATTRIBUTE template[] = {
		VALUE(CKA_CLASS, certificate_class),
		VALUE(CKA_TOKEN, yes),
		p11_attr(CKA_LABEL, "new", 3),
		VALUE(CKA_ID, id),
		p11_attr(CKA_VALUE, der, certificate_der(session, der, sizeof(der))),
	};
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "newer", 5);
	CK_ATTRIBUTE value = p11_attr(CKA_VALUE, "x", 1);
	CK_OBJECT_HANDLE object;

	(void)state;
	assert_int_equal(p11->C_CreateObject(session, template, 5, &object), CKR_OK);
	assert_int_equal(p11_bytes(session, object, CKA_LABEL, read, sizeof(read)), 3);
	assert_int_equal(p11->C_SetAttributeValue(session, object, &label, 1), CKR_OK);
	assert_int_equal(p11_bytes(session, object, CKA_LABEL, read, sizeof(read)), 5);
	assert_memory_equal(read, "newer", 5);
	assert_int_equal(
		p11->C_SetAttributeValue(session, object, &value, 1), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(p11_find(session, template, 1, NULL), 2);
	assert_int_equal(p11->C_DestroyObject(session, object), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(session, object), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(p11_find(session, template, 1, NULL), 1);
	/* trailing bytes and rubbish are no certificate */
	template[4].ulValueLen++;
	assert_int_equal(
		p11->C_CreateObject(session, template, 5, &object), CKR_ATTRIBUTE_VALUE_INVALID);
	template[4].ulValueLen = 20;
	assert_int_equal(
		p11->C_CreateObject(session, template, 5, &object), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(
		p11->C_CreateObject(session, template, 4, &object), CKR_TEMPLATE_INCOMPLETE);
}

static void a_session_object_lives_as_long_as_its_session(void **state)
{
	CK_SESSION_HANDLE first = p11_open(0, 0);
	CK_SESSION_HANDLE second = p11_open(0, 0);
	CK_OBJECT_HANDLE on_card = p11_object(first, CKO_PUBLIC_KEY);
	CK_BYTE modulus[256];
	CK_BYTE exponent[8];
	CK_ATTRIBUTE template[] = {
		VALUE(CKA_CLASS, public_class),
		VALUE(CKA_KEY_TYPE, rsa),
		p11_attr(CKA_MODULUS, modulus,
			p11_bytes(first, on_card, CKA_MODULUS, modulus, sizeof(modulus))),
		p11_attr(CKA_PUBLIC_EXPONENT, exponent,
			p11_bytes(first, on_card, CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent))),
		VALUE(CKA_VERIFY, yes),
	};
	CK_ULONG before = p11_find(second, template, 1, NULL);
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE bytes[256] = { 0 };
	CK_OBJECT_HANDLE object;

	(void)state;
	assert_int_equal(p11->C_CreateObject(first, template, 5, &object), CKR_OK);
	assert_int_equal(p11_bool(first, object, CKA_TOKEN), CK_FALSE);
	assert_int_equal(p11_find(second, template, 1, NULL), before + 1);
	assert_int_equal(p11->C_VerifyInit(first, &mech, object), CKR_OK);
	assert_int_equal(p11->C_Verify(first, bytes, 1, bytes, 256), CKR_SIGNATURE_INVALID);
	assert_int_equal(p11->C_CloseSession(first), CKR_OK);
	assert_int_equal(p11_find(second, template, 1, NULL), before);
	assert_int_equal(p11->C_VerifyInit(second, &mech, object), CKR_KEY_HANDLE_INVALID);
}

static void rubbish_templates_are_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_CLASS feature = CKO_HW_FEATURE;
	CK_BYTE byte = 1;
	CK_ATTRIBUTE class = VALUE(CKA_CLASS, feature);
	CK_ATTRIBUTE short_class = p11_attr(CKA_CLASS, &byte, 1);
	CK_ATTRIBUTE no_bytes = { CKA_CLASS, NULL, sizeof(CK_ULONG) };
	CK_OBJECT_CLASS data = CKO_DATA;
	CK_ATTRIBUTE unknown[] = { VALUE(CKA_CLASS, data), p11_attr(0x4711, &byte, 1) };
	CK_OBJECT_HANDLE object;

	(void)state;
	assert_int_equal(
		p11->C_CreateObject(session, &class, 1, &object), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(p11->C_CreateObject(session, &short_class, 1, &object),
		CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(p11->C_CreateObject(session, &no_bytes, 1, &object), CKR_ARGUMENTS_BAD);
	assert_int_equal(
		p11->C_CreateObject(session, unknown, 2, &object), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(p11->C_CreateObject(session, NULL, 0, &object), CKR_TEMPLATE_INCOMPLETE);
}

static void data_may_be_without_a_value(void **state)
{
	static const CK_OBJECT_CLASS class = CKO_DATA;
	CK_SESSION_HANDLE session = p11_user(0);
	CK_ATTRIBUTE template[] = { VALUE(CKA_CLASS, class), VALUE(CKA_TOKEN, no) };
	CK_OBJECT_HANDLE object = 0, copy = 0;
	CK_BYTE read[4];

	(void)state;
	assert_int_equal(p11->C_CreateObject(session, template, 2, &object), CKR_OK);
	assert_int_equal(p11_bytes(session, object, CKA_VALUE, read, sizeof(read)), 0);
	assert_int_equal(p11->C_CopyObject(session, object, NULL, 0, &copy), CKR_OK);
	assert_int_equal(p11_bytes(session, copy, CKA_VALUE, read, sizeof(read)), 0);
	template[1] = VALUE(CKA_TOKEN, yes); /* of a card */
	assert_int_equal(
		p11->C_CreateObject(session, template, 2, &object), CKR_TEMPLATE_INCOMPLETE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(data_may_be_without_a_value),
		TEST(a_new_key_has_the_uses_that_were_asked_for),
		TEST(a_key_pair_needs_a_writing_user),
		TEST(a_certificate_is_stored_changed_and_destroyed),
		TEST(a_session_object_lives_as_long_as_its_session),
		TEST(rubbish_templates_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
