/* SPDX-License-Identifier: Apache-2.0 */
/* Threads on one software token: they compute at the same time, and nothing that another thread
 * does meanwhile takes the ground from under a computation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "soft_door.h"
#include "soft_world.h"

static int setup(void **state)
{
	soft_door(SIGNING, 0, false);
	return world_setup(state);
}

/* ---- who signs ---- */

struct signer {
	pthread_t thread;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	unsigned times;
	unsigned good;
	CK_RV rv;
};

static void *sign(void *arg)
{
	struct signer *signer = arg;

	for (unsigned i = 0; i < signer->times; i++) {
		signer->rv = world_sign(signer->session, signer->key);
		signer->good += signer->rv == CKR_OK;
	}
	return NULL;
}

static void begin(struct signer *signer, unsigned times)
{
	if (!signer->session)
		signer->session = world_open(0, 0);
	if (!signer->key)
		signer->key = world_find(signer->session, CKO_PRIVATE_KEY);
	signer->times = times;
	assert_int_equal(pthread_create(&signer->thread, NULL, sign, signer), 0);
}

static void end(struct signer *signer)
{
	pthread_join(signer->thread, NULL);
}

static void log_in(void)
{
	assert_int_equal(world_login(world_open(0, 0), CKU_USER, WORLD_PIN), CKR_OK);
}

static void threads_compute_at_the_same_time(void **state)
{
	struct signer signers[3] = { 0 };

	(void)state;
	log_in();
	soft_door(SIGNING, 3, false);
	for (int i = 0; i < 3; i++)
		begin(&signers[i], 1);
	for (int i = 0; i < 3; i++) {
		end(&signers[i]);
		assert_int_equal(signers[i].rv, CKR_OK);
	}
	assert_int_equal(soft_door_most(), 3);
}

/* Everything that does not need the session itself goes on beside a long computation. */
static void a_long_computation_holds_nobody_up(void **state)
{
	struct signer signer = { 0 };
	CK_SESSION_HANDLE other = world_open(0, CKF_RW_SESSION);
	CK_SESSION_INFO info;
	CK_TOKEN_INFO token;
	CK_UTF8CHAR old[] = WORLD_PIN;
	CK_UTF8CHAR new[] = "soft-5678";

	(void)state;
	log_in();
	soft_door(SIGNING, 0, true);
	begin(&signer, 1);
	soft_door_inside();
	assert_int_equal(world->C_GetTokenInfo(0, &token), CKR_OK);
	assert_int_equal(world->C_GetSessionInfo(other, &info), CKR_OK);
	assert_int_not_equal(world_find(other, CKO_PUBLIC_KEY), 0);
	assert_int_equal(
		world->C_SetPIN(other, old, sizeof(old) - 1, new, sizeof(new) - 1), CKR_OK);
	soft_door(SIGNING, 0, false);
	end(&signer);
	assert_int_equal(signer.rv, CKR_OK);
}

static void a_session_closed_meanwhile_says_so(void **state)
{
	struct signer signer = { 0 };
	CK_SESSION_INFO info;

	(void)state;
	log_in();
	soft_door(SIGNING, 0, true);
	begin(&signer, 1);
	soft_door_inside();
	assert_int_equal(world->C_CloseAllSessions(0), CKR_OK);
	assert_int_equal(
		world->C_GetSessionInfo(signer.session, &info), CKR_SESSION_HANDLE_INVALID);
	soft_door(SIGNING, 0, false);
	end(&signer);
	assert_int_equal(signer.rv, CKR_SESSION_CLOSED);
	log_in();
	signer = (struct signer){ 0 };
	begin(&signer, 1);
	end(&signer);
	assert_int_equal(signer.rv, CKR_OK);
}

