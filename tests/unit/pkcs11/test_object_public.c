/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys that only a certificate has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p11.h"

#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))

/* With its public key object gone, the key has its public half in the certificate alone. */
static void a_public_key_comes_out_of_the_certificate(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE stored = p11_object(session, CKO_PUBLIC_KEY);
	CK_OBJECT_HANDLE private = p11_object(session, CKO_PRIVATE_KEY);
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);
	CK_BYTE modulus[2][256];
	CK_OBJECT_HANDLE derived;

	(void)state;
	assert_int_equal(p11_bytes(session, stored, CKA_MODULUS, modulus[0], 256), 256);
	assert_int_equal(p11->C_DestroyObject(session, stored), CKR_OK);
	derived = p11_object(session, CKO_PUBLIC_KEY);
	assert_true(derived != stored);
	assert_int_equal(p11_bytes(session, derived, CKA_MODULUS, modulus[1], 256), 256);
	assert_memory_equal(modulus[0], modulus[1], 256);
	assert_int_equal(p11_ulong(session, derived, CKA_MODULUS_BITS), 2048);
	assert_int_equal(p11_bool(session, derived, CKA_VERIFY), CK_TRUE);
	assert_int_equal(p11_bool(session, derived, CKA_ENCRYPT), CK_TRUE);
	assert_int_equal(p11_bool(session, derived, CKA_PRIVATE), CK_FALSE);
	assert_int_equal(p11_bool(session, derived, CKA_MODIFIABLE), CK_FALSE);
	assert_int_equal(p11_bool(session, derived, CKA_DESTROYABLE), CK_FALSE);
	assert_int_equal(
		p11->C_SetAttributeValue(session, derived, &label, 1), CKR_ACTION_PROHIBITED);
	assert_int_equal(p11->C_DestroyObject(session, derived), CKR_ACTION_PROHIBITED);
	/* its handle stays when something else is written, and goes with the key */
	assert_int_equal(p11->C_SetAttributeValue(session, private, &label, 1), CKR_OK);
	assert_int_equal(p11_object(session, CKO_PUBLIC_KEY), derived);
	assert_int_equal(p11->C_DestroyObject(session, private), CKR_OK);
	assert_int_equal(p11->C_DestroyObject(session, derived), CKR_OBJECT_HANDLE_INVALID);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_public_key_comes_out_of_the_certificate),
		TEST(a_certificate_stands_for_a_missing_public_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
