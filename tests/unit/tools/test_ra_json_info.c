/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody may read: strings only, cleaned, and files by the address of their entry. */
#include "site.h"

#include "json.h"
#include "ra_info.h"

#define MEMBERS                                                                                    \
	"\"login\":{\"password_policy\":{}},\"contact\":{\"name\":\"Help\\u001b[1m\",\"no\":7},"   \
	"\"resources\":{\"notices\":\"https://ra/n\",\"forms\":\"https://ra/f\"}"
#define NOTICES                                                                                    \
	"{\"entries\":[{\"title\":\"One\\u0007\",\"text\":\"a\\nb\",\"number\":7,\"list\":[]},{}]" \
	"}"

static struct ra *ra;

static int set_up(void **state)
{
	*state = ra = site_open(MEMBERS);
	return 0;
}

static bool try_notices(const char *document, struct fail *fail)
{
	json_t *list = NULL;

	site_answers(200, SITE_JSON, document);
	bool ok = ra_info(ra, "notices", &list, fail);
	json_decref(list);
	return ok;
}

static void entries_are_cleaned_strings(void **state)
{
	struct fail fail = FAIL_INIT;
	json_t *list = NULL;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, NOTICES);
	assert_true(ra_info(ra, "notices", &list, &fail));
	assert_int_equal(json_array_size(list), 2);
	const json_t *first = json_array_get(list, 0);
	assert_string_equal(json_text(first, "title"), "One");
	assert_string_equal(json_text(first, "text"), "a\nb");
	assert_int_equal(json_object_size(first), 2);
	json_decref(list);
	assert_true(wire_break_all(NOTICES, try_notices, &tried) < tried);
	assert_true(try_notices("{\"entries\":[7,null,\"x\",[]]}", &fail));
	assert_false(ra_info(ra, "drivers", &list, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
}

static void a_file_is_behind_its_entry(void **state)
{
	struct fail fail = FAIL_INIT;
	uint8_t *bytes = NULL;
	size_t len;
	json_t *entry = json_pack("{s:s}", "download_url", "https://ra/file");
	json_t *none = json_pack("{s:i}", "download_url", 7);

	(void)state;
	site_answers(200, "application/octet-stream", "contents");
	assert_true(ra_info_file(ra, entry, &bytes, &len, &fail));
	assert_string_equal(wire.url, "https://ra/file");
	assert_int_equal(len, 8);
	assert_memory_equal(bytes, "contents", 8);
	free(bytes);
	site_answers(200, "text/html", "<p>");
	assert_false(ra_info_file(ra, entry, &bytes, &len, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_false(ra_info_file(ra, none, &bytes, &len, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	json_decref(entry);
	json_decref(none);
}

static void a_form_is_found_by_its_purpose(void **state)
{
	struct fail fail = FAIL_INIT;
	json_t *form = NULL;

	(void)state;
	site_answers(200, SITE_JSON,
		"{\"entries\":[{\"purpose\":7},{\"title\":\"x\"},{\"purpose\":\"slip\",\"title\":"
		"\"S\"}]}");
	assert_true(ra_info_form(ra, "slip", &form, &fail));
	assert_string_equal(json_text(form, "title"), "S");
	json_decref(form);
	assert_true(ra_info_form(ra, "revoke", &form, &fail));
	assert_null(form);
	site_answers(503, "", "");
	assert_false(ra_info_form(ra, "slip", &form, &fail));
	assert_int_equal(fail.code, FAIL_RA_BUSY);
	assert_null(form);
}

static void the_contact_is_cleaned_or_empty(void **state)
{
	struct fail fail = FAIL_INIT;
	json_t *contact = NULL;

	(void)state;
	assert_true(ra_info_contact(ra, &contact, &fail));
	assert_string_equal(json_text(contact, "name"), "Help[1m");
	assert_int_equal(json_object_size(contact), 1);
	json_decref(contact);
	struct ra *other = site_open(
		"\"login\":{\"password_policy\":{}},\"contact\":\"Help\",\"resources\":{}");
	assert_true(ra_info_contact(other, &contact, &fail));
	assert_int_equal(json_object_size(contact), 0);
	json_decref(contact);
	ra_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(entries_are_cleaned_strings),
		TEST(a_file_is_behind_its_entry),
		TEST(a_form_is_found_by_its_purpose),
		TEST(the_contact_is_cleaned_or_empty),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
