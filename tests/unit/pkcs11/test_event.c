/* SPDX-License-Identifier: Apache-2.0 */
/* C_WaitForSlotEvent() over two scripted readers: no event lost, doubled or made up, and nobody
 * held up by who waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "pkcs11/ck.h"
#include "pkcs11/token.h"

#define READERS 2
#define EVENTS 1000
#define PATIENCE_S 60

static CK_FUNCTION_LIST *p11;

/* ---- the readers ---- */

static pthread_mutex_t world = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t world_moved = PTHREAD_COND_INITIALIZER;
static struct token_place readers[READERS];
static size_t reader_count;
static uint64_t moves;

struct scripted {
	struct token_source source;
	uint64_t seen;
};

static struct token_source *scripted_open(void);

static void scripted_close(struct token_source *source)
{
	free(source);
}

static void scripted_scan(struct token_source *source, struct token_place *places,
	size_t *ret_count, const char **ret_trouble)
{
	(void)source;
	pthread_mutex_lock(&world);
	memcpy(places, readers, reader_count * sizeof(readers[0]));
	*ret_count = reader_count;
	*ret_trouble = NULL;
	pthread_mutex_unlock(&world);
}

static struct timespec in_ms(int ms)
{
	struct timespec when;

	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_nsec += ms % 1000 * 1000000L;
	when.tv_sec += ms / 1000 + when.tv_nsec / 1000000000L;
	when.tv_nsec %= 1000000000L;
	return when;
}

static bool scripted_wait(struct token_source *base, int ms)
{
	struct scripted *source = (struct scripted *)(void *)base;
	struct timespec until = in_ms(ms);
	bool changed;
	int error = 0;

	pthread_mutex_lock(&world);
	while (source->seen == moves && error == 0)
		error = pthread_cond_timedwait(&world_moved, &world, &until);
	changed = source->seen != moves;
	source->seen = moves;
	pthread_mutex_unlock(&world);
	return changed;
}

static CK_RV scripted_connect(const char *place, struct token **ret_token)
{
	(void)place;
	(void)ret_token;
	return CKR_TOKEN_NOT_RECOGNIZED;
}

static const struct token_source_ops scripted_source = {
	.open = scripted_open,
	.close = scripted_close,
	.scan = scripted_scan,
	.wait = scripted_wait,
	.connect = scripted_connect,
};

const struct token_source_ops *const token_sources[] = { &scripted_source, NULL };

static struct token_source *scripted_open(void)
{
	struct scripted *source = calloc(1, sizeof(*source));

	assert_non_null(source);
	source->source.ops = &scripted_source;
	source->seen = UINT64_MAX;
	return &source->source;
}

/* The card's coming or going, as many times in one moment; an odd number changes what is there. */
static void move(size_t reader, unsigned times)
{
	pthread_mutex_lock(&world);
	readers[reader].event += times;
	readers[reader].present ^= times & 1;
	moves++;
	pthread_cond_broadcast(&world_moved);
	pthread_mutex_unlock(&world);
}

static int setup(void **state)
{
	(void)state;
	memset(readers, 0, sizeof(readers));
	for (size_t i = 0; i < READERS; i++)
		snprintf(readers[i].name, sizeof(readers[i].name), "Reader %zu", i);
	reader_count = READERS;
	moves = 0;
	if (C_GetFunctionList(&p11) != CKR_OK)
		return -1;
	return p11->C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	p11->C_Finalize(NULL);
	return 0;
}

static void assert_event(CK_SLOT_ID expected)
{
	CK_SLOT_ID id = 99;

	assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
	assert_int_equal(id, expected);
}

static void assert_no_event(void)
{
	CK_SLOT_ID id = 99;

	assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
	assert_int_equal(id, 99);
}

/* ---- one thread ---- */

