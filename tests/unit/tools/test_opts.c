/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: common options by group, verbs, and what ends the program with exit code 2. */
#include "unit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "opts.h"
#include "tool.h"

static char taken[128]; /* what the tool's own function was given */

static error_t take(void *context, int key, char *value, struct argp_state *state)
{
	(void)context;
	size_t used = strlen(taken);

	if (key != OPTS_KEY_OWN && key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (strcmp(value, "bad") == 0)
		argp_error(state, "%s is bad", value);
	snprintf(taken + used, sizeof taken - used, "%s=%s ", key == OPTS_KEY_OWN ? "own" : "arg",
		value);
	return 0;
}

static const struct opts_verb verbs[] = {
	{ "status", "", N_("tell the state"), 0, "downed own" },
	{ "change", "FILE [NAME]", N_("change it"), 2, NULL },
	{ 0 },
};
static const struct argp_option own[] = {
	{ "own", OPTS_KEY_OWN, "WORD", 0, N_("an option of its own"), 1 },
	{ "dry-run", OPTS_KEY_DRY_RUN, NULL, 0, N_("another text"), 4 },
	{ 0 },
};
static const struct opts_spec with_verbs = { .tool = "twca-test",
	.doc = N_("Tests options."),
	.groups = OPTS_SITE | OPTS_PIN | OPTS_DRY_RUN,
	.verbs = verbs,
	.own = own,
	.take = take };
static const struct opts_spec without_verbs = {
	.tool = "twca-test", .doc = N_("Tests options."), .groups = OPTS_CARD
};

#define WORDS_MAX 8

/* In this process: for lines that are right. Values are borrowed until the next call. */
static unsigned parse(const struct opts_spec *spec, struct tool *tool, const char *const words[])
{
	static char line[WORDS_MAX + 1][64];
	char *argv[WORDS_MAX + 2] = { line[0] };
	int argc = 1;
	unsigned verb = 99;

	memset(tool, 0, sizeof *tool);
	taken[0] = '\0';
	snprintf(line[0], sizeof line[0], "twca-test");
	for (; words[argc - 1]; argc++) {
		snprintf(line[argc], sizeof line[argc], "%s", words[argc - 1]);
		argv[argc] = line[argc];
	}
	opts_parse(spec, tool, argc, argv, &verb);
	return verb;
}
#define PARSE(spec, tool, ...) parse(spec, tool, (const char *const[]){ __VA_ARGS__, NULL })

/* In a child: its exit status; what it printed is in said. */
static char said[8192];

static int run(const struct opts_spec *spec, const char *const words[])
{
	int ends[2], status;
	size_t used = 0;
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		struct tool tool;
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		parse(spec, &tool, words);
		_exit(0);
	}
	close(ends[1]);
	while (used < sizeof said - 1 &&
		(got = read(ends[0], said + used, sizeof said - 1 - used)) > 0)
		used += (size_t)got;
	said[used] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}
#define RUN(spec, ...) run(spec, (const char *const[]){ __VA_ARGS__, NULL })

static void common_options_reach_the_tool(void **state)
{
	struct tool tool;

	(void)state;
	assert_int_equal(PARSE(&with_verbs, &tool, "--site=fine", "-qvv", "change", "--json",
				 "--ra-ca=/ca", "--dry-run", "--color=never"),
		1);
	assert_string_equal(tool.values[CONF_SITE], "fine");
	assert_string_equal(tool.values[CONF_CA], "/ca");
	assert_null(tool.values[CONF_PIN_SOURCE]);
	assert_true(tool.json && tool.dry_run && tool.term.quiet);
	assert_false(tool.term.yes || tool.term.no_input || tool.force);
	assert_int_equal(tool.term.verbose, 2);
	assert_int_equal(tool.term.colours, TERM_COLOURS_NEVER);
	PARSE(&with_verbs, &tool, "status", "--yes", "--no-input", "--config=/c", "--ca-file=/x=y",
		"--pin-source=env:P");
	assert_true(tool.term.yes && tool.term.no_input);
	assert_string_equal(tool.config, "/c");
	assert_string_equal(tool.values[CONF_CA], "/x=y");
	assert_string_equal(tool.values[CONF_PIN_SOURCE], "env:P");
	assert_int_equal(PARSE(&without_verbs, &tool, "--reader=R", "--module=/m"), 0);
	assert_string_equal(tool.values[CONF_MODULE], "/m");
}

