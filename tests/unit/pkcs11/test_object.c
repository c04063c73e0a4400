/* SPDX-License-Identifier: Apache-2.0 */
/* The list of objects: what another program writes to the token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "p11.h"

#define PAUSE_US 1100000 /* longer than a question keeps its answer */

static CK_ULONG data_objects(CK_SESSION_HANDLE session)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	const CK_ATTRIBUTE template = p11_attr(CKA_CLASS, &class, sizeof(class));

	return p11_find(session, &template, 1, NULL);
}

static void a_write_of_another_program_is_seen_by_a_later_search(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	int before = fake_questions(0);

	(void)state;
	assert_int_equal(data_objects(session), 0);
	for (int i = 0; i < 20; i++)
		p11_find(session, NULL, 0, NULL);
	assert_int_equal(fake_questions(0), before);
	fake_foreign_write(0, "theirs");
	usleep(PAUSE_US);
	assert_int_equal(data_objects(session), 1);
	assert_int_equal(fake_questions(0), before + 1);
	assert_int_equal(p11_object(session, CKO_PRIVATE_KEY), key);
}

static void objects_that_got_new_numbers_keep_their_handles(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_BYTE value[2048];
	CK_ULONG len = p11_bytes(session, certificate, CKA_VALUE, value, sizeof(value));

	(void)state;
	fake_foreign_write(0, "theirs");
	fake_renumber(0);
	usleep(PAUSE_US);
	assert_int_equal(p11_object(session, CKO_CERTIFICATE), certificate);
	assert_int_equal(p11_bytes(session, certificate, CKA_VALUE, value, sizeof(value)), len);
}

static void a_write_begins_by_asking(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE certificate = p11_object(session, CKO_CERTIFICATE);
	CK_UTF8CHAR name[] = "mine";
	CK_ATTRIBUTE label = { CKA_LABEL, name, 4 };
	int before = fake_questions(0);

	(void)state;
	fake_foreign_write(0, "theirs");
	fake_renumber(0);
	assert_int_equal(p11->C_SetAttributeValue(session, certificate, &label, 1), CKR_OK);
	assert_int_equal(fake_questions(0), before + 1);
	assert_int_equal(data_objects(session), 1);
	fake_foreign_write(0, "again");
	assert_int_equal(p11->C_DestroyObject(session, certificate), CKR_OK);
	assert_int_equal(fake_questions(0), before + 2);
	assert_int_equal(data_objects(session), 2);
}

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

/* Unique ids tell objects apart, and stay: also for another program, which reads the token anew. */
static void unique_ids_are_unique_and_stay(void **state)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_PUBLIC_KEY,
		CKO_PRIVATE_KEY };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_BYTE ids[3][64], again[64];
	CK_ULONG lens[3];
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		lens[i] = p11_bytes(session, p11_object(session, classes[i]), CKA_UNIQUE_ID, ids[i],
			sizeof(ids[i]));
		assert_int_equal(lens[i], 32);
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(ids[i], ids[j], 32);
	}
	assert_int_equal(
		p11->C_SetAttributeValue(session, p11_object(session, CKO_CERTIFICATE), &label, 1),
		CKR_OK);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_FALSE);
	session = p11_user(0);
	for (int i = 0; i < 3; i++) {
		CK_ATTRIBUTE wanted = p11_attr(CKA_UNIQUE_ID, ids[i], lens[i]);
		CK_OBJECT_HANDLE object = p11_object(session, classes[i]);

		assert_int_equal(
			p11_bytes(session, object, CKA_UNIQUE_ID, again, sizeof(again)), 32);
		assert_memory_equal(again, ids[i], 32);
		assert_int_equal(p11_find(session, &wanted, 1, NULL), 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_public_key_comes_out_of_the_certificate),
		TEST(unique_ids_are_unique_and_stay),
		TEST(a_write_of_another_program_is_seen_by_a_later_search),
		TEST(objects_that_got_new_numbers_keep_their_handles),
		TEST(a_write_begins_by_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