static void bad_arguments_and_states_are_refused(void **state)
{
	CK_SLOT_ID id = 99;

	(void)state;
	assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, &id), CKR_ARGUMENTS_BAD);
	p11->C_Finalize(NULL);
	assert_int_equal(
		p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(p11->C_WaitForSlotEvent(0, &id, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void what_is_there_at_first_is_no_event(void **state)
{
	(void)state;
	assert_no_event();
	p11->C_Finalize(NULL);
	move(1, 1);
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_no_event();
}

static void each_change_is_told_once(void **state)
{
	(void)state;
	move(0, 1);
	assert_event(0);
	assert_no_event();
	move(0, 1);
	assert_event(0);
	assert_no_event();
}

static void a_swap_between_two_looks_is_one_event(void **state)
{
	(void)state;
	move(1, 1);
	assert_event(1);
	move(1, 2);
	assert_event(1);
	assert_no_event();
	move(0, 2); /* in and out again */
	assert_event(0);
	assert_no_event();
}

static void other_calls_do_not_eat_events(void **state)
{
	CK_SLOT_INFO info;
	CK_ULONG count = 0;

	(void)state;
	move(1, 1);
	assert_int_equal(p11->C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(p11->C_GetSlotInfo(1, &info), CKR_OK);
	assert_event(1);
	assert_no_event();
}

static void a_busy_slot_does_not_hide_the_other(void **state)
{
	CK_SLOT_ID id;
	bool other = false;

	(void)state;
	move(0, 1);
	move(1, 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
		other |= id == 1;
		move(0, 1);
	}
	assert_true(other);
}

static void a_new_reader_is_an_event_and_listed_when_asked_for(void **state)
{
	CK_SLOT_ID ids[READERS];
	CK_ULONG count = READERS;
	CK_SLOT_INFO info;

	(void)state;
	p11->C_Finalize(NULL);
	reader_count = 1;
	assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
	assert_int_equal(count, 1);
	reader_count = 2;
	assert_event(1);
	assert_no_event();
	assert_int_equal(p11->C_GetSlotInfo(1, &info), CKR_OK);
	count = READERS;
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, ids, &count), CKR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(p11->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
	assert_int_equal(count, 2);
}

static void a_reader_that_goes_takes_its_card_along(void **state)
{
	(void)state;
	move(1, 1);
	assert_event(1);
	reader_count = 1;
	assert_event(1);
	assert_no_event();
	reader_count = 2;
	assert_event(1);
	assert_no_event();
}

static void a_change_under_way_is_told_at_its_end(void **state)
{
	(void)state;
	move(0, 1);
	assert_event(0);
	readers[0].unsettled = true;
	move(0, 2);
	assert_no_event();
	readers[0].unsettled = false;
	move(0, 2);
	assert_event(0);
	assert_no_event();
}

/* ---- threads ---- */

struct waiter {
	pthread_t thread;
	atomic_ulong told[READERS];
	atomic_ulong junk;
	CK_RV end;
};

/* Told events are counted until a wait fails, which its code says why. */
static void *wait_on(void *arg)
{
	struct waiter *waiter = arg;
	CK_SLOT_ID id = 99;

	while ((waiter->end = p11->C_WaitForSlotEvent(0, &id, NULL)) == CKR_OK) {
		if (id < READERS)
			atomic_fetch_add(&waiter->told[id], 1);
		else
			atomic_fetch_add(&waiter->junk, 1);
		id = 99;
	}
	return NULL;
}

static void pause_ms(int ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&pause, NULL);
}

static unsigned long told(const struct waiter *waiters, size_t count, size_t reader)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += atomic_load(&waiters[i].told[reader]);
	return sum;
}

static void assert_told(
	const struct waiter *waiters, size_t count, size_t reader, unsigned long expected)
{
	for (int i = 0; told(waiters, count, reader) < expected && i < PATIENCE_S * 10000; i++) {
		const struct timespec pause = { 0, 100000 };

		nanosleep(&pause, NULL);
	}
	assert_int_equal(told(waiters, count, reader), expected);
}

static void begin(struct waiter *waiters, size_t count)
{
	memset(waiters, 0, count * sizeof(*waiters));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_on, &waiters[i]), 0);
}

