/* SPDX-License-Identifier: Apache-2.0 */
/* Card verification: the chosen card only, and its new key signs what the RA asked of that card. */
#include "unit.h"

#include "fail.h"
#include "module.h"
#include "tool.h"
#include "verify.h"

static struct tool tool;
static struct desk {
	struct ra_challenge challenge;
	enum fail_code refuses, refuses_answer;
	const char *detail;
	char serial[32], order[32], answered[64];
} desk;

static bool present(struct ra *ra, const char *serial, const char *order_url,
	struct ra_challenge *ret, struct fail *fail)
{
	(void)ra;
	snprintf(desk.serial, sizeof desk.serial, "%s", serial);
	snprintf(desk.order, sizeof desk.order, "%s", order_url ? order_url : "-");
	if (desk.refuses)
		return fail_set(fail, desk.refuses, "%s", desk.detail);
	*ret = desk.challenge;
	return true;
}

static bool answer(struct ra *ra, const struct ra_challenge *challenge, const uint8_t *signature,
	size_t len, struct fail *fail)
{
	(void)ra;
	snprintf(desk.answered, sizeof desk.answered, "%s %.*s", challenge->id, (int)len,
		(const char *)signature);
	return !desk.refuses_answer || fail_set(fail, desk.refuses_answer, NULL);
}

static const struct ra_ops ops = { .card = present, .answer = answer };
static struct ra ra = { .ops = &ops };

static int set_up(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	module_reset();
	memset(&tool, 0, sizeof tool);
	tool.term.quiet = true;
	tool.p11 = module_open();
	tool.session = module_session(tool.p11, 0);
	tool.ra = &ra;
	tool.account = strdup("A1");
	assert_true(p11_token(tool.p11, 0, &tool.token, &fail));
	desk = (struct desk){ .detail = "",
		.challenge = { .id = "v1", .card_serial = "0102030405060708", .challenge = "c2" } };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tool.ra = NULL;
	tool_clear(&tool);
	module_reset();
	return 0;
}

static void the_chosen_card_is_presented(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(verify_present(&tool, &fail));
	assert_string_equal(desk.serial, "0102030405060708");
	assert_string_equal(desk.order, "-");
	assert_string_equal(tool.card.id, "v1");
	desk.refuses = FAIL_CARD_WRONG;
	assert_false(verify_present(&tool, &fail)); /* the RA does not say why: said here */
	assert_non_null(strstr(fail.detail, "A1"));
	desk.detail = "the RA's own words";
	assert_false(verify_present(&tool, &fail));
	assert_string_equal(fail.detail, "the RA's own words");
	desk.refuses = FAIL_RA_BUSY;
	assert_false(verify_present(&tool, &fail));
	assert_int_equal(fail.code, FAIL_RA_BUSY);
}

static void a_swapped_card_is_not_presented(void **state)
{
	struct fail fail = FAIL_INIT;
	struct p11_key key = { 0 };

	(void)state;
	module.slots[0].serial = "99";
	assert_false(verify_present(&tool, &fail));
	assert_int_equal(fail.code, FAIL_CARD_WRONG);
	assert_false(verify_prove(&tool, "https://ra/o", &key, &fail));
	assert_int_equal(fail.code, FAIL_CARD_WRONG);
	assert_string_equal(desk.serial, "");
	assert_int_equal(module.calls[MODULE_SIGN], 0);
}

static void the_new_key_signs_exactly_the_challenge(void **state)
{
	struct fail fail = FAIL_INIT;
	struct p11_key key = { 0 };

	(void)state;
	assert_true(verify_prove(&tool, "https://ra/o", &key, &fail));
	assert_string_equal(desk.order, "https://ra/o");
	assert_string_equal(module.signed_bytes, "twca-card-verification:1:v1:0102030405060708:c2");
	assert_string_equal(desk.answered, "v1 sign");
	desk.refuses_answer = FAIL_CARD_WRONG;
	assert_false(verify_prove(&tool, "https://ra/o", &key, &fail));
	assert_int_equal(fail.code, FAIL_CARD_WRONG);
	module.rv[MODULE_SIGN] = CKR_DEVICE_REMOVED;
	desk.answered[0] = '\0';
	assert_false(verify_prove(&tool, "https://ra/o", &key, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
	assert_string_equal(desk.answered, "");
}

/* A challenge of another card would let its owner be somebody else. */
static void nothing_is_signed_for_another_card(void **state)
{
	struct fail fail = FAIL_INIT;
	struct p11_key key = { 0 };

	(void)state;
	desk.challenge.card_serial = "0102030405060709";
	assert_false(verify_prove(&tool, "https://ra/o", &key, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_int_equal(module.calls[MODULE_SIGN], 0);
	desk.challenge.challenge = NULL; /* verified without one */
	assert_true(verify_prove(&tool, "https://ra/o", &key, &fail));
	assert_int_equal(module.calls[MODULE_SIGN], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_chosen_card_is_presented),
		TEST(a_swapped_card_is_not_presented),
		TEST(the_new_key_signs_exactly_the_challenge),
		TEST(nothing_is_signed_for_another_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
