/* SPDX-License-Identifier: Apache-2.0 */
/* Steps run in order, stop at the first failure or signal, and are recorded. */
#include "unit.h"

#include <signal.h>

#include "fail.h"
#include "interrupt.h"
#include "journal.h"
#include "json.h"
#include "step.h"

struct run {
	char order[16];
	char fails_at;
	char signal_at;
};

static bool note(struct run *run, char name, struct fail *fail)
{
	size_t len = strlen(run->order);

	run->order[len] = name;
	run->order[len + 1] = '\0';
	if (run->signal_at == name)
		raise(SIGINT);
	return run->fails_at != name || fail_set(fail, FAIL_RA_REFUSED, NULL);
}

static bool step_a(void *run, struct fail *fail)
{
	return note(run, 'a', fail);
}

static bool step_b(void *run, struct fail *fail)
{
	return note(run, 'b', fail);
}

static bool step_c(void *run, struct fail *fail)
{
	return note(run, 'c', fail);
}

static const struct step steps[] = { { "a", step_a }, { "b", step_b }, { "c", step_c } };

static void all_run_in_order_and_the_last_is_recorded(void **state)
{
	static const struct journal_key key = { "apply", "fine", "wang", "01" };
	char *folder = fresh_folder();
	struct journal *journal = NULL;
	struct run run = { 0 };
	struct fail fail = FAIL_INIT;
	const char *name;

	(void)state;
	assert_true(journal_open(folder, &key, &journal, &fail));
	assert_true(step_run(steps, 3, &run, &journal, &name, &fail));
	assert_string_equal(run.order, "abc");
	assert_string_equal(name, "c");
	assert_string_equal(journal_get(journal, "step"), "c");
	journal_close(journal);
	remove_folder(folder);
}

static void the_first_failure_ends_it(void **state)
{
	struct journal *none = NULL;
	struct run run = { .fails_at = 'b' };
	struct fail fail = FAIL_INIT;
	const char *name;

	(void)state;
	assert_false(step_run(steps, 3, &run, &none, &name, &fail));
	assert_string_equal(run.order, "ab");
	assert_string_equal(name, "b");
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
}

/* A step that healed a failure by itself. */
static bool step_healed(void *run, struct fail *fail)
{
	(void)run;
	fail_set(fail, FAIL_LOGIN_REFUSED, "once");
	fail->tries_left = 2;
	strcpy(fail->type, "wrong-credentials");
	return true;
}

static bool step_fails_plainly(void *run, struct fail *fail)
{
	(void)run;
	return fail_set(fail, FAIL_NO_CARD, NULL);
}

static void what_a_step_healed_is_not_told_of_the_next(void **state)
{
	static const struct step healed[] = { { "a", step_healed }, { "b", step_fails_plainly } };
	struct journal *none = NULL;
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(step_run(healed, 1, NULL, &none, NULL, &fail));
	assert_int_equal(fail.code, FAIL_NONE);
	assert_false(step_run(healed, 2, NULL, &none, NULL, &fail));
	assert_int_equal(fail.code, FAIL_NO_CARD);
	assert_int_equal(fail.tries_left, -1);
	assert_string_equal(fail.type, "");
}

/* Last: the signal is remembered for good. */
static void a_signal_lets_the_step_finish(void **state)
{
	struct journal *none = NULL;
	struct run run = { .signal_at = 'a' };
	struct fail fail = FAIL_INIT;

	(void)state;
	interrupt_catch();
	assert_false(step_run(steps, 3, &run, &none, NULL, &fail));
	assert_string_equal(run.order, "a");
	assert_int_equal(fail.code, FAIL_INTERRUPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_run_in_order_and_the_last_is_recorded),
		cmocka_unit_test(the_first_failure_ends_it),
		cmocka_unit_test(what_a_step_healed_is_not_told_of_the_next),
		cmocka_unit_test(a_signal_lets_the_step_finish),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
