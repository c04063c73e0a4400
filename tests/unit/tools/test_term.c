/* SPDX-License-Identifier: Apache-2.0 */
/* Colours and questions where there is no terminal, and work beside a thread that waits. */
#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include "fail.h"
#include "term.h"

static void colours_are_three_words(void **state)
{
	enum term_colours colours;

	(void)state;
	assert_true(term_colours_parse("auto", &colours));
	assert_int_equal(colours, TERM_COLOURS_AUTO);
	assert_true(term_colours_parse("always", &colours));
	assert_int_equal(colours, TERM_COLOURS_ALWAYS);
	assert_true(term_colours_parse("never", &colours));
	assert_int_equal(colours, TERM_COLOURS_NEVER);
	assert_false(term_colours_parse("", &colours));
	assert_false(term_colours_parse("Auto", &colours));
}

/* Runs with standard error in a file; the text is the caller's to free. */
static char *screen(const struct term *term, void (*show)(const struct term *term))
{
	char *text = calloc(1, 1024);
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);

	assert_true(text && file && before >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	show(term);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	rewind(file);
	text[fread(text, 1, 1023, file)] = '\0';
	fclose(file);
	return text;
}

static void everything(const struct term *term)
{
	term_title(term, "Title");
	term_note(term, "note %d", 1);
	term_debug(term, "debug");
	term_warn(term, "warning");
	term_field(term, "Name", "value");
}

static void quiet_leaves_warnings_and_verbose_tells_more(void **state)
{
	struct term term = { 0 };

	(void)state;
	char *text = screen(&term, everything);
	assert_string_equal(text, "Title\nnote 1\nwarning\n  Name                   value\n");
	free(text);
	term.quiet = true;
	text = screen(&term, everything);
	assert_string_equal(text, "warning\n");
	free(text);
	term.verbose = 1;
	text = screen(&term, everything);
	assert_string_equal(text, "debug\nwarning\n");
	free(text);
}

static void long_notes_and_values_are_wrapped(const struct term *term)
{
	term_note(term, "%s", "aaaa bbbb cccc dddd eeee ffff gggg");
	term_field(term, "Name", "aaaa bbbb cccc");
	term_field(term, "SHA-256", "0011223344556677");
}

static void the_width_of_the_screen_is_kept(void **state)
{
	struct term term = { .columns = 30 };

	(void)state;
	char *text = screen(&term, long_notes_and_values_are_wrapped);
	assert_string_equal(text, "aaaa bbbb cccc dddd eeee ffff\ngggg\n"
				  "  Name                   aaaa\n"
				  "                         bbbb\n"
				  "                         cccc\n"
				  "  SHA-256\n    0011223344556677\n");
	free(text);
}

static void nobody_is_asked_without_input(void **state)
{
	struct term term = { .no_input = true };
	struct fail fail = FAIL_INIT;
	char *answer = NULL;
	char secret[8];
	size_t len;
	bool yes = false;

	(void)state;
	assert_false(term_ask(&term, "Name: ", "--name", &answer, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	assert_non_null(strstr(fail.detail, "--name"));
	assert_false(term_ask_hidden(&term, "PIN: ", "--pin", secret, sizeof secret, &len, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	assert_false(term_confirm(&term, "Sure?", &yes, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	assert_false(yes);
	term.yes = true;
	assert_true(term_confirm(&term, "Sure?", &yes, &fail));
	assert_true(yes);
}

static void work_with_blocked_signals(void *arg)
{
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	*(int *)arg = sigismember(&blocked, SIGINT) ? 2 : 1;
}

static void work_is_done_with_signals_blocked(void **state)
{
	struct term term = { .quiet = true };
	int done = 0;

	(void)state;
	term_work(&term, "Working", work_with_blocked_signals, &done);
	assert_int_equal(done, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_are_three_words),
		cmocka_unit_test(quiet_leaves_warnings_and_verbose_tells_more),
		cmocka_unit_test(the_width_of_the_screen_is_kept),
		cmocka_unit_test(nobody_is_asked_without_input),
		cmocka_unit_test(work_is_done_with_signals_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
