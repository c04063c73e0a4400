/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_directory.c: the directory says of each site what it can, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kit.h"

enum {
	NOW = 1800000000
};

static const struct kit_caller anybody = { "fine", 0, NOW };
static struct reply reply;

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	reply = kit_call(directory_get, &anybody, NULL, NULL);
	return reply.status == 200 ? 0 : 1;
}

static int close_all(void **state)
{
	kit_reply_clear(&reply);
	return kit_close(state);
}

static json_t *site(const char *id)
{
	json_t *sites = json_object_get(reply.json, "sites");
	size_t i;
	json_t *one;
	json_array_foreach(sites, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "id")), id) == 0)
			return one;
	}
	return NULL;
}

static void only_what_a_site_can_has_an_address(void **state)
{
	(void)state;
	static const struct {
		const char *site, *resource;
		bool there;
	} rows[] = {
		{ "fine", "card_challenges", true },
		{ "fine", "puk_changes", true },
		{ "fine", "payments", false },
		{ "fine", "suspensions", false },
		{ "fine", "notices", false },
		{ "fine", "drivers", true },
		{ "soft", "card_verifications", false },
		{ "soft", "certificate_queries", true },
		{ "tipo", "suspensions", true },
		{ "tipo", "revocations", false },
		{ "post", "payments", true },
		{ "post", "revocations", true },
		{ "post", "captchas", false },
		{ "bts", "phone_transfers", true },
		{ "bts", "eligibility", true },
		{ "bts", "proof", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const json_t *at = json_object_get(
			json_object_get(site(rows[i].site), "resources"), rows[i].resource);
		if (json_is_string(at) != rows[i].there)
			fail_msg("%s %s", rows[i].site, rows[i].resource);
	}
}

static void every_address_is_below_the_site(void **state)
{
	(void)state;
	static const char *const ids[] = { "bts", "fine", "post", "soft", "tipo" };
	assert_int_equal(json_array_size(json_object_get(reply.json, "sites")), 5);
	for (size_t i = 0; i < 5; i++) {
		char wanted[64];
		const char *name;
		json_t *url;
		snprintf(wanted, sizeof wanted, "https://127.0.0.1:1/v1/%s/", ids[i]);
		json_object_foreach(json_object_get(site(ids[i]), "resources"), name, url)
			assert_memory_equal(json_string_value(url), wanted, strlen(wanted));
	}
}

static const char *rule(const char *id, const char *name)
{
	return json_string_value(json_object_get(json_object_get(site(id), "rules"), name));
}

static void rules_are_those_of_the_settings(void **state)
{
	(void)state;
	assert_string_equal(rule("fine", "renewal_window"), "P1M");
	assert_string_equal(rule("soft", "renewal_window"), "P30D");
	assert_string_equal(rule("tipo", "delivery"), "activation");
	assert_string_equal(rule("bts", "redownload"), "enabled");
	const json_t *suspension =
		json_object_get(json_object_get(site("tipo"), "rules"), "suspension");
	assert_string_equal(json_string_value(json_object_get(suspension, "what")), "selected");
	assert_true(json_is_true(json_object_get(suspension, "password")));
	assert_null(json_object_get(json_object_get(site("fine"), "rules"), "suspension"));
	assert_non_null(json_object_get(json_object_get(site("post"), "rules"), "renewal_fee"));
	assert_int_equal(json_integer_value(json_object_get(
				 json_object_get(reply.json, "limits"), "max_body_bytes")),
		RA_MAX_BODY);
	assert_string_equal(kit_text(&reply, "server_time"), "2027-01-15T08:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_a_site_can_has_an_address),
		cmocka_unit_test(every_address_is_below_the_site),
		cmocka_unit_test(rules_are_those_of_the_settings),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
