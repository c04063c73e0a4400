/* SPDX-License-Identifier: Apache-2.0 */
/* A session that another command has opened: alive, dead, or not one at all. */
#include "site.h"

#include "json.h"
#include "ra_session.h"

#define STATE                                                                                      \
	"{\"account\":\"A1\",\"state\":\"open\",\"expires\":\"2026-01-31T10:20:30Z\","             \
	"\"scope\":\"renewal\",\"renewal_due\":true}"

static struct ra *ra;

static int set_up(void **state)
{
	*state = ra = site_open("\"login\":{\"password_policy\":{}},\"resources\":{\"session\":"
				"\"https://ra/s\"}");
	return 0;
}

static bool try_resume(const char *document, struct fail *fail)
{
	bool must_change;

	site_answers(200, SITE_JSON, document);
	bool ok = ra_session_resume(ra, "t0k", &must_change, fail);
	assert_int_equal(ok, ra_session_token(ra) != NULL);
	return ok;
}

static void a_living_session_goes_on(void **state)
{
	struct ra_session_state known;
	struct fail fail = FAIL_INIT;
	bool must_change = true;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, STATE);
	assert_true(ra_session_resume(ra, "t0k", &must_change, &fail));
	assert_false(must_change);
	assert_string_equal(wire.method, "GET");
	assert_string_equal(wire.bearer, "t0k");
	assert_true(ra_session_ask(ra, &known, &fail));
	assert_string_equal(known.account, "A1");
	assert_true(known.renewal_only && known.renewal_due);
	char *text = wire_change(STATE, "state", "\"password_change_required\"");
	site_answers(200, SITE_JSON, text);
	assert_true(ra_session_resume(ra, "t0k", &must_change, &fail));
	assert_true(must_change);
	free(text);
	assert_true(wire_break_all(STATE, try_resume, &tried) < tried);
}

static void a_dead_one_leaves_no_token(void **state)
{
	struct ra_session_state known;
	struct fail fail = FAIL_INIT;
	bool must_change;

	(void)state;
	site_answers(401, "", "");
	assert_false(ra_session_resume(ra, "t0k", &must_change, &fail));
	assert_int_equal(fail.code, FAIL_SESSION_ENDED);
	assert_null(ra_session_token(ra));
	wire.method[0] = '\0';
	assert_false(ra_session_ask(ra, &known, &fail));
	assert_int_equal(fail.code, FAIL_SESSION_ENDED);
	assert_string_equal(wire.method, "");
	assert_false(ra_session_resume(ra, "a\r\nX: y", &must_change, &fail));
	assert_string_equal(wire.method, "");
}

/* What does not fit is cut, and its end is there. */
static void long_answers_are_cut(void **state)
{
	static char lengthy[300] = "\"";
	struct ra_session_state known;
	struct fail fail = FAIL_INIT;
	bool must_change;

	(void)state;
	memset(lengthy + 1, 'x', sizeof lengthy - 3);
	lengthy[sizeof lengthy - 2] = '"';
	char *first = wire_change(STATE, "account", lengthy);
	char *text = wire_change(first, "expires", lengthy);
	site_answers(200, SITE_JSON, text);
	assert_true(ra_session_resume(ra, "t0k", &must_change, &fail));
	assert_true(ra_session_ask(ra, &known, &fail));
	assert_int_equal(strlen(known.account), sizeof known.account - 1);
	assert_int_equal(strlen(known.expires), sizeof known.expires - 1);
	free(first);
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_living_session_goes_on),
		TEST(a_dead_one_leaves_no_token),
		TEST(long_answers_are_cut),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
