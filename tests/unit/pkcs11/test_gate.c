/* SPDX-License-Identifier: Apache-2.0 */
/* Initialise, finalise, fork, threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "p11.h"

static int mutexes;
static int locked;

static CK_RV mutex_create(void **mutex)
{
	*mutex = &mutexes;
	mutexes++;
	return CKR_OK;
}

static CK_RV mutex_destroy(void *mutex)
{
	(void)mutex;
	mutexes--;
	return CKR_OK;
}

static CK_RV mutex_lock(void *mutex)
{
	(void)mutex;
	locked++;
	return CKR_OK;
}

static CK_RV mutex_unlock(void *mutex)
{
	(void)mutex;
	locked--;
	return CKR_OK;
}

static int world(void **state)
{
	(void)state;
	fake_reset_world();
	fake_insert(0);
	return C_GetFunctionList(&p11) == CKR_OK ? 0 : -1;
}

static void initialise_takes_only_sound_arguments(void **state)
{
	CK_C_INITIALIZE_ARGS args = { .pReserved = &args };
	CK_INFO info;

	(void)state;
	assert_int_equal(p11->C_Initialize(&args), CKR_ARGUMENTS_BAD);
	args = (CK_C_INITIALIZE_ARGS){ .CreateMutex = mutex_create };
	assert_int_equal(p11->C_Initialize(&args), CKR_ARGUMENTS_BAD);
	args = (CK_C_INITIALIZE_ARGS){ .flags = CKF_OS_LOCKING_OK };
	assert_int_equal(p11->C_Initialize(&args), CKR_OK);
	assert_int_equal(p11->C_Initialize(&args), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	assert_int_equal(p11->C_GetInfo(&info), CKR_OK);
	assert_memory_equal(info.manufacturerID, "twca-pkcs11                     ", 32);
	assert_int_equal(p11->C_Finalize(&args), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void the_applications_mutexes_are_used(void **state)
{
	CK_C_INITIALIZE_ARGS args = { mutex_create, mutex_destroy, mutex_lock, mutex_unlock, 0,
		NULL };

	(void)state;
	assert_int_equal(p11->C_Initialize(&args), CKR_OK);
	assert_int_equal(p11_slots(CK_TRUE), 1);
	assert_true(mutexes >= 3);
	p11_user(0);
	assert_int_equal(locked, 0);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(mutexes, 0);
}

static void many_rounds_leave_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
		assert_int_equal(p11_slots(CK_TRUE), 1);
		p11_user(0);
		assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
		assert_int_equal(fake_open_cards(), 0);
		assert_false(fake_logged_in(0));
	}
}

/* What the child finds; its exit status tells. */
static int child(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info;
	CK_ULONG count;

	if (p11->C_GetSessionInfo(session, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 2;
	if (p11->C_Initialize(NULL) != CKR_OK)
		return 3;
	if (p11->C_GetSessionInfo(session, &info) != CKR_SESSION_HANDLE_INVALID)
		return 4;
	if (p11->C_GetSlotList(CK_TRUE, NULL, &count) != CKR_OK || count != 1)
		return 5;
	if (p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK)
		return 6;
	return p11->C_Finalize(NULL) == CKR_OK ? 0 : 7;
}

static int fork_and_wait(CK_SESSION_HANDLE session)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		alarm(20); /* a child that hangs is a failure too */
		_exit(child(session));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + status;
}

static void a_forked_child_starts_anew_and_the_parent_goes_on(void **state)
{
	CK_SESSION_HANDLE session;

	(void)state;
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_FALSE);
	session = p11_user(0);
	assert_int_equal(fork_and_wait(session), 0);
	assert_int_equal(p11_state(session), CKS_RW_USER_FUNCTIONS);
	assert_true(fake_logged_in(0));
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
}

struct signer {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_RV rv;
};

static void *sign(void *argument)
{
	struct signer *signer = argument;
	CK_MECHANISM mech = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE bytes[1] = { 0 };
	CK_BYTE signature[256];
	CK_ULONG len = sizeof(signature);

	signer->rv = p11->C_SignInit(signer->session, &mech, signer->key);
	if (signer->rv == CKR_OK)
		signer->rv = p11->C_Sign(signer->session, bytes, 1, signature, &len);
	return NULL;
}

static long ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void wait_ms(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

static void start_slow_signature(struct signer *signer, pthread_t *thread)
{
	signer->session = p11_user(0);
	signer->key = p11_object(signer->session, CKO_PRIVATE_KEY);
	fake_set_delay_ms(0, 1500);
	assert_int_equal(pthread_create(thread, NULL, sign, signer), 0);
	wait_ms(300);
}

static void a_busy_card_blocks_no_other_slot(void **state)
{
	struct signer signer = { 0 };
	struct timespec start;
	pthread_t thread;

	(void)state;
	fake_insert(1);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(p11_slots(CK_TRUE), 2);
	start_slow_signature(&signer, &thread);
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(p11_slots(CK_TRUE), 2);
	p11_object(p11_user(1), CKO_PRIVATE_KEY);
	assert_true(ms_since(&start) < 900);
	pthread_join(thread, NULL);
	assert_int_equal(signer.rv, CKR_OK);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
}

static void *wait_for_slot(void *argument)
{
	CK_TOKEN_INFO info;

	*(CK_RV *)argument = p11->C_GetTokenInfo(0, &info);
	return NULL;
}

static void finalise_waits_for_those_inside_and_turns_waiting_ones_away(void **state)
{
	struct signer signer = { 0 };
	CK_RV waiting = CKR_OK;
	pthread_t threads[2];

	(void)state;
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_TRUE);
	start_slow_signature(&signer, &threads[0]);
	assert_int_equal(pthread_create(&threads[1], NULL, wait_for_slot, &waiting), 0);
	wait_ms(200);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	assert_int_equal(fake_open_cards(), 0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert_int_equal(signer.rv, CKR_OK);
	assert_int_equal(waiting, CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void *hammer(void *argument)
{
	CK_SLOT_ID slot = *(CK_SLOT_ID *)argument;

	for (int i = 0; i < 40; i++) {
		struct signer signer = { .session = p11_open(slot, 0) };

		signer.key = p11_object(signer.session, CKO_PRIVATE_KEY);
		sign(&signer);
		assert_int_equal(signer.rv, CKR_OK);
		p11->C_CloseSession(signer.session);
	}
	return NULL;
}

static void threads_on_two_slots_do_not_disturb_each_other(void **state)
{
	CK_SLOT_ID ids[4] = { 0, 1, 0, 1 };
	pthread_t threads[4];

	(void)state;
	fake_insert(1);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	p11_slots(CK_TRUE);
	p11_user(0);
	p11_user(1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, &ids[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
}

#define TEST(name) cmocka_unit_test_setup(name, world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(initialise_takes_only_sound_arguments),
		TEST(the_applications_mutexes_are_used),
		TEST(many_rounds_leave_nothing),
		TEST(a_forked_child_starts_anew_and_the_parent_goes_on),
		TEST(a_busy_card_blocks_no_other_slot),
		TEST(finalise_waits_for_those_inside_and_turns_waiting_ones_away),
		TEST(threads_on_two_slots_do_not_disturb_each_other),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	fake_reset_world();
	return failed;
}
