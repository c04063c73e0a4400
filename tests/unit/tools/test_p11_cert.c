/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates on a token: stored with the parts that searches need, found again byte for byte. */
#include "unit.h"

#include "cert.h"
#include "fail.h"
#include "module.h"
#include "p11.h"

static struct p11 *p11;
static struct p11_session *session;
static struct chain_cert made;
static struct p11_cert cert;

static int set_up(void **state)
{
	(void)state;
	module_begin(&p11, &session);
	made = cert_make("Somebody", NULL, 0);
	cert = (struct p11_cert){ .der = made.der,
		.der_len = made.len,
		.id = (const uint8_t *)"\x01\x02",
		.id_len = 2,
		.label = "mine" };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(made.der);
	module_end(&p11, &session);
	return 0;
}

static void a_stored_certificate_is_found_by_what_it_holds(void **state)
{
	struct fail fail = FAIL_INIT;
	uint8_t *bytes = NULL;
	size_t len;
	bool present = false;

	(void)state;
	assert_true(p11_cert_present(session, &cert, &present, &fail));
	assert_false(present);
	assert_true(p11_cert_store(session, &cert, &fail));
	assert_true(p11_cert_present(session, &cert, &present, &fail));
	assert_true(present);
	assert_true(p11_get(session, 1, CKA_SUBJECT, &bytes, &len, &fail));
	assert_memory_equal(bytes + len - 8, "Somebody", 8);
	free(bytes);
	assert_true(p11_get(session, 1, CKA_SERIAL_NUMBER, &bytes, &len, &fail));
	assert_int_equal(len, 4);
	assert_memory_equal(bytes, "\x02\x02\x12\x34", 4);
	free(bytes);
	cert.id_len = 0; /* by its bytes only */
	assert_true(p11_cert_present(session, &cert, &present, &fail));
	assert_true(present);
}

static void what_is_no_certificate_is_not_stored(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	cert.der_len = 20;
	assert_false(p11_cert_store(session, &cert, &fail));
	assert_int_equal(fail.code, FAIL_INTERNAL);
	assert_int_equal(module.calls[MODULE_CREATE], 0);
	cert.der_len = made.len;
	module.rv[MODULE_CREATE] = CKR_DEVICE_MEMORY;
	assert_false(p11_cert_store(session, &cert, &fail));
	assert_int_equal(fail.code, FAIL_CARD_FULL);
}

static void half_a_certificate_is_cleared_and_the_whole_one_stays(void **state)
{
	struct fail fail = FAIL_INIT;
	bool present;

	(void)state;
	assert_true(p11_cert_store(session, &cert, &fail));
	CK_OBJECT_HANDLE half = module_add_class(0, CKO_CERTIFICATE);
	module_give(half, CKA_ID, "\x01\x02", 2);
	module_give(half, CKA_VALUE, made.der, made.len / 2);
	assert_true(p11_cert_clear_others(session, &cert, &fail));
	assert_true(module.objects[half - 1].gone);
	assert_true(p11_cert_present(session, &cert, &present, &fail));
	assert_true(present);
	module.objects[half - 1].gone = false;
	module.rv[MODULE_DESTROY] = CKR_DEVICE_ERROR;
	assert_false(p11_cert_clear_others(session, &cert, &fail));
	assert_int_equal(fail.code, FAIL_CARD_ERROR);
}

/* Between the question for the length and that for the value the token may change its mind. */
static void an_attribute_that_is_not_there_or_too_long_is_refused(void **state)
{
	static uint8_t large[64 * 1024 + 1];
	struct fail fail = FAIL_INIT;
	uint8_t *bytes = NULL;
	size_t len;

	(void)state;
	CK_OBJECT_HANDLE object = module_add_class(0, CKO_DATA);
	assert_false(p11_get(session, object, CKA_VALUE, &bytes, &len, &fail));
	module_give(object, CKA_VALUE, large, sizeof large);
	assert_false(p11_get(session, object, CKA_VALUE, &bytes, &len, &fail));
	assert_int_equal(fail.code, FAIL_CARD_ERROR);
	assert_null(bytes);
	module_give(object, CKA_VALUE, large, sizeof large - 1);
	assert_true(p11_get(session, object, CKA_VALUE, &bytes, &len, &fail));
	assert_int_equal(len, sizeof large - 1);
	free(bytes);
	module_give(object, CKA_VALUE, "", 0);
	assert_true(p11_get(session, object, CKA_VALUE, &bytes, &len, &fail));
	assert_int_equal(len, 0);
	assert_non_null(bytes);
	free(bytes);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_stored_certificate_is_found_by_what_it_holds),
		TEST(what_is_no_certificate_is_not_stored),
		TEST(half_a_certificate_is_cleared_and_the_whole_one_stays),
		TEST(an_attribute_that_is_not_there_or_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
