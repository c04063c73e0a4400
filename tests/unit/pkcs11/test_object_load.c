/* SPDX-License-Identifier: Apache-2.0 */
/* Values and public numbers, read on first demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p11.h"

/* The private key itself tells nothing: another object with its id does. */
static void a_private_key_has_the_numbers_of_its_siblings(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE private = p11_object(session, CKO_PRIVATE_KEY);
	CK_BYTE modulus[256], again[256];

	(void)state;
	assert_int_equal(p11_bytes(session, private, CKA_MODULUS, modulus, 256), 256);
	assert_int_equal(
		p11_bytes(session, p11_object(session, CKO_PUBLIC_KEY), CKA_MODULUS, again, 256),
		256);
	assert_memory_equal(modulus, again, 256);
}

static void a_value_is_read_once(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_BYTE value[2048];
	CK_ULONG len = p11_bytes(session, certificate, CKA_VALUE, value, sizeof(value));
	int before = fake_transactions(0);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			p11_bytes(session, certificate, CKA_VALUE, value, sizeof(value)), len);
	assert_int_equal(fake_transactions(0), before);
}

/* A directory may claim what it likes: the public half counts. */
static void the_length_of_a_key_is_that_of_its_numbers(void **state)
{
	CK_MECHANISM mech = { CKM_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE session;
	CK_BYTE out[256];
	CK_ULONG len = sizeof(out);

	(void)state;
	fake_claim_bits(0, 512);
	session = p11_user(0);
	assert_int_equal(
		p11_bytes(session, p11_object(session, CKO_PRIVATE_KEY), CKA_MODULUS, out, 256),
		256);
	assert_int_equal(
		p11->C_SignInit(session, &mech, p11_object(session, CKO_PRIVATE_KEY)), CKR_OK);
	assert_int_equal(p11->C_Sign(session, out, 4, NULL, &len), CKR_OK);
	assert_int_equal(len, 256);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_private_key_has_the_numbers_of_its_siblings),
		TEST(a_value_is_read_once),
		TEST(the_length_of_a_key_is_that_of_its_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
