/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_eligibility.c: the password of the counter's slip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kit.h"
#include "password.h"

enum {
	NOW = 1800000000
};

static struct kit_caller bts = { "bts", 0, NOW };

static int open_all(void **state)
{
	char hash[PASSWORD_HASH];
	char sql[200];
	if (kit_open(state) != 0 || !password_hash("SlipPw9", hash))
		return 1;
	bts.account = kit_account("bts", "b1", false);
	snprintf(sql, sizeof sql, "UPDATE account SET enrol_hash='%s'", hash);
	kit_sql(sql);
	return 0;
}

#define SLIP(word) "{\"slip_password\":\"" word "\"}"

static void wrong(const char *body, int left)
{
	struct reply reply = kit_call(eligibility_create, &bts, NULL, body);
	assert_string_equal(kit_problem(&reply), "slip-password-wrong");
	assert_int_equal(json_integer_value(json_object_get(reply.json, "attempts_left")), left);
	assert_non_null(json_object_get(reply.json, "contact"));
	assert_true(reply.keep);
	kit_reply_clear(&reply);
}

static void the_slip_counts_its_own_wrong_passwords(void **state)
{
	(void)state;
	kit_says(eligibility_create, &bts, NULL, "{}", "malformed-request");
	wrong(SLIP("slippw9"), 2);
	wrong(SLIP(""), 1);
	kit_says(eligibility_create, &bts, NULL, SLIP("SlipPw9"), "");
	kit_has("SELECT enrol_strikes FROM account", "0");
	wrong(SLIP("a"), 2);
	wrong(SLIP("b"), 1);
	wrong(SLIP("c"), 0);
	wrong(SLIP("SlipPw9"), 0);                   /* void by now */
	kit_has("SELECT count(*) FROM strike", "0"); /* the site's login is not touched */
	kit_sql("UPDATE account SET enrol_strikes=0");
}

static void it_lasts_half_an_hour_and_is_for_the_account(void **state)
{
	(void)state;
	kit_has("SELECT expires FROM eligibility", "1800001800");
	kit_has("SELECT count(*) FROM eligibility e JOIN account a ON a.id=account_id", "1");
	kit_has("SELECT used FROM eligibility", "0");
}

static void who_has_a_certificate_gets_none_more(void **state)
{
	(void)state;
	kit_certificate(&bts, "c1", NOW);
	kit_says(eligibility_create, &bts, NULL, SLIP("SlipPw9"), "certificate-exists");
	kit_sql("UPDATE certificate SET revoked=1, reason=6");
	kit_says(eligibility_create, &bts, NULL, SLIP("SlipPw9"), "certificate-exists");
	kit_sql("UPDATE certificate SET reason=0");
	kit_says(eligibility_create, &bts, NULL, SLIP("SlipPw9"), "");
}

static void an_account_without_slip_has_no_password_for_it(void **state)
{
	(void)state;
	kit_sql("UPDATE account SET enrol_hash=NULL");
	wrong(SLIP(""), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slip_counts_its_own_wrong_passwords),
		cmocka_unit_test(it_lasts_half_an_hour_and_is_for_the_account),
		cmocka_unit_test(who_has_a_certificate_gets_none_more),
		cmocka_unit_test(an_account_without_slip_has_no_password_for_it),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
