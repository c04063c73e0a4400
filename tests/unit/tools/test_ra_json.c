/* SPDX-License-Identifier: Apache-2.0 */
/* Directory, picture, login and refusals: what is missing or wrong is named, nothing crashes. */
#include "unit.h"

#include "fail.h"
#include "json.h"
#include "pin.h"
#include "ra.h"
#include "wire.h"

#define JSON "application/json"
#define PROBLEM "application/problem+json"

static void answer(long status, const char *type, const char *body)
{
	const struct wire_answer answer = { status, type, body, 0 };

	wire_begin(&answer, 1);
}

static struct pin *secret(const char *text)
{
	struct pin *pin = pin_new();

	strcpy(pin_buffer(pin), text);
	pin_filled(pin, strlen(text));
	return pin;
}

/* ---- the directory ---- */

static bool try_directory(const char *document, struct fail *fail)
{
	struct ra_options options = { .url = "https://ra/" };
	struct ra_site site;
	struct ra *ra = NULL;

	answer(200, JSON, document);
	assert_true(ra_json_open(&options, &ra, fail));
	bool ok = ra->ops->site(ra, "fine", &site, fail);
	ra_close(ra);
	return ok;
}

static void the_directory_is_read(void **state)
{
	struct ra_site site;
	struct ra *ra = wire_ra(&site);
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_string_equal(wire.method, "GET");
	assert_string_equal(wire.url, "https://ra/");
	assert_string_equal(site.name, "FINE");
	assert_string_equal(site.profile, "sign");
	assert_string_equal(site.validity, "P1Y");
	assert_string_equal(site.reset_form, "form 7");
	assert_int_equal(site.key_bits, 2048);
	assert_int_equal(site.password_min, 8);
	assert_int_equal(site.password_max, 16);
	assert_int_equal(site.server_time, 1769854830);
	assert_int_equal(site.max_clock_skew_s, 300);
	assert_false(ra->ops->site(ra, "nowhere", &site, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	ra_close(ra);
}

static void a_directory_that_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *path, *value, *detail;
	} rows[] = {
		{ "sites", NULL, "\"sites\"" },
		{ "sites", "{}", "\"sites\"" },
		{ "limits", "[]", "\"limits\"" },
		{ "limits/max_clock_skew_s", "\"300\"", "\"max_clock_skew_s\"" },
		{ "limits/max_clock_skew_s", "3e2", "\"max_clock_skew_s\"" },
		{ "server_time", NULL, "\"server_time\"" },
		{ "server_time", "\"yesterday\"", "directory" },
		{ "server_time", "\"2026-01-31T10:20:30+08:00\"", "directory" },
		{ "sites/1/name", "7", "\"name\"" },
		{ "sites/1/resources", NULL, "\"resources\"" },
		{ "sites/1/resources", "\"https://ra/\"", "\"resources\"" },
		{ "sites/1/profiles", "[]", "\"id\"" },
		{ "sites/1/profiles/0/validity", "null", "\"validity\"" },
		{ "sites/1/profiles/0/keys", "[]", "directory" },
		{ "sites/1/profiles/0/keys/1/preferred_bits", "512", "directory" },
		{ "sites/1/profiles/0/keys/1/preferred_bits", "4294969344", "directory" },
		{ "sites/1/profiles/0/keys/1/preferred_bits", "-2048", "directory" },
		{ "sites/1/login", "null", "\"login\"" },
		{ "sites/1/login/password_policy", "[]", "\"password_policy\"" },
		{ "sites/1/id", "\"FINE\"", "fine" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		char *text = wire_change(wire_directory(), rows[i].path, rows[i].value);
		assert_false(try_directory(text, &fail));
		assert_true(fail.code == FAIL_RA_REPLY || fail.code == FAIL_RA_REFUSED);
		assert_non_null(strstr(fail.detail, rows[i].detail));
		free(text);
	}
}

static void impossible_password_lengths_mean_no_limit(void **state)
{
	static const char *const lengths[] = { "-1", "4294967304", "9223372036854775807", "\"8\"",
		"8.5" };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct ra_options options = { .url = "https://ra/" };
		struct ra_site site;
		struct fail fail = FAIL_INIT;
		struct ra *ra = NULL;
		char *text = wire_change(
			wire_directory(), "sites/1/login/password_policy/max_length", lengths[i]);
		answer(200, JSON, text);
		assert_true(ra_json_open(&options, &ra, &fail));
		assert_true(ra->ops->site(ra, "fine", &site, &fail));
		assert_int_equal(site.password_max, 0);
		ra_close(ra);
		free(text);
	}
}