static void a_tools_own_options_and_arguments_are_its_own(void **state)
{
	struct tool tool;

	(void)state;
	assert_int_equal(PARSE(&with_verbs, &tool, "--own=a=b", "change", "f=1", "n=2"), 1);
	assert_string_equal(taken, "own=a=b arg=f=1 arg=n=2 ");
}

static void wrong_lines_end_the_program_with_2(void **state)
{
	static const struct {
		const struct opts_spec *spec;
		const char *words[4];
		const char *said;
	} rows[] = {
		{ &with_verbs, { NULL }, "a command is missing" },
		{ &with_verbs, { "--json", NULL }, "a command is missing" },
		{ &with_verbs, { "stat", NULL }, "there is no command stat" },
		{ &with_verbs, { "status", "1234", NULL }, "secrets are never given" },
		{ &with_verbs, { "change", "bad", NULL }, "bad is bad" },
		{ &with_verbs, { "status", "--color=blue", NULL }, "not blue" },
		{ &with_verbs, { "status", "--reader=R", NULL }, "reader" }, /* not its group */
		{ &with_verbs, { "status", "--site", NULL }, "site" },
		{ &with_verbs, { "status", "--force", NULL }, "force" },
		{ &without_verbs, { "word", NULL }, "no argument is expected" },
		{ &without_verbs, { "--own=x", NULL }, "own" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (run(rows[i].spec, rows[i].words) != 2)
			fail_msg("row %zu is taken", i);
		if (!strstr(said, rows[i].said))
			fail_msg("row %zu: %s", i, said);
	}
	assert_int_equal(RUN(&with_verbs, "change", "a", "b", "c"), 2);
}

/* Where the option stands does not matter; a name within a name is another one. */
static void an_option_without_use_is_refused(void **state)
{
	(void)state;
	assert_int_equal(RUN(&with_verbs, "status", "--own=x"), 2);
	assert_non_null(strstr(said, "status has no use for --own"));
	assert_int_equal(RUN(&with_verbs, "--own=x", "status"), 2);
	assert_int_equal(RUN(&with_verbs, "change", "--own=x"), 0);
	assert_int_equal(RUN(&with_verbs, "status", "--dry-run", "--pin-source=env:P"), 0);
}

static void help_and_version_tell_what_there_is(void **state)
{
	(void)state;
	assert_int_equal(RUN(&with_verbs, "--version"), 0);
	assert_string_equal(said, "twca-test " TWCA_VERSION "\n");
	assert_int_equal(RUN(&with_verbs, "--help"), 0);
	assert_non_null(strstr(said, "Tests options."));
	assert_non_null(strstr(said, "change FILE [NAME]"));
	assert_non_null(strstr(said, "--own=WORD"));
	assert_non_null(strstr(said, "another text")); /* in place of the common one */
	assert_null(strstr(said, "check everything, change nothing"));
	assert_null(strstr(said, "--ra-ca"));
	assert_null(strstr(said, "--reader"));
	assert_int_equal(RUN(&without_verbs, "--help"), 0);
	assert_null(strstr(said, "Commands:"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_options_reach_the_tool),
		cmocka_unit_test(a_tools_own_options_and_arguments_are_its_own),
		cmocka_unit_test(wrong_lines_end_the_program_with_2),
		cmocka_unit_test(an_option_without_use_is_refused),
		cmocka_unit_test(help_and_version_tell_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
