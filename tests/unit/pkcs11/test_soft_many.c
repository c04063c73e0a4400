/* SPDX-License-Identifier: Apache-2.0 */
/* A software token with thousands of keys: every one is found, and finding one costs as much as
 * among ten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "soft_world.h"

#define FEW 10
#define MANY 3000
#define FINDS 50
#define ROUNDS 20
#define RATIO_MAX 5 /* without an index it is some hundred */

static double cpu_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static CK_OBJECT_HANDLE find_one(CK_SESSION_HANDLE session, CK_ATTRIBUTE_TYPE type, unsigned number)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_BYTE id[4] = { 0, 0, (CK_BYTE)(number >> 8), (CK_BYTE)number };
	char label[32];
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ type, id, sizeof(id) } };
	CK_OBJECT_HANDLE found[2] = { 0 };
	CK_ULONG count = 0;

	if (type == CKA_LABEL) {
		template[1].ulValueLen = (CK_ULONG)snprintf(label, sizeof(label), "key %u", number);
		template[1].pValue = label;
	}
	assert_int_equal(world->C_FindObjectsInit(session, template, 2), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, found, 2, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, 1);
	return found[0];
}

/* The least of several: other work on the machine, and the look at the files once a second, only
 * add to it. */
static double cost_of(CK_SESSION_HANDLE session, CK_ATTRIBUTE_TYPE type, unsigned count)
{
	double least = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double begin = cpu_now();

		for (unsigned i = 0; i < FINDS; i++)
			(void)find_one(session, type, 1 + i * 97 % count);
		if (cpu_now() - begin < least)
			least = cpu_now() - begin;
	}
	return least / FINDS;
}

static CK_SLOT_ID slot_called(const char *name)
{
	CK_SLOT_ID ids[8];
	CK_ULONG count = 8;
	CK_TOKEN_INFO info;

	assert_int_equal(world->C_GetSlotList(CK_TRUE, ids, &count), CKR_OK);
	for (CK_ULONG i = 0; i < count; i++)
		if (world->C_GetTokenInfo(ids[i], &info) == CKR_OK &&
			memcmp(info.label, name, strlen(name)) == 0)
			return ids[i];
	fail_msg("no token %s", name);
	return 0;
}

static int many_setup(void **state)
{
	if (world_setup(state) != 0)
		return -1;
	world_make(*state, "few", FEW);
	world_make(*state, "many", MANY);
	world_again();
	return 0;
}

static CK_SESSION_HANDLE logged_in(const char *name)
{
	CK_SESSION_HANDLE session = world_open(slot_called(name), 0);

	CK_RV rv = world_login(session, CKU_USER, WORLD_PIN);

	assert_true(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN);
	return session;
}

static void among_many_is_as_quick_as_among_few(void **state)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_ID, CKA_LABEL };
	CK_SESSION_HANDLE few = logged_in("few");
	CK_SESSION_HANDLE many = logged_in("many");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		double little = cost_of(few, types[i], FEW);
		double much = cost_of(many, types[i], MANY);

		print_message("find by %s: %.1f us among %d keys, %.1f us among %d: ratio %.2f\n",
			i ? "label" : "id", little * 1e6, FEW, much * 1e6, MANY, much / little);
		assert_true(much < RATIO_MAX * little);
	}
}

static void every_one_is_found_and_signs(void **state)
{
	CK_SESSION_HANDLE session = logged_in("many");
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE found[64];
	CK_ULONG count = 0;
	unsigned sum = 0;

	(void)state;
	assert_int_equal(world->C_FindObjectsInit(session, template, 1), CKR_OK);
	do {
		assert_int_equal(world->C_FindObjects(session, found, 64, &count), CKR_OK);
		sum += (unsigned)count;
	} while (count);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(sum, MANY);
	for (unsigned number = 1; number <= MANY; number += 777)
		assert_int_equal(world_sign(session, find_one(session, CKA_ID, number)), CKR_OK);
}

static void one_that_goes_is_not_found_and_the_others_are(void **state)
{
	CK_SESSION_HANDLE session = logged_in("many");
	CK_OBJECT_HANDLE last = find_one(session, CKA_ID, MANY);
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_BYTE id[4] = { 0, 0, 0, 2 };
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id, sizeof(id) } };
	CK_OBJECT_HANDLE found = 0;
	CK_ULONG count = 0;

	assert_int_equal(unlink(world_path(*state, "many", "many-2.pfx")), 0);
	assert_int_equal(world->C_FindObjectsInit(session, template, 2), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, &found, 1, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(find_one(session, CKA_ID, MANY), last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(among_many_is_as_quick_as_among_few),
		cmocka_unit_test(every_one_is_found_and_signs),
		cmocka_unit_test(one_that_goes_is_not_found_and_the_others_are),
	};

	return cmocka_run_group_tests(tests, many_setup, world_teardown);
}
