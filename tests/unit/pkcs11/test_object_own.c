/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that are the module's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p11.h"
#include "pkcs11/vendor.h"

#define ATTR(type, variable) p11_attr(type, &(variable), sizeof(variable))

static void each_pin_is_an_object_of_the_token(void **state)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_HW_FEATURE_TYPE type = CKH_TWCA_PIN;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), ATTR(CKA_HW_FEATURE_TYPE, type) };
	CK_SESSION_HANDLE session;

	(void)state;
	session = p11_open(0, 0);
	assert_int_equal(p11_find(session, template, 2, NULL), 2); /* PIN and PUK */
	p11->C_CloseSession(session);
	fake_remove(0);
	fake_insert(0);
	fake_set_card_so(0, true);
	assert_int_equal(p11_find(p11_open(0, 0), template, 2, NULL), 3);
}

/* They are asked for once and stay when another program writes. */
static void they_are_there_once_after_a_write(void **state)
{
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_ATTRIBUTE template = ATTR(CKA_CLASS, class);
	CK_ULONG before = p11_find(session, &template, 1, NULL);
	CK_ATTRIBUTE label = p11_attr(CKA_LABEL, "x", 1);

	(void)state;
	assert_true(before > 0);
	assert_int_equal(
		p11->C_SetAttributeValue(session, p11_object(session, CKO_CERTIFICATE), &label, 1),
		CKR_OK);
	assert_int_equal(p11_find(session, &template, 1, NULL), before);
}

static CK_ULONG profiles(CK_SESSION_HANDLE session, CK_ULONG profile)
{
	CK_OBJECT_CLASS class = CKO_PROFILE;
	CK_ATTRIBUTE template[] = { ATTR(CKA_CLASS, class), ATTR(CKA_PROFILE_ID, profile) };

	return p11_find(session, template, 2, NULL);
}

static void profiles_are_those_that_the_token_keeps(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);

	(void)state;
	assert_int_equal(profiles(session, CKP_BASELINE_PROVIDER), 1);
	assert_int_equal(profiles(session, CKP_EXTENDED_PROVIDER), 1);
	assert_int_equal(profiles(session, CKP_AUTHENTICATION_TOKEN), 1);
	assert_int_equal(profiles(session, CKP_PUBLIC_CERTIFICATES_TOKEN), 1);
	/* nothing can be said of the certificates of a card that has none yet */
	fake_insert_blank(1);
	p11_slots(CK_TRUE);
	session = p11_open(1, 0);
	assert_int_equal(profiles(session, CKP_BASELINE_PROVIDER), 1);
	assert_int_equal(profiles(session, CKP_PUBLIC_CERTIFICATES_TOKEN), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_pin_is_an_object_of_the_token),
		TEST(they_are_there_once_after_a_write),
		TEST(profiles_are_those_that_the_token_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
