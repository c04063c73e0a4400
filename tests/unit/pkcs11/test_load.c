/* SPDX-License-Identifier: Apache-2.0 */
/* The built module, loaded as applications load it: rounds of load, initialise, finalise, unload
 * that must leave no memory, no file descriptor and no thread behind. Argument: the module. */
#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/ck.h"

#define LEAK_MAX 8192 /* bytes that all rounds together may leave: less than ten a round */

static const char *module_path;

static size_t entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

struct usage {
	size_t bytes, files, threads;
};

static struct usage usage_now(void)
{
	const struct mallinfo2 heap = mallinfo2();

	return (struct usage){
		.bytes = heap.uordblks + heap.hblkhd,
		.files = entries("/proc/self/fd"),
		.threads = entries("/proc/self/task"),
	};
}

static void nothing_grew(const struct usage *before)
{
	const struct usage after = usage_now();

	assert_int_equal(after.files, before->files);
	assert_int_equal(after.threads, before->threads);
	if (after.bytes > before->bytes)
		assert_in_range(after.bytes - before->bytes, 0, LEAK_MAX);
}

static CK_FUNCTION_LIST *load(void **ret_module)
{
	void *module = dlopen(module_path, RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *list = NULL;
	void *symbol;

	if (!module)
		fail_msg("%s", dlerror());
	symbol = dlsym(module, "C_GetFunctionList");
	assert_non_null(symbol);
	memcpy(&get, &symbol, sizeof(get));
	assert_int_equal(get(&list), CKR_OK);
	*ret_module = module;
	return list;
}

static void round_of(const CK_FUNCTION_LIST *list)
{
	CK_ULONG count = 0;
	CK_INFO info;

	assert_int_equal(list->C_Initialize(NULL), CKR_OK);
	assert_int_equal(list->C_GetInfo(&info), CKR_OK);
	assert_int_equal(list->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
	assert_int_equal(list->C_Finalize(NULL), CKR_OK);
	assert_int_equal(list->C_GetInfo(&info), CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void a_thousand_rounds_leave_nothing(void **state)
{
	void *module;
	CK_FUNCTION_LIST *list = load(&module);
	struct usage before;

	(void)state;
	for (int i = 0; i < 20; i++)
		round_of(list);
	before = usage_now();
	for (int i = 0; i < 1000; i++)
		round_of(list);
	nothing_grew(&before);
	assert_int_equal(dlclose(module), 0);
}

static void load_round(void)
{
	void *module;
	CK_FUNCTION_LIST *list = load(&module);

	round_of(list);
	assert_int_equal(dlclose(module), 0);
}

static void a_thousand_loads_leave_nothing(void **state)
{
	struct usage before;

	(void)state;
	for (int i = 0; i < 5; i++)
		load_round();
	before = usage_now();
	for (int i = 0; i < 1000; i++)
		load_round();
	nothing_grew(&before);
}

struct caller {
	CK_FUNCTION_LIST *list;
	atomic_bool stop;
	atomic_uint served, refused, strange;
};

static void *call_on(void *argument)
{
	struct caller *caller = argument;

	while (!atomic_load(&caller->stop)) {
		CK_ULONG count = 0;
		CK_RV rv = caller->list->C_GetSlotList(CK_FALSE, NULL, &count);

		if (rv == CKR_OK)
			atomic_fetch_add(&caller->served, 1);
		else if (rv == CKR_CRYPTOKI_NOT_INITIALIZED)
			atomic_fetch_add(&caller->refused, 1);
		else
			atomic_fetch_add(&caller->strange, 1);
	}
	return NULL;
}

/* Whoever calls meanwhile is served whole or refused: nothing else, and no crash. */
static void finalise_under_callers_is_clean(void **state)
{
	void *module;
	struct caller caller = { .list = load(&module) };
	pthread_t threads[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, call_on, &caller), 0);
	for (int i = 0; i < 200 || !caller.served || !caller.refused; i++) {
		assert_int_equal(caller.list->C_Initialize(NULL), CKR_OK);
		sched_yield();
		assert_int_equal(caller.list->C_Finalize(NULL), CKR_OK);
	}
	atomic_store(&caller.stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(caller.strange, 0);
	assert_int_equal(dlclose(module), 0);
}

/* No smart card service and no software identity of whoever runs this: the same for all. */
static int alone(void **state)
{
	(void)state;
	return setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1) ||
	       setenv("XDG_DATA_HOME", "/nonexistent", 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_rounds_leave_nothing),
		cmocka_unit_test(a_thousand_loads_leave_nothing),
		cmocka_unit_test(finalise_under_callers_is_clean),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s MODULE\n", argv[0]);
		return 2;
	}
	module_path = argv[1];
	return cmocka_run_group_tests(tests, alone, NULL);
}
