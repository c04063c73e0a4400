/* SPDX-License-Identifier: Apache-2.0 */
/* Questions on a terminal of the test's own: echo goes off and comes back whatever happens. */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "fail.h"
#include "interrupt.h"
#include "term.h"

#define WAIT_MS 10000
#define SECRET_CAP 8

/* The other side: a child on its own terminal, which asks and exits with what came of it. */
struct person {
	pid_t child;
	int terminal;
	char screen[1024];
	size_t seen;
};

enum question {
	HIDDEN,
	OPEN,
	CONFIRM,
	CHOOSE
};

/* The child's exit status: the failure, or what was answered. */
static int ask(enum question question)
{
	static const char *const items[] = { "one", "two", "three" };
	struct term term = { 0 };
	struct fail fail = FAIL_INIT;
	char secret[SECRET_CAP];
	char *answer = NULL;
	size_t len, choice;
	bool ok, yes = false;

	switch (question) {
	case HIDDEN:
		ok = term_ask_hidden(&term, "PIN: ", "--pin", secret, sizeof secret, &len, &fail);
		fprintf(stderr, "<%s>", ok && strlen(secret) == len ? secret : "no answer");
		break;
	case OPEN:
		ok = term_ask(&term, "Name: ", "--name", &answer, &fail);
		fprintf(stderr, "<%s>", ok ? answer : "no answer");
		free(answer);
		break;
	case CONFIRM:
		ok = term_confirm(&term, "Sure?", &yes, &fail);
		fprintf(stderr, "<%s>", yes ? "yes" : "no");
		break;
	case CHOOSE:
	default:
		ok = term_choose(&term, "Which?", "--which", items, 3, &choice, &fail);
		fprintf(stderr, "<%s>", ok ? items[choice] : "no answer");
	}
	return ok ? 0 : (int)fail.code;
}

static struct person begin(enum question question)
{
	struct person person = { 0 };

	person.child = forkpty(&person.terminal, NULL, NULL, NULL);
	assert_true(person.child >= 0);
	if (person.child == 0) {
		interrupt_catch();
		_exit(ask(question));
	}
	return person;
}

/* Waits until the screen shows text behind what was awaited before. */
static void await(struct person *person, const char *text)
{
	size_t len = strlen(person->screen);
	const char *found;

	while (!(found = strstr(person->screen + person->seen, text))) {
		struct pollfd ready = { .fd = person->terminal, .events = POLLIN };
		assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
		ssize_t got = read(
			person->terminal, person->screen + len, sizeof person->screen - 1 - len);
		assert_true(got > 0);
		len += (size_t)got;
	}
	person->seen = (size_t)(found - person->screen) + strlen(text);
}

static void type(struct person *person, const char *text)
{
	assert_int_equal(write(person->terminal, text, strlen(text)), strlen(text));
}

static bool echoes(const struct person *person)
{
	struct termios now;

	assert_int_equal(tcgetattr(person->terminal, &now), 0);
	return (now.c_lflag & ECHO) != 0;
}

/* Everything else on the screen, then the exit status. */
static int end(struct person *person)
{
	int status;

	assert_int_equal(waitpid(person->child, &status, 0), person->child);
	assert_true(WIFEXITED(status));
	assert_true(echoes(person));
	close(person->terminal);
	return WEXITSTATUS(status);
}

static void a_secret_is_not_shown(void **state)
{
	struct person person = begin(HIDDEN);

	(void)state;
	await(&person, "PIN: ");
	assert_false(echoes(&person));
	type(&person, "s3cret\n");
	await(&person, "<s3cret>");
	assert_int_equal(end(&person), FAIL_NONE);
	char *first = strstr(person.screen, "s3cret");
	assert_ptr_equal(first, strstr(person.screen, "<s3cret>") + 1);
}

static void a_name_is_shown(void **state)
{
	struct person person = begin(OPEN);

	(void)state;
	await(&person, "Name: ");
	assert_true(echoes(&person));
	type(&person, "abc\n");
	await(&person, "abc\r\n<abc>");
	assert_int_equal(end(&person), FAIL_NONE);
}

static void an_interrupt_brings_echo_back(void **state)
{
	struct person person = begin(HIDDEN);

	(void)state;
	await(&person, "PIN: ");
	type(&person, "s3\003");
	await(&person, "<no answer>");
	assert_int_equal(end(&person), FAIL_INTERRUPTED);
	assert_null(strstr(person.screen, "s3"));
}

static void a_stop_brings_echo_back_and_asks_again(void **state)
{
	struct person person = begin(HIDDEN);

	(void)state;
	await(&person, "PIN: ");
	assert_false(echoes(&person));
	/* the child leads a session without a shell, where the kernel ignores the stop key */
	assert_int_equal(kill(person.child, SIGTSTP), 0);
	await(&person, "PIN: ");
	assert_false(echoes(&person));
	type(&person, "abc\n");
	await(&person, "<abc>");
	assert_int_equal(end(&person), FAIL_NONE);
}

static void the_end_of_input_cancels(void **state)
{
	static const enum question questions[] = { HIDDEN, OPEN, CONFIRM, CHOOSE };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct person person = begin(questions[i]);
		await(&person, questions[i] == CHOOSE    ? "): "
			       : questions[i] == CONFIRM ? "] "
							 : ": ");
		type(&person, "\004");
		await(&person, "<no");
		assert_int_equal(end(&person), FAIL_CANCELLED);
	}
}

static void a_secret_that_does_not_fit_is_not_cut(void **state)
{
	struct person person = begin(HIDDEN);

	(void)state;
	await(&person, "PIN: ");
	type(&person, "1234567\n");
	await(&person, "<1234567>");
	assert_int_equal(end(&person), FAIL_NONE);
	struct person talker = begin(HIDDEN);
	await(&talker, "PIN: ");
	type(&talker, "12345678\n");
	await(&talker, "<no answer>");
	assert_int_equal(end(&talker), FAIL_USAGE);
}

static void only_yes_is_yes(void **state)
{
	static const struct {
		const char *typed, *answer;
	} rows[] = { { "y\n", "<yes>" }, { "YES\n", "<yes>" }, { "是\n", "<yes>" },
		{ "\n", "<no>" }, { "ja\n", "<no>" }, { "yes!\n", "<no>" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct person person = begin(CONFIRM);
		await(&person, "Sure? [y/N] ");
		type(&person, rows[i].typed);
		await(&person, rows[i].answer);
		assert_int_equal(end(&person), FAIL_NONE);
	}
}

static void a_choice_is_asked_for_until_it_is_one(void **state)
{
	static const char *const wrong[] = { "0\n", "4\n", "two\n", "2x\n", "\n", "-1\n",
		"99999999999999999999\n" };
	struct person person = begin(CHOOSE);

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		await(&person, "(1 to 3): ");
		type(&person, wrong[i]);
	}
	await(&person, "(1 to 3): ");
	type(&person, "2\n");
	await(&person, "<two>");
	assert_int_equal(end(&person), FAIL_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_not_shown),
		cmocka_unit_test(a_name_is_shown),
		cmocka_unit_test(an_interrupt_brings_echo_back),
		cmocka_unit_test(a_stop_brings_echo_back_and_asks_again),
		cmocka_unit_test(the_end_of_input_cancels),
		cmocka_unit_test(a_secret_that_does_not_fit_is_not_cut),
		cmocka_unit_test(only_yes_is_yes),
		cmocka_unit_test(a_choice_is_asked_for_until_it_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