static void a_directory_broken_anywhere_is_survived(void **state)
{
	unsigned tried;

	(void)state;
	unsigned succeeded = wire_break_all(wire_directory(), try_directory, &tried);
	assert_true(tried > 200 && succeeded < tried);
}

static void a_resource_that_is_not_offered_is_named(void **state)
{
	struct ra_options options = { .url = "https://ra/" };
	struct ra_site site;
	struct ra_captcha captcha;
	struct fail fail = FAIL_INIT;
	struct ra *ra = NULL;
	char *text = wire_change(wire_directory(), "sites/1/resources/captchas", "17");

	(void)state;
	answer(200, JSON, text);
	assert_true(ra_json_open(&options, &ra, &fail));
	assert_true(ra->ops->site(ra, "fine", &site, &fail));
	assert_false(ra->ops->captcha(ra, &captcha, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	assert_non_null(strstr(fail.detail, "captchas"));
	ra_close(ra);
	free(text);
	options.url = "http://ra/";
	ra = NULL;
	assert_false(ra_json_open(&options, &ra, &fail));
	assert_null(ra);
}

/* ---- the picture ---- */

#define PICTURE "{\"id\":\"c1\",\"image\":\"iVBORw==\",\"digits\":4}"

static bool try_captcha(const char *document, struct fail *fail)
{
	struct ra_site site;
	struct ra_captcha captcha = { 0 };
	struct ra *ra = wire_ra(&site);

	answer(200, JSON, document);
	bool ok = ra->ops->captcha(ra, &captcha, fail);
	if (ok)
		assert_true(captcha.id && captcha.image);
	ra_captcha_clear(&captcha);
	ra_close(ra);
	return ok;
}

static void the_picture_is_read(void **state)
{
	struct ra_site site;
	struct ra_captcha captcha = { 0 };
	struct fail fail = FAIL_INIT;
	struct ra *ra = wire_ra(&site);
	unsigned tried;

	(void)state;
	answer(200, JSON, PICTURE);
	assert_true(ra->ops->captcha(ra, &captcha, &fail));
	assert_string_equal(wire.method, "POST");
	assert_string_equal(wire.url, "https://ra/c");
	assert_string_equal(captcha.id, "c1");
	assert_int_equal(captcha.image_len, 4);
	assert_memory_equal(captcha.image, "\x89PNG", 4);
	assert_int_equal(captcha.digits, 4);
	ra_captcha_clear(&captcha);
	assert_null(captcha.image);
	ra_close(ra);
	assert_false(try_captcha("{\"id\":\"c1\",\"image\":\"%%%\"}", &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_true(wire_break_all(PICTURE, try_captcha, &tried) < tried);
}

/* ---- the session ---- */

#define SESSION "{\"token\":\"t0k\",\"state\":\"open\"}"

static bool try_login(const char *document, struct fail *fail)
{
	struct ra_site site;
	struct ra *ra = wire_ra(&site);
	struct pin *password = secret("pass\"word");
	bool must_change;

	answer(200, JSON, document);
	bool ok = ra->ops->login(ra, "A123456789", password, "c1", "1234", &must_change, fail);
	ra_close(ra);
	pin_free(password);
	return ok;
}

static void a_login_opens_a_session_that_close_ends(void **state)
{
	struct ra_site site;
	struct fail fail = FAIL_INIT;
	struct ra *ra = wire_ra(&site);
	struct pin *password = secret("pass\"word");
	bool must_change = false;

	(void)state;
	answer(200, JSON, "{\"token\":\"t0k\",\"state\":\"password_change_required\"}");
	assert_true(ra->ops->login(ra, "A1", password, "c1", "1234", &must_change, &fail));
	assert_true(must_change);
	assert_string_equal(wire.bearer, "");
	assert_string_equal(wire.key, "");
	assert_non_null(strstr(wire.body, "\"password\":\"pass\\\"word\""));
	assert_non_null(strstr(wire.body, "\"answer\":\"1234\""));
	answer(200, JSON, "{\"session\":\"continues\"}");
	bool again = true;
	assert_true(ra->ops->password(ra, password, password, &again, &fail));
	assert_false(again);
	assert_string_equal(wire.bearer, "t0k");
	assert_int_equal(strlen(wire.key), 36);
	answer(200, JSON, "{\"session\":7}");
	assert_false(ra->ops->password(ra, password, password, &again, &fail));
	answer(204, "", "");
	assert_true(ra->ops->logout(ra, &fail));
	assert_string_equal(wire.method, "DELETE");
	assert_string_equal(wire.bearer, "t0k");
	wire.method[0] = '\0';
	assert_true(ra->ops->logout(ra, &fail));
	assert_string_equal(wire.method, "");
	ra_close(ra);
	pin_free(password);
}

static void a_token_that_would_add_a_header_is_refused(void **state)
{
	static const char *const tokens[] = { "{\"token\":\"a\\r\\nX: y\",\"state\":\"open\"}",
		"{\"token\":\"a\\ny\",\"state\":\"open\"}", "{\"token\":7,\"state\":\"open\"}",
		"{\"token\":\"\\u0000\",\"state\":\"open\"}", "{\"state\":\"open\"}",
		"{\"token\":\"a\"}" };
	unsigned tried;

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
		struct fail fail = FAIL_INIT;
		assert_false(try_login(tokens[i], &fail));
		assert_int_equal(fail.code, FAIL_RA_REPLY);
	}
	assert_true(wire_break_all(SESSION, try_login, &tried) < tried);
}

static void a_password_that_is_no_utf8_is_not_sent(void **state)
{
	struct ra_site site;
	struct fail fail = FAIL_INIT;
	struct ra *ra = wire_ra(&site);
	struct pin *password = secret("\xFF\xFE");
	bool flag;

	(void)state;
	wire.method[0] = '\0';
	assert_false(ra->ops->login(ra, "A1", password, "c1", "1234", &flag, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	assert_false(ra->ops->password(ra, password, password, &flag, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	assert_string_equal(wire.method, "");
	ra_close(ra);
	pin_free(password);
}

/* ---- refusals ---- */

#define REFUSAL                                                                                    \
	"{\"type\":\"urn:twca:problem:counter-visit-required\",\"detail\":\"no\\u001b[2J\\nway\"," \
	"\"attempts_left\":2,\"contact\":{\"password_reset_form\":\"form\\t9\"}}"

static struct fail refused_with(long status, const char *type, const char *body)
{
	struct ra_site site;
	struct ra_captcha captcha;
	struct fail fail = FAIL_INIT;
	struct ra *ra = wire_ra(&site);
	const struct wire_answer refusal = { status, type, body, 9 };

	wire_begin(&refusal, 1);
	assert_false(ra->ops->captcha(ra, &captcha, &fail));
	ra_close(ra);
	return fail;
}

static void a_refusal_is_told_without_its_control_characters(void **state)
{
	struct fail fail = refused_with(403, PROBLEM, REFUSAL);

	(void)state;
	assert_int_equal(fail.code, FAIL_COUNTER_VISIT);
	assert_string_equal(fail.detail, "no[2J way form 9");
	assert_string_equal(fail.type, "counter-visit-required");
	assert_int_equal(fail.tries_left, 2);
	assert_int_equal(fail.retry_after, 9);
}

/* What the program's own text says in the person's language is not said again in the RA's. */
static void a_refused_login_names_the_form_alone(void **state)
{
	static const char *const types[] = { "wrong-credentials", "account-locked", "captcha-wrong",
		"captcha-expired" };

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		char body[256];
		snprintf(body, sizeof body,
			"{\"type\":\"urn:twca:problem:%s\",\"detail\":\"said in English\","
			"\"contact\":{\"password_reset_form\":\"form 9\"}}",
			types[i]);
		struct fail fail = refused_with(403, PROBLEM, body);
		assert_string_equal(fail.detail, "form 9");
		assert_string_equal(fail.type, types[i]);
	}
}

static void attempts_left_is_a_small_number_or_nothing(void **state)
{
	static const struct {
		const char *value;
		int tries_left;
	} rows[] = { { "0", 0 }, { "99", 99 }, { "-7", -1 }, { "4294967297", -1 },
		{ "9223372036854775807", -1 }, { "2.0", -1 }, { "\"2\"", -1 }, { "null", -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = wire_change(REFUSAL, "attempts_left", rows[i].value);
		struct fail fail = refused_with(403, PROBLEM, text);
		assert_int_equal(fail.tries_left, rows[i].tries_left);
		free(text);
	}
}

static void a_refusal_without_a_problem_tells_its_status(void **state)
{
	static const char *const bodies[] = { "", "{", "[]", "<html>", "{\"type\":1,\"type\":2}" };

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		struct fail fail = refused_with(503, PROBLEM, bodies[i]);
		assert_int_equal(fail.code, FAIL_RA_BUSY);
		assert_non_null(strstr(fail.detail, "503"));
		assert_string_equal(fail.type, "");
	}
}

static void every_other_answer_has_its_code(void **state)
{
	static const struct {
		long status;
		const char *type, *body;
		enum fail_code code;
	} rows[] = {
		{ 403, "text/html", REFUSAL, FAIL_RA_REFUSED },
		{ 401, "", "", FAIL_SESSION_ENDED },
		{ 302, JSON, PICTURE, FAIL_RA_TRUST },
		{ 0, "", "", FAIL_RA_UNREACHABLE },
		{ 200, "text/html", PICTURE, FAIL_RA_REPLY },
		{ 200, JSON, "{", FAIL_RA_REPLY },
		{ 204, "", "", FAIL_RA_REPLY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = refused_with(rows[i].status, rows[i].type, rows[i].body);
		assert_int_equal(fail.code, rows[i].code);
	}
}

static bool try_refusal(const char *document, struct fail *fail)
{
	*fail = refused_with(403, PROBLEM, document);
	return fail->code == FAIL_NONE;
}

static void a_refusal_broken_anywhere_is_survived(void **state)
{
	(void)state;
	struct fail fail = FAIL_INIT;
	assert_false(try_refusal("{}", &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	for (unsigned kind = 0; kind < 4; kind++) {
		static const char *const paths[] = { "type", "detail", "contact",
			"contact/password_reset_form" };
		static const char *const values[] = { NULL, "[]", "\"\"",
			"\"\\u001b]0;x\\u0007\"" };
		for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
			char *text = wire_change(REFUSAL, paths[i], values[kind]);
			assert_false(try_refusal(text, &fail));
			assert_null(strpbrk(fail.detail, "\033\a\n\t"));
			assert_null(strpbrk(fail.type, "\033\a\n\t"));
			free(text);
		}
	}
}

static void a_request_in_progress_is_waited_for(void **state)
{
	static const struct wire_answer answers[] = {
		{ 409, PROBLEM,
			"{\"type\":\"urn:twca:problem:request-in-progress\",\"attempts_left\":1}",
			0 },
		{ 200, JSON, PICTURE, 0 },
	};
	static const struct wire_answer then_broken[] = {
		{ 409, PROBLEM, "{\"type\":\"request-in-progress\",\"attempts_left\":1}", 5 },
		{ 400, "text/html", "<p>", 0 },
	};
	struct ra_site site;
	struct ra_captcha captcha = { 0 };
	struct fail fail = FAIL_INIT;
	struct ra *ra = wire_ra(&site);

	(void)state;
	wire_begin(answers, 2);
	assert_true(ra->ops->captcha(ra, &captcha, &fail));
	assert_int_equal(fail.code, FAIL_NONE);
	assert_int_equal(fail.tries_left, -1);
	assert_string_equal(fail.type, "");
	ra_captcha_clear(&captcha);
	wire_begin(then_broken, 2);
	assert_false(ra->ops->captcha(ra, &captcha, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	assert_int_equal(fail.tries_left, -1);
	assert_int_equal(fail.retry_after, 0);
	assert_string_equal(fail.type, "");
	ra_close(ra);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_directory_is_read),
		cmocka_unit_test(a_directory_that_does_not_fit_is_refused),
		cmocka_unit_test(impossible_password_lengths_mean_no_limit),
		cmocka_unit_test(a_directory_broken_anywhere_is_survived),
		cmocka_unit_test(a_resource_that_is_not_offered_is_named),
		cmocka_unit_test(the_picture_is_read),
		cmocka_unit_test(a_login_opens_a_session_that_close_ends),
		cmocka_unit_test(a_token_that_would_add_a_header_is_refused),
		cmocka_unit_test(a_password_that_is_no_utf8_is_not_sent),
		cmocka_unit_test(a_refusal_is_told_without_its_control_characters),
		cmocka_unit_test(a_refused_login_names_the_form_alone),
		cmocka_unit_test(attempts_left_is_a_small_number_or_nothing),
		cmocka_unit_test(a_refusal_without_a_problem_tells_its_status),
		cmocka_unit_test(every_other_answer_has_its_code),
		cmocka_unit_test(a_refusal_broken_anywhere_is_survived),
		cmocka_unit_test(a_request_in_progress_is_waited_for),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