static void a_token_gone_meanwhile_leaves_the_computation_its_key(void **state)
{
	const struct soft_tmp *tmp = *state;
	struct signer signer = { 0 };
	CK_TOKEN_INFO token;

	log_in();
	soft_door(SIGNING, 0, true);
	begin(&signer, 1);
	soft_door_inside();
	assert_int_equal(renameat(tmp->fd, "twca/" WORLD_NAME, tmp->fd, "aside"), 0);
	assert_int_equal(world->C_GetTokenInfo(0, &token), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(renameat(tmp->fd, "aside", tmp->fd, "twca/" WORLD_NAME), 0);
	assert_int_equal(world->C_GetTokenInfo(0, &token), CKR_OK);
	soft_door(SIGNING, 0, false);
	end(&signer);
	assert_int_equal(signer.rv, CKR_SESSION_CLOSED);
}

static void *finalize(void *arg)
{
	*(CK_RV *)arg = world->C_Finalize(NULL);
	return NULL;
}

/* C_Finalize() waits for who is inside; new calls are refused at once. */
static void finalize_waits_for_the_computation(void **state)
{
	struct signer signer = { 0 };
	pthread_t thread;
	CK_RV ended = CKR_GENERAL_ERROR;
	CK_ULONG count = 0;

	(void)state;
	log_in();
	soft_door(SIGNING, 0, true);
	begin(&signer, 1);
	soft_door_inside();
	assert_int_equal(pthread_create(&thread, NULL, finalize, &ended), 0);
	while (world->C_GetSlotList(CK_FALSE, NULL, &count) != CKR_CRYPTOKI_NOT_INITIALIZED)
		continue;
	soft_door(SIGNING, 0, false);
	end(&signer);
	pthread_join(thread, NULL);
	assert_int_equal(signer.rv, CKR_OK);
	assert_int_equal(ended, CKR_OK);
}

/* In the child: the parent's module is not its own, a fresh one is. No assertions here. */
static int child_of_fork(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info;

	if (world->C_GetSessionInfo(session, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (world->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 2;
	soft_door_open(); /* its own copy of the door; the thread in it stayed behind */
	if (world->C_Initialize(NULL) != CKR_OK)
		return 3;
	if (world->C_GetSessionInfo(session, &info) != CKR_SESSION_HANDLE_INVALID)
		return 4;
	session = world_open(0, 0);
	if (world_login(session, CKU_USER, WORLD_PIN) != CKR_OK)
		return 5;
	if (world_sign(session, world_find(session, CKO_PRIVATE_KEY)) != CKR_OK)
		return 6;
	return world->C_Finalize(NULL) == CKR_OK ? 0 : 7;
}

static void a_forked_child_starts_anew_while_its_parent_computes(void **state)
{
	struct signer signer = { 0 };
	CK_SESSION_HANDLE session = world_open(0, 0);
	CK_SESSION_INFO info;
	int status = -1;
	pid_t child;

	(void)state;
	log_in();
	soft_door(SIGNING, 0, true);
	begin(&signer, 1);
	soft_door_inside();
	child = fork();
	if (child == 0) {
		alarm(SOFT_DOOR_PATIENCE_S);
		_exit(child_of_fork(session));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	soft_door(SIGNING, 0, false);
	end(&signer);
	assert_int_equal(signer.rv, CKR_OK);
	assert_int_equal(world->C_GetSessionInfo(session, &info), CKR_OK);
}

static pthread_barrier_t step;

static void *sign_and_stay(void *arg)
{
	struct signer *signer = arg;

	signer->rv = world_sign(signer->session, signer->key);
	pthread_barrier_wait(&step);
	pthread_barrier_wait(&step);
	return NULL;
}

/* OpenSSL looks after a thread's random numbers when the thread ends. */
static void a_thread_may_outlive_the_module(void **state)
{
	struct signer signer = { 0 };

	(void)state;
	log_in();
	signer.session = world_open(0, 0);
	signer.key = world_find(signer.session, CKO_PRIVATE_KEY);
	assert_int_equal(pthread_barrier_init(&step, NULL, 2), 0);
	assert_int_equal(pthread_create(&signer.thread, NULL, sign_and_stay, &signer), 0);
	pthread_barrier_wait(&step);
	assert_int_equal(signer.rv, CKR_OK);
	assert_int_equal(world->C_Finalize(NULL), CKR_OK);
	pthread_barrier_wait(&step);
	end(&signer);
	pthread_barrier_destroy(&step);
}

/* One session for several threads is the application's fault, but no harm comes of it. */
static void threads_in_one_session_take_turns(void **state)
{
	struct signer signers[4] = { 0 };
	CK_SESSION_HANDLE session = world_open(0, 0);
	CK_OBJECT_HANDLE key;
	unsigned good = 0;

	(void)state;
	log_in();
	key = world_find(session, CKO_PRIVATE_KEY);
	for (int i = 0; i < 4; i++) {
		signers[i].session = session;
		signers[i].key = key;
		begin(&signers[i], 50);
	}
	for (int i = 0; i < 4; i++) {
		end(&signers[i]);
		good += signers[i].good;
	}
	assert_true(good > 0);
	assert_true(soft_door_most() <= 1);
}

/* Sessions come and go, logins end, the list is read: all while others sign. */
static void *disturb(void *arg)
{
	atomic_bool *go_on = arg;

	while (atomic_load(go_on)) {
		CK_SESSION_HANDLE session = world_open(0, 0);
		CK_ULONG count = 0;

		(void)world_find(session, CKO_PRIVATE_KEY);
		(void)world->C_GetSlotList(CK_TRUE, NULL, &count);
		assert_int_equal(world->C_CloseSession(session), CKR_OK);
	}
	return NULL;
}

static void many_threads_sign_many_times(void **state)
{
	struct signer signers[4] = { 0 };
	pthread_t thread;
	atomic_bool go_on = true;

	(void)state;
	log_in();
	assert_int_equal(pthread_create(&thread, NULL, disturb, &go_on), 0);
	for (int i = 0; i < 4; i++)
		begin(&signers[i], 300);
	for (int i = 0; i < 4; i++) {
		end(&signers[i]);
		assert_int_equal(signers[i].good, 300);
	}
	atomic_store(&go_on, false);
	pthread_join(thread, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(threads_compute_at_the_same_time),
		TEST(a_long_computation_holds_nobody_up),
		TEST(a_session_closed_meanwhile_says_so),
		TEST(a_token_gone_meanwhile_leaves_the_computation_its_key),
		TEST(finalize_waits_for_the_computation),
		TEST(a_thread_may_outlive_the_module),
		TEST(a_forked_child_starts_anew_while_its_parent_computes),
		TEST(threads_in_one_session_take_turns),
		TEST(many_threads_sign_many_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
