/* SPDX-License-Identifier: Apache-2.0 */
/* The session between two commands: kept for its owner, its site and its account only. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "json.h"
#include "keep.h"
#include "ra_session.h"
#include "tool.h"
#include "wire.h"

#define STATE "{\"account\":\"A1\",\"state\":\"open\",\"expires\":\"2026-01-01T00:00:00Z\"}"

static struct tool tool;
static char *folder;
static char file[128];

static void answer(long status, const char *body)
{
	const struct wire_answer answer = { status, "application/json", body, 0 };

	wire_begin(&answer, 1);
}

static void begin(const char *account)
{
	struct fail fail = FAIL_INIT;

	memset(&tool, 0, sizeof tool);
	tool.profile = conf_profile_find("fine");
	tool.ra = wire_ra(&tool.site);
	tool.account = account ? strdup(account) : NULL;
	assert_true(conf_set(&tool.conf, CONF_URL, "https://ra/", &fail));
	answer(200, STATE);
}

static void end(void)
{
	answer(204, "");
	tool_clear(&tool);
}

static int set_up(void **state)
{
	struct fail fail = FAIL_INIT;
	bool must_change;

	(void)state;
	folder = fresh_folder();
	snprintf(file, sizeof file, "%s/twca/session-fine.json", folder);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", folder, 1), 0);
	begin("A1");
	assert_true(ra_session_resume(tool.ra, "t0k", &must_change, &fail));
	assert_true(keep_store(&tool, &fail));
	assert_true(tool.kept);
	end();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static bool resumes(void)
{
	struct fail fail = FAIL_INIT;
	bool resumed = true;

	assert_true(keep_resume(&tool, &resumed, &fail));
	assert_int_equal(fail.code, FAIL_NONE);
	assert_int_equal(resumed, tool.kept);
	return resumed;
}

static void a_kept_session_goes_on(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	begin(NULL);
	assert_true(resumes());
	assert_string_equal(tool.account, "A1");
	assert_string_equal(wire.bearer, "t0k");
	assert_string_equal(ra_session_token(tool.ra), "t0k");
	end();
}

static void another_account_or_address_has_no_part_in_it(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	begin("A2");
	assert_false(resumes());
	end();
	begin(NULL);
	assert_true(conf_set(&tool.conf, CONF_ACCOUNT, "A2", &fail));
	assert_false(resumes());
	end();
	begin("A1");
	assert_true(conf_set(&tool.conf, CONF_URL, "https://elsewhere/", &fail));
	assert_false(resumes());
	assert_string_equal(wire.bearer, ""); /* nobody was shown the token */
	end();
	assert_int_equal(access(file, F_OK), 0);
}

static void a_file_that_others_could_have_written_or_read_does_not_count(void **state)
{
	char other[140];

	(void)state;
	assert_int_equal(chmod(file, 0640), 0);
	begin(NULL);
	assert_false(resumes());
	end();
	assert_int_equal(chmod(file, 0600), 0);
	snprintf(other, sizeof other, "%s.other", file);
	assert_int_equal(rename(file, other), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	begin(NULL);
	assert_false(resumes());
	end();
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(symlink(other, file), 0);
	struct fail fail = FAIL_INIT;
	bool resumed;
	begin(NULL);
	assert_false(keep_resume(&tool, &resumed, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	end();
}

static void rubbish_in_the_file_is_no_session(void **state)
{
	static char lengthy[4096];
	static const char *const texts[] = { "", "{", "[]", "{\"token\":7}",
		"{\"account\":\"A1\",\"url\":\"https://ra/\"}",
		"{\"token\":\"t\",\"url\":\"https://ra/\"}", "{\"token\":\"t\",\"account\":\"A1\"}",
		"{\"token\":null,\"account\":\"A1\",\"url\":\"https://ra/\"}", lengthy };

	(void)state;
	memset(lengthy, ' ', sizeof lengthy - 1);
	memcpy(lengthy, "{\"token\":\"t\"", 12);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		FILE *stream = fopen(file, "w");
		assert_true(fputs(texts[i], stream) >= 0);
		fclose(stream);
		begin(NULL);
		assert_false(resumes());
		end();
	}
}

static void a_dead_session_is_forgotten_and_another_failure_is_not(void **state)
{
	struct fail fail = FAIL_INIT;
	bool resumed;

	(void)state;
	begin(NULL);
	answer(503, "");
	assert_false(keep_resume(&tool, &resumed, &fail));
	assert_int_equal(fail.code, FAIL_RA_BUSY);
	assert_int_equal(access(file, F_OK), 0);
	answer(401, "");
	assert_false(resumes());
	assert_int_not_equal(access(file, F_OK), 0);
	assert_null(ra_session_token(tool.ra));
	end();
}

static void forgetting_tells_whether_there_was_one(void **state)
{
	struct fail fail = FAIL_INIT;
	bool forgotten = false;

	(void)state;
	begin(NULL);
	assert_true(keep_forget(&tool, &forgotten, &fail));
	assert_true(forgotten);
	assert_true(keep_forget(&tool, &forgotten, &fail));
	assert_false(forgotten);
	assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
	assert_true(keep_forget(&tool, &forgotten, &fail));
	assert_false(forgotten);
	assert_false(resumes());
	assert_false(keep_store(&tool, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", "relative", 1), 0);
	assert_false(keep_store(&tool, &fail));
	end();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_kept_session_goes_on),
		TEST(another_account_or_address_has_no_part_in_it),
		TEST(a_file_that_others_could_have_written_or_read_does_not_count),
		TEST(rubbish_in_the_file_is_no_session),
		TEST(a_dead_session_is_forgotten_and_another_failure_is_not),
		TEST(forgetting_tells_whether_there_was_one),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
