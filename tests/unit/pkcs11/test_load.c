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
#include <sys/stat.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pkcs12.h>

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

/* Kilobytes of locked memory: where passwords and what is decrypted lie. */
static size_t locked(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	size_t kilobytes = 0;
	char line[256];

	assert_non_null(status);
	while (fgets(line, sizeof(line), status))
		(void)sscanf(line, "VmLck: %zu", &kilobytes);
	fclose(status);
	return kilobytes;
}

struct usage {
	size_t bytes, files, threads, locked;
};

static struct usage usage_now(void)
{
	const struct mallinfo2 heap = mallinfo2();

	return (struct usage){
		.bytes = heap.uordblks + heap.hblkhd,
		.files = entries("/proc/self/fd"),
		.threads = entries("/proc/self/task"),
		.locked = locked(),
	};
}

static void nothing_grew(const struct usage *before)
{
	const struct usage after = usage_now();

	assert_int_equal(after.files, before->files);
	assert_int_equal(after.threads, before->threads);
	assert_int_equal(after.locked, before->locked);
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

/* ---- with a software identity ---- */

static const char pin[] = "load-1234";

static void sign_with(const CK_FUNCTION_LIST *list, CK_SESSION_HANDLE session)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG count = 0;
	CK_BYTE digest[32] = { 1 };
	CK_BYTE signature[64];
	CK_ULONG len = sizeof(signature);

	assert_int_equal(list->C_FindObjectsInit(session, template, 1), CKR_OK);
	assert_int_equal(list->C_FindObjects(session, &key, 1, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(list->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(list->C_SignInit(session, &mechanism, key), CKR_OK);
	assert_int_equal(list->C_Sign(session, digest, sizeof(digest), signature, &len), CKR_OK);
}

/* Ended in the middle: logged in, a session and a search open. */
static void key_round(const CK_FUNCTION_LIST *list, bool in_the_middle)
{
	CK_SESSION_HANDLE session = 0;
	CK_SLOT_ID slots[16];
	CK_ULONG count = 16;
	CK_UTF8CHAR copy[sizeof(pin)];

	memcpy(copy, pin, sizeof(pin));
	assert_int_equal(list->C_Initialize(NULL), CKR_OK);
	assert_int_equal(list->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(
		list->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
	assert_int_equal(list->C_Login(session, CKU_USER, copy, sizeof(pin) - 1), CKR_OK);
	sign_with(list, session);
	if (in_the_middle)
		assert_int_equal(list->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	else
		assert_int_equal(list->C_Logout(session), CKR_OK);
	assert_int_equal(list->C_Finalize(NULL), CKR_OK);
	assert_int_equal(list->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void a_thousand_rounds_with_a_key_leave_nothing(void **state)
{
	void *module;
	CK_FUNCTION_LIST *list = load(&module);
	struct usage before;

	(void)state;
	for (int i = 0; i < 20; i++)
		key_round(list, i & 1);
	before = usage_now();
	for (int i = 0; i < 1000; i++)
		key_round(list, i & 1);
	nothing_grew(&before);
	assert_int_equal(dlclose(module), 0);
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

static char home[] = "/tmp/twca-load-XXXXXX";

static void path_of(char *path, size_t size, const char *rest)
{
	int len = snprintf(path, size, "%s/twca%s", home, rest);

	assert_true(len > 0 && (size_t)len < size);
}

/* A key under one round of everything: it is the rounds of this test that count. */
static int with_identity(void **state)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	PKCS12 *p12 = PKCS12_create(pin, "load", key, NULL, NULL, -1, NID_aes_256_cbc, 1, 1, 0);
	char path[128];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(home));
	path_of(path, sizeof(path), "");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(path, sizeof(path), "/A123456789");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(path, sizeof(path), "/A123456789/A123456789.pfx");
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(i2d_PKCS12_fp(file, p12), 1);
	assert_int_equal(fclose(file), 0);
	PKCS12_free(p12);
	EVP_PKEY_free(key);
	return setenv("XDG_DATA_HOME", home, 1);
}

static int without(void **state)
{
	static const char *const rest[] = { "/A123456789/A123456789.pfx", "/A123456789", "" };
	char path[128];

	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		path_of(path, sizeof(path), rest[i]);
		(void)remove(path);
	}
	(void)remove(home);
	return alone(state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_rounds_leave_nothing),
		cmocka_unit_test(a_thousand_loads_leave_nothing),
		cmocka_unit_test(finalise_under_callers_is_clean),
		cmocka_unit_test_setup_teardown(
			a_thousand_rounds_with_a_key_leave_nothing, with_identity, without),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s MODULE\n", argv[0]);
		return 2;
	}
	module_path = argv[1];
	return cmocka_run_group_tests(tests, alone, NULL);
}
