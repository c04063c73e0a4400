/* SPDX-License-Identifier: Apache-2.0 */
/* A new token: its SO PIN is random and nobody's, its label padded, its sessions closed. */
#include "unit.h"

#include "fail.h"
#include "module.h"
#include "p11_init.h"
#include "pin.h"

static struct p11 *p11;
static struct pin *pin;

static int set_up(void **state)
{
	(void)state;
	module_reset();
	p11 = module_open();
	pin = pin_new();
	strcpy(pin_buffer(pin), "password");
	pin_filled(pin, 8);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pin = pin_free(pin);
	p11 = p11_close(p11);
	module_reset();
	return 0;
}

static void every_token_has_another_so_pin(void **state)
{
	struct fail fail = FAIL_INIT;
	char first[64];

	(void)state;
	assert_true(p11_token_init(p11, 0, "A1", pin, &fail));
	assert_int_equal(module.user, CKU_SO);
	assert_int_equal(strlen(module.pin), 32);
	assert_int_equal(strspn(module.pin, "0123456789abcdef"), 32);
	assert_string_equal(module.new_pin, "password");
	assert_string_equal(module.label, "A1                              ");
	assert_int_equal(module.calls[MODULE_LOGOUT], 1);
	strcpy(first, module.pin);
	assert_true(p11_token_init(p11, 0, "A1", pin, &fail));
	assert_string_not_equal(first, module.pin);
}

static void a_label_that_is_too_long_is_cut(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(p11_token_init(p11, 0, "0123456789012345678901234567890123456", pin, &fail));
	assert_string_equal(module.label, "01234567890123456789012345678901");
	assert_true(p11_token_init(p11, 0, "", pin, &fail));
	assert_int_equal(strspn(module.label, " "), 32);
}

static void a_failure_at_any_call_is_told(void **state)
{
	static const struct {
		enum module_call call;
		CK_RV rv;
		enum fail_code code;
		unsigned pins; /* that were set */
	} rows[] = {
		{ MODULE_INIT_TOKEN, CKR_TOKEN_WRITE_PROTECTED, FAIL_CARD_READ_ONLY, 0 },
		{ MODULE_OPEN, CKR_DEVICE_REMOVED, FAIL_CARD_REMOVED, 0 },
		{ MODULE_LOGIN, CKR_DEVICE_ERROR, FAIL_CARD_ERROR, 0 },
		{ MODULE_INIT_PIN, CKR_PIN_LEN_RANGE, FAIL_PIN_LENGTH, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		memset(module.rv, 0, sizeof module.rv);
		module.calls[MODULE_INIT_PIN] = 0;
		module.rv[rows[i].call] = rows[i].rv;
		assert_false(p11_token_init(p11, 0, "A1", pin, &fail));
		assert_int_equal(fail.code, rows[i].code);
		assert_int_equal(module.calls[MODULE_INIT_PIN], rows[i].pins);
	}
	assert_int_equal(module.calls[MODULE_LOGOUT], 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(every_token_has_another_so_pin),
		TEST(a_label_that_is_too_long_is_cut),
		TEST(a_failure_at_any_call_is_told),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