static void end(struct waiter *waiters, size_t count)
{
	assert_int_equal(p11->C_Finalize(NULL), CKR_OK);
	for (size_t i = 0; i < count; i++) {
		pthread_join(waiters[i].thread, NULL);
		assert_int_equal(waiters[i].end, CKR_CRYPTOKI_NOT_INITIALIZED);
		assert_int_equal(atomic_load(&waiters[i].junk), 0);
	}
}

/* Insertions, removals and fast swaps, each told before the next is made. */
static void none_of_a_thousand_is_lost_or_doubled(void **state)
{
	static const unsigned times[] = { 1, 2, 1, 4, 1, 1, 2 };
	struct waiter waiter;
	unsigned long expected[READERS] = { 0 };

	(void)state;
	begin(&waiter, 1);
	for (size_t i = 0; i < EVENTS; i++) {
		size_t reader = i * 7 / 3 % READERS;

		move(reader, times[i % (sizeof(times) / sizeof(times[0]))]);
		assert_told(&waiter, 1, reader, ++expected[reader]);
	}
	assert_no_event();
	end(&waiter, 1);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(told(&waiter, 1, i), expected[i]);
}

static void each_goes_to_one_of_several_who_wait(void **state)
{
	struct waiter waiters[3];
	unsigned long expected[READERS] = { 0 };

	(void)state;
	begin(waiters, 3);
	for (size_t i = 0; i < 200; i++) {
		move(i % READERS, 1);
		assert_told(waiters, 3, i % READERS, ++expected[i % READERS]);
	}
	end(waiters, 3);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(told(waiters, 3, i), expected[i]);
}

/* Nobody waits for the telling: changes may fall together, but the last one is told, and never more
 * than there were. */
static void a_storm_ends_in_what_is_there(void **state)
{
	struct waiter waiter;
	unsigned long before;

	(void)state;
	begin(&waiter, 1);
	for (size_t i = 0; i < EVENTS; i++)
		move(0, 1 + i % 2);
	/* a mark: when it was told, all before it was */
	before = told(&waiter, 1, 1);
	move(1, 1);
	assert_told(&waiter, 1, 1, before + 1);
	assert_true(told(&waiter, 1, 0) >= 1 && told(&waiter, 1, 0) <= EVENTS);
	for (int i = 0; i < 3; i++)
		assert_no_event();
	end(&waiter, 1);
}

static void who_waits_holds_nobody_up(void **state)
{
	struct waiter waiter;
	CK_SLOT_INFO info;
	CK_ULONG count = 0;

	(void)state;
	begin(&waiter, 1);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(p11->C_GetSlotInfo(0, &info), CKR_OK);
		assert_int_equal(p11->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
	}
	assert_int_equal(told(&waiter, 1, 0), 0);
	end(&waiter, 1);
}

static void finalize_ends_every_wait(void **state)
{
	struct waiter waiters[4];

	(void)state;
	for (int i = 0; i < 10; i++) {
		begin(waiters, 4);
		pause_ms(i); /* before, in and after the first look */
		end(waiters, 4);
		assert_int_equal(p11->C_Initialize(NULL), CKR_OK);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bad_arguments_and_states_are_refused),
		TEST(what_is_there_at_first_is_no_event),
		TEST(each_change_is_told_once),
		TEST(a_swap_between_two_looks_is_one_event),
		TEST(other_calls_do_not_eat_events),
		TEST(a_busy_slot_does_not_hide_the_other),
		TEST(a_new_reader_is_an_event_and_listed_when_asked_for),
		TEST(a_reader_that_goes_takes_its_card_along),
		TEST(a_change_under_way_is_told_at_its_end),
		TEST(none_of_a_thousand_is_lost_or_doubled),
		TEST(each_goes_to_one_of_several_who_wait),
		TEST(a_storm_ends_in_what_is_there),
		TEST(who_waits_holds_nobody_up),
		TEST(finalize_ends_every_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
