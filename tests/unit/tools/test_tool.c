/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a tool: settings under options, what is reported, what is left when it ends. */
#include "unit.h"

#include <jansson.h>
#include <unistd.h>

#include "desk.h"
#include "i18n.h"
#include "journal.h"
#include "json.h"
#include "opts.h"
#include "person.h"
#include "pin.h"
#include "tool.h"

static char *folder;
static enum fail_code result;
static char seen_site[16];
static unsigned printed, cleared;

static bool work(void *context, struct fail *fail)
{
	struct tool *tool = context;

	snprintf(seen_site, sizeof seen_site, "%s", tool->profile ? tool->profile->site : "-");
	tool->ra = desk_open();
	return result == FAIL_NONE || fail_set(fail, result, "why\033");
}

static json_t *members(void *context, const struct fail *fail)
{
	(void)context, (void)fail;
	return json_pack("{s:i}", "number", 7);
}

static void print(void *context)
{
	(void)context;
	printed++;
}

static void clear(void *context)
{
	(void)context;
	cleared++;
}

static const struct opts_spec opts = {
	.tool = "twca-test", .doc = N_("Tests."), .groups = OPTS_SITE
};
static struct tool_program program = {
	.opts = &opts, .run = work, .members = members, .print = print, .clear = clear
};

static char said[2048];

