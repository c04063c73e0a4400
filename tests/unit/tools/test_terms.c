/* SPDX-License-Identifier: Apache-2.0 */
/* Terms: accepted by a person or in advance, once for each text, and shown without control codes.
 */
#include "unit.h"

#include <unistd.h>

#include "desk.h"
#include "journal.h"
#include "json.h"
#include "person.h"
#include "pin.h"
#include "terms.h"
#include "tool.h"

static struct tool tool;
static char *folder;

static int set_up(void **state)
{
	(void)state;
	desk_tool(&tool, &folder);
	desk.terms = (struct ra_terms){ .id = "t1",
		.title = "Terms\033[2J",
		.text = "1. All\n2. Nothing\r",
		.sha256 = "aa",
		.accept_label = "I\nagree" };
	person_begin(NULL, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	desk_tool_end(&tool, folder);
	return 0;
}

static void one_text_is_accepted_once(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	PERSON("yes", "yes");
	assert_true(terms_accept(&tool, &fail));
	assert_string_equal(person.questions[0], "I agree");
	assert_string_equal(tool_recorded(&tool, "terms"), "aa");
	assert_string_equal(tool.terms.id, "t1");
	assert_true(terms_accept(&tool, &fail));
	assert_int_equal(person.asked, 1);
	desk.terms.sha256 = "bb"; /* they were changed */
	assert_true(terms_accept(&tool, &fail));
	assert_int_equal(person.asked, 2);
	assert_string_equal(tool_recorded(&tool, "terms"), "bb");
	assert_string_equal(desk.language, "en");
}

static void no_is_no_and_is_not_recorded(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	PERSON("no", NULL);
	assert_false(terms_accept(&tool, &fail));
	assert_int_equal(fail.code, FAIL_CANCELLED);
	assert_null(tool_recorded(&tool, "terms"));
	assert_false(terms_accept(&tool, &fail)); /* end of file */
	assert_null(tool_recorded(&tool, "terms"));
	tool.term.no_input = true;
	assert_false(terms_accept(&tool, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	tool.term.yes = true;
	assert_true(terms_accept(&tool, &fail));
	desk.terms_fail = FAIL_RA_BUSY;
	assert_false(terms_accept(&tool, &fail));
	assert_int_equal(fail.code, FAIL_RA_BUSY);
}

static void registration_data_are_shown_clean(void **state)
{
	struct fail fail = FAIL_INIT;
	char said[512];

	(void)state;
	desk.registration = (struct ra_registration){
		.account = "A1", .name = "Wang\033[31m\nroot", .email = ""
	};
	tool.term.quiet = false;
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	bool ok = terms_show_registration(&tool, &fail);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	assert_true(ok);
	rewind(file);
	said[fread(said, 1, sizeof said - 1, file)] = '\0';
	fclose(file);
	assert_non_null(strstr(said, "Wang[31m root"));
	assert_null(strchr(said, '\033'));
	assert_null(strstr(said, "E-mail"));
	assert_null(strstr(said, "Subject"));
	desk.registration_fail = FAIL_SESSION_ENDED;
	assert_false(terms_show_registration(&tool, &fail));
	assert_int_equal(fail.code, FAIL_SESSION_ENDED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(one_text_is_accepted_once),
		TEST(no_is_no_and_is_not_recorded),
		TEST(registration_data_are_shown_clean),
	};

	json_init();
	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
