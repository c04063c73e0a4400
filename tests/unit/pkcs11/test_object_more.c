/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of an object from others: public keys of certificates, subjects, unique ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/token.h"

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))

static void unique_id(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, char out[64])
{
	CK_ULONG len = p11_bytes(session, object, CKA_UNIQUE_ID, out, 63);

	out[len] = '\0';
	assert_true(len > 0);
}

/* The public key object goes; the certificate still has the key. */
static void a_certificate_stands_for_a_missing_public_key(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE public = p11_object(session, CKO_PUBLIC_KEY);
	CK_BYTE before[256], after[256], id[8];
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);

	(void)state;
	p11_bytes(session, public, CKA_MODULUS, before, sizeof(before));
	assert_int_equal(p11->C_DestroyObject(session, public), CKR_OK);
	public = p11_object(session, CKO_PUBLIC_KEY);
	assert_int_equal(p11_bytes(session, public, CKA_MODULUS, after, sizeof(after)), 256);
	assert_memory_equal(before, after, 256);
	assert_int_equal(p11_bytes(session, public, CKA_ID, id, sizeof(id)), 1);
	assert_int_equal(p11_bool(session, public, CKA_VERIFY), CK_TRUE);
	assert_int_equal(p11_bool(session, public, CKA_PRIVATE), CK_FALSE);
	/* it is not there to be changed */
	assert_int_equal(p11_bool(session, public, CKA_MODIFIABLE), CK_FALSE);
	assert_int_equal(p11_bool(session, public, CKA_DESTROYABLE), CK_FALSE);
	assert_int_equal(
		p11->C_SetAttributeValue(session, public, &label, 1), CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_DestroyObject(session, public), CKR_ACTION_PROHIBITED);
	/* without the certificate nobody knows the numbers */
	assert_int_equal(
		p11->C_DestroyObject(session, p11_object(session, CKO_CERTIFICATE)), CKR_OK);
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE template = ATTR(CKA_CLASS, class);
	assert_int_equal(p11_find(session, &template, 1, NULL), 0);
}

static void unique_ids_stay_and_tell_twins_apart(void **state)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template = ATTR(CKA_CLASS, class);
	CK_OBJECT_HANDLE found[4];
	CK_ULONG count = 0;
	char first[64], second[64], again[64];

	(void)state;
	fake_foreign_write(0, "a"); /* the same value, the same application */
	fake_foreign_write(0, "b");
	session = p11_user(0);
	assert_int_equal(p11->C_FindObjectsInit(session, &template, 1), CKR_OK);
	assert_int_equal(p11->C_FindObjects(session, found, 4, &count), CKR_OK);
	assert_int_equal(p11->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, 2);
	unique_id(session, found[0], first);
	unique_id(session, found[1], second);
	assert_string_not_equal(first, second);
	unique_id(session, p11_object(session, CKO_PRIVATE_KEY), first);
	unique_id(session, p11_object(session, CKO_PUBLIC_KEY), second);
	assert_string_not_equal(first, second);
	/* another process sees the same */
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_FALSE);
	session = p11_user(0);
	unique_id(session, p11_object(session, CKO_PRIVATE_KEY), again);
	assert_string_equal(first, again);
	/* a profile has one by its number */
	unique_id(session, p11_object(session, CKO_PROFILE), again);
}

static void a_session_object_is_named_by_its_handle(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), p11_attr(CKA_VALUE, "v", 1) };
	CK_OBJECT_HANDLE one, two;
	char first[64], second[64];

	(void)state;
	assert_int_equal(p11->C_CreateObject(session, template, 2, &one), CKR_OK);
	assert_int_equal(p11->C_CreateObject(session, template, 2, &two), CKR_OK);
	unique_id(session, one, first);
	unique_id(session, two, second);
	assert_string_not_equal(first, second);
	assert_memory_equal(first, "session-", 8);
}

static void what_its_template_forbids_stays_forbidden(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), p11_attr(CKA_VALUE, "v", 1),
		ATTR(CKA_MODIFIABLE, no), ATTR(CKA_DESTROYABLE, no), ATTR(CKA_COPYABLE, no) };
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);
	CK_OBJECT_HANDLE object, copy;

	(void)state;
	assert_int_equal(p11->C_CreateObject(session, template, 5, &object), CKR_OK);
	assert_int_equal(
		p11->C_SetAttributeValue(session, object, &label, 1), CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_DestroyObject(session, object), CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_CopyObject(session, object, NULL, 0, &copy), CKR_ACTION_PROHIBITED);
	template[2] = ATTR(CKA_MODIFIABLE, yes);
	assert_int_equal(p11->C_CreateObject(session, template, 3, &object), CKR_OK);
	assert_int_equal(p11->C_SetAttributeValue(session, object, &label, 1), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(session, object), CKR_OK);
	/* a private key leaves neither card nor file */
	session = p11_user(0);
	assert_int_equal(
		p11->C_CopyObject(session, p11_object(session, CKO_PRIVATE_KEY), NULL, 0, &copy),
		CKR_ACTION_PROHIBITED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_certificate_stands_for_a_missing_public_key),
		TEST(unique_ids_stay_and_tell_twins_apart),
		TEST(a_session_object_is_named_by_its_handle),
		TEST(what_its_template_forbids_stays_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
