/* SPDX-License-Identifier: Apache-2.0 */
/* A site's rules and the person's data: what is told wrongly counts as not told. */
#include "site.h"

#include "json.h"
#include "ra_account.h"

#define LOGIN                                                                                      \
	"\"login\":{\"password_policy\":{\"min_length\":6,\"max_length\":12,"                      \
	"\"require\":[\"lower\",\"upper\",\"digit\"]}}"
#define RESOURCES                                                                                  \
	"\"resources\":{\"registration\":\"https://ra/r\",\"forms\":\"https://ra/f\","             \
	"\"profile_data\":\"https://ra/d\"}"
#define PERSON "{\"account\":\"A1\",\"name\":\"Wang\",\"email\":\"a@b\",\"changeable\":[\"email\"]}"
#define FORMS                                                                                      \
	"{\"entries\":[{\"purpose\":\"revoke\",\"title\":\"R\"},{\"purpose\":\"password_reset\","  \
	"\"title\":\"P\",\"channels\":\"mail\",\"papers\":\"id\"}]}"

static struct ra *ra;

static int set_up(void **state)
{
	*state = ra = site_open(LOGIN "," RESOURCES);
	return 0;
}

static void the_policy_is_read_without_a_request(void **state)
{
	static const struct {
		const char *policy;
		unsigned min, max;
	} rows[] = {
		{ "{}", 0, 0 },
		{ "{\"min_length\":65535,\"max_length\":65536}", 65535, 0 },
		{ "{\"min_length\":-1,\"max_length\":4294967304}", 0, 0 },
		{ "{\"min_length\":\"8\",\"max_length\":8.5}", 0, 0 },
	};
	struct ra_password_policy policy;

	(void)state;
	wire.method[0] = '\0';
	ra_password_policy(ra, &policy);
	assert_int_equal(policy.min_len, 6);
	assert_int_equal(policy.max_len, 12);
	assert_true(policy.lower && policy.upper && policy.digit);
	assert_string_equal(wire.method, "");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[256];
		snprintf(text, sizeof text, "\"login\":{\"password_policy\":%s},\"resources\":{}",
			rows[i].policy);
		struct ra *other = site_open(text);
		ra_password_policy(other, &policy);
		assert_int_equal(policy.min_len, rows[i].min);
		assert_int_equal(policy.max_len, rows[i].max);
		assert_false(policy.lower || policy.upper || policy.digit);
		ra_close(other);
	}
}

static bool try_person(const char *document, struct fail *fail)
{
	struct ra_person person = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_person(ra, &person, fail);
	if (ok)
		ra_release(&person.owner);
	return ok;
}

static void the_person_is_what_the_ra_tells(void **state)
{
	struct ra_person person = { 0 };
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, PERSON);
	assert_true(ra_person(ra, &person, &fail));
	assert_string_equal(wire.url, "https://ra/r");
	assert_string_equal(person.name, "Wang");
	assert_null(person.telephone);
	assert_true(person.email_changeable);
	assert_false(person.telephone_changeable);
	ra_release(&person.owner);
	/* nothing of it must be told */
	assert_true(wire_break_all(PERSON, try_person, &tried) == tried);
	assert_false(try_person("[]", &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
}

static void only_what_changes_is_sent(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	site_answers(200, SITE_JSON, "{}");
	assert_true(ra_person_change(ra, "new@b", NULL, &fail));
	assert_string_equal(wire.body, "{\"email\":\"new@b\"}");
	assert_int_equal(strlen(wire.key), 36);
	assert_true(ra_person_change(ra, NULL, "02\"", &fail));
	assert_string_equal(wire.body, "{\"telephone\":\"02\\\"\"}");
	assert_false(ra_person_change(ra, "\xFF", NULL, &fail));
	struct ra *other = site_open(LOGIN ",\"resources\":{}");
	assert_false(ra_person_change(other, "a", NULL, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	assert_true(ra_offers(ra, "forms"));
	assert_false(ra_offers(other, "forms"));
	ra_close(other);
}

static bool try_forms(const char *document, struct fail *fail)
{
	struct ra_form form;

	site_answers(200, SITE_JSON, document);
	bool ok = ra_reset_form(ra, &form, fail);
	ra_release(&form.owner);
	return ok;
}

static void the_form_that_lifts_a_lock_is_found(void **state)
{
	struct ra_form form;
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, FORMS);
	assert_true(ra_reset_form(ra, &form, &fail));
	assert_string_equal(form.title, "P");
	assert_string_equal(form.channels, "mail");
	ra_release(&form.owner);
	site_answers(200, SITE_JSON, "{\"entries\":[]}");
	assert_true(ra_reset_form(ra, &form, &fail));
	assert_null(form.title);
	assert_true(wire_break_all(FORMS, try_forms, &tried) < tried);
	struct ra *other = site_open(LOGIN ",\"resources\":{}");
	assert_true(ra_reset_form(other, &form, &fail)); /* a site without forms */
	assert_null(form.title);
	ra_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_policy_is_read_without_a_request),
		TEST(the_person_is_what_the_ra_tells),
		TEST(only_what_changes_is_sent),
		TEST(the_form_that_lifts_a_lock_is_found),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