/* The exit code; what went to stdout is in said. */
static int run(const char *const words[])
{
	char *argv[8] = { strdup("twca-test") };
	int argc = 1;
	struct tool tool = { 0 };
	FILE *file = tmpfile();

	for (; words[argc - 1]; argc++)
		argv[argc] = strdup(words[argc - 1]);
	printed = cleared = 0;
	fflush(stdout);
	int before = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	int code = tool_main(&program, &tool, argc, argv);
	fflush(stdout);
	assert_true(dup2(before, STDOUT_FILENO) >= 0);
	close(before);
	rewind(file);
	said[fread(said, 1, sizeof said - 1, file)] = '\0';
	fclose(file);
	while (argc)
		free(argv[--argc]);
	assert_null(tool.ra);
	assert_int_equal(cleared, 1);
	return code;
}
#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static int set_up(void **state)
{
	(void)state;
	folder = fresh_folder();
	assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
	assert_int_equal(unsetenv("TWCA_SITE"), 0);
	person_begin(NULL, 0);
	program.site_optional = false;
	result = FAIL_NONE;
	seen_site[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static void a_result_is_text_or_one_document(void **state)
{
	(void)state;
	assert_int_equal(RUN("--site=fine"), 0);
	assert_string_equal(seen_site, "fine");
	assert_int_equal(printed, 1);
	assert_int_equal(desk.logout_count, 1);
	assert_int_equal(RUN("--site=fine", "--quiet"), 0);
	assert_int_equal(printed, 0);
	assert_int_equal(RUN("--site=fine", "--json"), 0);
	assert_int_equal(printed, 0);
	json_t *document = json_loads(said, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(document, "number")), 7);
	assert_int_equal(json_integer_value(json_object_get(document, "exit")), 0);
	json_decref(document);
}

static void a_failure_has_its_exit_code_and_is_no_success_in_json(void **state)
{
	(void)state;
	result = FAIL_CANCELLED;
	assert_int_equal(RUN("--site=fine", "--json"), fail_exit(FAIL_CANCELLED));
	json_t *document = json_loads(said, 0, NULL);
	assert_int_equal(
		json_integer_value(json_object_get(document, "exit")), fail_exit(FAIL_CANCELLED));
	assert_string_equal(
		json_string_value(json_object_get(document, "code")), fail_name(FAIL_CANCELLED));
	json_decref(document);
	assert_int_equal(RUN("--site=fine"), fail_exit(FAIL_CANCELLED));
	assert_string_equal(said, "");
}

static void a_site_is_needed_and_known(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(RUN("--json"), 2);
	assert_string_equal(seen_site, ""); /* no work was done */
	assert_int_equal(RUN("--site=nowhere"), 2);
	program.site_optional = true;
	assert_int_equal(RUN("-q"), 0);
	assert_string_equal(seen_site, "-");
	assert_int_equal(RUN("--site=nowhere"), 2);
	char *file = write_file(folder, "my.conf", "[twca]\nsite = post\n");
	snprintf(path, sizeof path, "--config=%s", file);
	assert_int_equal(RUN(path, "-q"), 0);
	assert_string_equal(seen_site, "post");
	assert_int_equal(RUN(path, "--site=tipo", "-q"), 0); /* the line counts more */
	assert_string_equal(seen_site, "tipo");
	free(file);
	file = write_file(folder, "bad.conf", "[default\nsite\n\033[2J\xFF\xFE=\n");
	snprintf(path, sizeof path, "--config=%s", file);
	assert_int_equal(RUN(path, "-q"), 2);
	free(file);
	assert_int_equal(RUN("--config=/nowhere/at/all"), 1);
}

static void secrets_come_from_their_source_or_a_person(void **state)
{
	static const struct tool_new what = { CONF_NEW_PIN_SOURCE, N_("New card PIN: "),
		"--new-pin-source", FAIL_NEW_PIN_UNEQUAL };
	struct tool tool = { 0 };
	struct fail fail = FAIL_INIT;
	struct pin *pin = NULL;

	(void)state;
	PERSON("typed", "", "one", "one", "one", "two");
	assert_true(tool_secret(&tool, CONF_PIN_SOURCE, "PIN: ", "--pin-source", &pin, &fail));
	assert_string_equal(pin_text(pin), "typed");
	pin = pin_free(pin);
	assert_false(tool_secret(&tool, CONF_PIN_SOURCE, "PIN: ", "--pin-source", &pin, &fail));
	assert_int_equal(fail.code, FAIL_CANCELLED);
	assert_null(pin);
	assert_true(tool_new_secret(&tool, &what, &pin, &fail));
	assert_string_equal(pin_text(pin), "one");
	pin = pin_free(pin);
	assert_false(tool_new_secret(&tool, &what, &pin, &fail));
	assert_int_equal(fail.code, FAIL_NEW_PIN_UNEQUAL);
	assert_null(pin);
	assert_int_equal(setenv("TEST_PIN", "from-source", 1), 0);
	assert_true(conf_set(&tool.conf, CONF_NEW_PIN_SOURCE, "env:TEST_PIN", &fail));
	assert_true(tool_new_secret(&tool, &what, &pin, &fail));
	assert_string_equal(pin_text(pin), "from-source");
	pin = pin_free(pin);
	assert_int_equal(person.asked, 6);
	assert_false(tool_new_secret(&tool, &what, &pin, &fail)); /* it is used up */
	tool_clear(&tool);
}

static void a_record_is_kept_only_where_there_is_one(void **state)
{
	struct tool tool = { .profile = conf_profile_find("fine") };
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(tool_record(&tool, "name", "value", &fail));
	assert_null(tool_recorded(&tool, "name"));
	tool.account = strdup("A1");
	assert_true(tool_open_journal(&tool, "apply", "0102", &fail));
	assert_true(tool_record(&tool, "name", "value", &fail));
	assert_string_equal(tool_recorded(&tool, "name"), "value");
	tool_clear(&tool);
	tool.profile = conf_profile_find("fine");
	tool.account = strdup("A1");
	assert_true(tool_open_journal(&tool, "apply", "0102", &fail));
	assert_string_equal(tool_recorded(&tool, "name"), "value");
	assert_true(tool_record(&tool, "name", NULL, &fail));
	assert_null(tool_recorded(&tool, "name"));
	tool_clear(&tool);
}

static void without_address_or_module_it_says_what_is_missing(void **state)
{
	struct tool tool = { .name = "twca-test" };
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_false(tool_open_ra(&tool, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	tool.profile = conf_profile_find("fine");
	assert_false(tool_open_ra(&tool, &fail));
	assert_non_null(strstr(fail.detail, "--ra-url"));
	assert_true(conf_set(&tool.conf, CONF_URL, "http://ra/", &fail)); /* without TLS */
	assert_false(tool_open_ra(&tool, &fail));
	assert_null(tool.ra);
	assert_true(conf_set(&tool.conf, CONF_MODULE, "/nowhere/module.so", &fail));
	assert_false(tool_open_module(&tool, &fail));
	assert_int_equal(fail.code, FAIL_MODULE);
	assert_null(tool.p11);
	tool_clear(&tool);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_result_is_text_or_one_document),
		TEST(a_failure_has_its_exit_code_and_is_no_success_in_json),
		TEST(a_site_is_needed_and_known),
		TEST(secrets_come_from_their_source_or_a_person),
		TEST(a_record_is_kept_only_where_there_is_one),
		TEST(without_address_or_module_it_says_what_is_missing),
	};

	json_init();
	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
