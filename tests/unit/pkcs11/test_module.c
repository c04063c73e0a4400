/* SPDX-License-Identifier: Apache-2.0 */
/* The one context: started once a process, entered only while it runs, never a child's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "pkcs11/module.h"

static int set_up(void **state)
{
	(void)state;
	fake_reset_world();
	return 0;
}

static void a_context_is_started_once_and_stopped_once(void **state)
{
	(void)state;
	assert_null(module_enter());
	assert_int_equal(module_stop(), CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(module_start(NULL), CKR_OK);
	assert_int_equal(module_start(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	struct module *module = module_enter();
	assert_non_null(module);
	assert_true(module_running(module));
	assert_non_null(module_slots(module));
	module_leave(module);
	module_leave(NULL);
	assert_int_equal(module_stop(), CKR_OK);
	assert_int_equal(module_stop(), CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_null(module_enter());
	assert_int_equal(module_start(NULL), CKR_OK); /* as often as one likes */
	assert_int_equal(module_stop(), CKR_OK);
}

static void bad_arguments_start_nothing(void **state)
{
	static int reserved;
	CK_C_INITIALIZE_ARGS args = { .pReserved = &reserved };

	(void)state;
	assert_int_equal(module_start(&args), CKR_ARGUMENTS_BAD);
	assert_null(module_enter());
	args.pReserved = NULL;
	assert_int_equal(module_start(&args), CKR_OK);
	assert_int_equal(module_stop(), CKR_OK);
}

/* In the child: the parent's context counts as none; its own is another one. */
static int in_child(struct module *parents)
{
	if (module_enter() || module_stop() != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (module_start(NULL) != CKR_OK)
		return 2;
	struct module *mine = module_enter();
	if (!mine || mine == parents || module_slots(mine) == module_slots(parents))
		return 3;
	if (module_running(parents))
		return 4;
	module_leave(mine);
	return module_stop() == CKR_OK ? 0 : 5;
}

static void a_forked_child_has_no_part_in_its_parents_context(void **state)
{
	int status;

	(void)state;
	assert_int_equal(module_start(NULL), CKR_OK);
	struct module *module = module_enter(); /* a thread that the child does not have */
	pid_t child = fork();
	if (child == 0)
		_exit(in_child(module));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(module_running(module)); /* untouched here */
	module_leave(module);
	assert_int_equal(module_stop(), CKR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_context_is_started_once_and_stopped_once, set_up),
		cmocka_unit_test_setup(bad_arguments_start_nothing, set_up),
		cmocka_unit_test_setup(a_forked_child_has_no_part_in_its_parents_context, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
