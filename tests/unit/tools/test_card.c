/* SPDX-License-Identifier: Apache-2.0 */
/* The chosen card: still the same, and its PIN tried only when the person wants that. */
#include "unit.h"

#include "card.h"
#include "fail.h"
#include "module.h"
#include "person.h"
#include "pin.h"
#include "tool.h"

static struct tool tool;

static int set_up(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	module_reset();
	person_begin(NULL, 0);
	memset(&tool, 0, sizeof tool);
	tool.term.quiet = true;
	tool.p11 = module_open();
	tool.session = module_session(tool.p11, 0);
	assert_true(p11_token(tool.p11, 0, &tool.token, &fail));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tool_clear(&tool);
	module_reset();
	return 0;
}

static void pin_from(const char *value)
{
	struct fail fail = FAIL_INIT;

	assert_int_equal(setenv("TEST_PIN", value, 1), 0);
	assert_true(conf_set(&tool.conf, CONF_PIN_SOURCE, "env:TEST_PIN", &fail));
}

static void another_card_is_noticed_before_the_pin_is_presented(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(card_same(&tool, &fail));
	pin_from("123456");
	module.slots[0].serial = "9999";
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_CARD_WRONG);
	assert_non_null(strstr(fail.detail, "9999"));
	assert_int_equal(module.calls[MODULE_LOGIN], 0);
	module.slots[0].slot_flags = CKF_REMOVABLE_DEVICE;
	assert_false(card_same(&tool, &fail));
	assert_int_equal(fail.code, FAIL_NO_CARD);
}

static void a_typed_pin_is_asked_for_again_and_one_from_a_source_is_not(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	module.rv[MODULE_LOGIN] = CKR_PIN_INCORRECT;
	PERSON("111111", "222222", NULL);
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_CANCELLED);
	assert_int_equal(module.calls[MODULE_LOGIN], 2);
	assert_string_equal(module.pin, "222222");
	pin_from("333333");
	fail = (struct fail)FAIL_INIT;
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_PIN_WRONG);
	assert_int_equal(module.calls[MODULE_LOGIN], 3);
	assert_null(getenv("TEST_PIN")); /* no child process inherits it */
}

/* The second try succeeds: nothing is left that would be reported as a failure. */
static void a_right_pin_after_a_wrong_one_is_a_success(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	module.rvs_left[MODULE_LOGIN] = 1;
	module.rv[MODULE_LOGIN] = CKR_PIN_INCORRECT;
	PERSON("111111", "222222");
	assert_true(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_NONE);
	assert_int_equal(module.calls[MODULE_LOGIN], 2);
}

static void an_empty_line_is_no_try(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	PERSON("");
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_CANCELLED);
	tool.term.no_input = true;
	fail = (struct fail)FAIL_INIT;
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	assert_string_equal(person.option, "--pin-source");
	assert_int_equal(module.calls[MODULE_LOGIN], 0);
}

static void the_last_try_is_not_risked_unattended(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	module.slots[0].token_flags |= CKF_USER_PIN_FINAL_TRY;
	pin_from("123456");
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_PIN_LAST_TRY);
	assert_int_equal(fail.tries_left, 1);
	assert_int_equal(module.calls[MODULE_LOGIN], 0);
	tool.force = true;
	fail = (struct fail)FAIL_INIT;
	assert_true(card_login(&tool, &fail));
	assert_int_equal(module.calls[MODULE_LOGIN], 1);
	module.slots[0].token_flags |= CKF_USER_PIN_LOCKED;
	assert_false(card_login(&tool, &fail));
	assert_int_equal(fail.code, FAIL_PIN_LOCKED);
	assert_int_equal(module.calls[MODULE_LOGIN], 1);
}

static void at_a_reader_with_keys_nothing_is_asked_here(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	tool.token.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	assert_true(card_login(&tool, &fail));
	assert_int_equal(person.asked, 0);
	assert_string_equal(module.pin, "(null)");
}

/* What a key is given that wants its PIN at each use, as text; "(reader)": it is typed there. */
static void again_is(const char *want)
{
	struct p11_key key = { 0 };
	struct fail fail = FAIL_INIT;
	struct pin *pin = NULL;

	card_key(&tool, &key);
	assert_non_null(key.ask);
	assert_true(key.ask(key.context, &pin, &fail));
	assert_string_equal(pin ? pin_text(pin) : "(reader)", want);
	pin_free(pin);
}

static void a_key_that_wants_a_pin_again_gets_it_as_the_login_did(void **state)
{
	struct p11_key key = { .ask = NULL };
	struct fail fail = FAIL_INIT;

	(void)state;
	PERSON("123456", "555555");
	assert_true(card_login(&tool, &fail));
	assert_null(tool.card_pin); /* what was typed is not kept */
	again_is("555555");
	assert_int_equal(person.asked, 2);
	tool.token.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	again_is("(reader)");
	pin_from("246810"); /* goes before the reader's keys, and is read once */
	assert_true(card_login(&tool, &fail));
	struct pin *none = NULL;
	card_key(&tool, &key);
	assert_false(key.ask(key.context, &none, &fail)); /* it may be the PIN of the card only */
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	fail = (struct fail)FAIL_INIT;
	pin_from("246810");
	tool.force = true;
	assert_true(card_login(&tool, &fail));
	again_is("246810");
	again_is("246810");
	assert_int_equal(person.asked, 2);
	tool.token.removable = false; /* files know their password themselves */
	card_key(&tool, &key);
	assert_null(key.ask);
}

static void a_broken_exchange_may_be_a_card_pulled_out(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	fail_set(&fail, FAIL_PIN_WRONG, NULL);
	card_look(&tool, &fail); /* not of interest */
	assert_int_equal(fail.code, FAIL_PIN_WRONG);
	fail_set(&fail, FAIL_CARD_ERROR, NULL);
	module.slots[0].slot_flags = CKF_REMOVABLE_DEVICE;
	card_look(&tool, &fail);
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
	assert_string_equal(fail.detail, "Reader A");
	tool.token.serial[0] = '\0'; /* no card was chosen yet */
	fail_set(&fail, FAIL_CARD_ERROR, NULL);
	card_look(&tool, &fail);
	assert_int_equal(fail.code, FAIL_CARD_ERROR);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(another_card_is_noticed_before_the_pin_is_presented),
		TEST(a_typed_pin_is_asked_for_again_and_one_from_a_source_is_not),
		TEST(a_right_pin_after_a_wrong_one_is_a_success),
		TEST(an_empty_line_is_no_try),
		TEST(the_last_try_is_not_risked_unattended),
		TEST(at_a_reader_with_keys_nothing_is_asked_here),
		TEST(a_key_that_wants_a_pin_again_gets_it_as_the_login_did),
		TEST(a_broken_exchange_may_be_a_card_pulled_out),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
