/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_info.c: what everybody may read, each site its own. */
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

static const struct kit_caller fine = { "fine", 0, NOW };
static const struct kit_caller bts = { "bts", 0, NOW };

/* How many entries the list of this path has; -1: the site has none. */
static int listed(const struct kit_caller *caller, const char *path, const char *url)
{
	kit_more.path = path;
	struct reply reply = kit_call(info_list, caller, NULL, NULL);
	json_t *entries = json_object_get(reply.json, "entries");
	int count = reply.status == 200 ? (int)json_array_size(entries) : -1;
	size_t i;
	json_t *entry;
	if (count < 0)
		assert_string_equal(kit_problem(&reply), "not-found");
	json_array_foreach(entries, i, entry)
	{
		assert_null(json_object_get(entry, "content")); /* the bytes are behind the URL */
		if (!url)
			continue;
		const char *at = json_string_value(json_object_get(entry, url));
		assert_non_null(at);
		assert_non_null(strstr(at, path + 1));
		assert_non_null(strstr(at, json_string_value(json_object_get(entry, "id"))));
	}
	kit_reply_clear(&reply);
	return count;
}

static void each_kind_is_listed_where_the_site_has_it(void **state)
{
	(void)state;
	assert_int_equal(listed(&fine, "/v1/fine/forms", NULL), 3);
	assert_int_equal(listed(&fine, "/v1/fine/documents", "download_url"), 1);
	assert_int_equal(listed(&fine, "/v1/fine/drivers", "download_url"), 1);
	assert_int_equal(listed(&fine, "/v1/fine/notices", NULL), -1);
	assert_int_equal(listed(&fine, "/v1/fine/nothing", NULL), -1);
	assert_int_equal(listed(&bts, "/v1/bts/drivers", NULL), -1);
	assert_true(listed(&bts, "/v1/bts/forms", NULL) > 0);
}

static void a_notice_leads_to_its_text(void **state)
{
	(void)state;
	static const char *const sites[] = { "bts", "fine", "post", "soft", "tipo" };
	int with_notices = 0;
	for (size_t i = 0; i < 5; i++) {
		const struct kit_caller caller = { sites[i], 0, NOW };
		char path[64];
		snprintf(path, sizeof path, "/v1/%s/notices", sites[i]);
		if (listed(&caller, path, "url") < 0)
			continue;
		with_notices++;
		kit_more.path = path;
		struct reply list = kit_call(info_list, &caller, NULL, NULL);
		const json_t *first = json_array_get(json_object_get(list.json, "entries"), 0);
		kit_more.path = path;
		struct reply one = kit_call(
			info_get, &caller, json_string_value(json_object_get(first, "id")), NULL);
		assert_int_equal(one.status, 200);
		assert_true(json_equal(one.json, first));
		kit_reply_clear(&one);
		kit_reply_clear(&list);
	}
	assert_true(with_notices > 0);
}

static void a_files_bytes_are_given_as_they_are(void **state)
{
	(void)state;
	kit_more.path = "/v1/fine/documents/cps";
	struct reply reply = kit_call(info_get, &fine, "cps", NULL);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.type, "application/octet-stream");
	assert_non_null(memmem(reply.bytes, reply.len, "憑證實務作業基準", 24));
	kit_reply_clear(&reply);
	kit_more.path = "/v1/fine/documents/nosuch";
	kit_says(info_get, &fine, "nosuch", NULL, "not-found");
	kit_more.path = "/v1/fine/forms/register"; /* a form is in the list, and nowhere else */
	kit_says(info_get, &fine, "register", NULL, "not-found");
	kit_more.path = "/v1/bts/documents/cps"; /* another site's */
	kit_says(info_get, &bts, "cps", NULL, "not-found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_listed_where_the_site_has_it),
		cmocka_unit_test(a_notice_leads_to_its_text),
		cmocka_unit_test(a_files_bytes_are_given_as_they_are),
	};
	return cmocka_run_group_tests(tests, kit_open, kit_close);
}
