/* SPDX-License-Identifier: Apache-2.0 */
/* The list of readers and waiting, with a stand-in for libpcsclite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cardos.h"
#include "fake_pcsc.h"

static struct cardos_context *context;

static int fresh(void **state)
{
	(void)state;
	fake_pcsc_reset();
	return cardos_context_new(&context) == CARDOS_OK ? 0 : -1;
}

static int done(void **state)
{
	(void)state;
	context = cardos_context_free(context);
	return fake_pcsc.contexts == 0 ? 0 : -1;
}

static void a_reader_and_its_card_are_listed(void **state)
{
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	(void)state;
	assert_int_equal(fake_pcsc.establishes, 0); /* not before it is needed */
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_int_equal(count, 1);
	assert_string_equal(readers[0].name, FAKE_READER);
	assert_true(readers[0].present);
	assert_false(readers[0].mute);
	assert_int_equal(readers[0].event, 3);
	assert_int_equal(readers[0].atr_len, 12);
	fake_pcsc.mute = true;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_true(readers[0].mute);
}

static void no_reader_is_no_error(void **state)
{
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 5;
	(void)state;
	fake_pcsc.no_reader = true;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_int_equal(count, 0);
}

static void a_restarted_service_is_found_again(void **state)
{
	static const LONG codes[] = { SCARD_E_NO_SERVICE, SCARD_E_INVALID_HANDLE,
		SCARD_E_SERVICE_STOPPED };
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	(void)state;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		int before = fake_pcsc.establishes;
		fake_pcsc.list = codes[i];
		assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
		assert_int_equal(fake_pcsc.establishes, before + 1);
		assert_int_equal(fake_pcsc.contexts, 1);
	}
	int before = fake_pcsc.establishes;
	fake_pcsc.context_valid = false;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_int_equal(fake_pcsc.establishes, before + 1);
}

static void a_stopped_service_is_named(void **state)
{
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	(void)state;
	fake_pcsc.establish = SCARD_E_NO_SERVICE;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_E_NO_SERVICE);
	fake_pcsc.establish = SCARD_W_SECURITY_VIOLATION;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_E_ACCESS_DENIED);
	fake_pcsc.establish = SCARD_S_SUCCESS;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_int_equal(count, 1);
}

static void a_wait_ends_by_change_time_or_cancel(void **state)
{
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	(void)state;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_int_equal(cardos_wait(context, readers, count, 1), CARDOS_E_TIMEOUT);
	fake_pcsc.event++;
	assert_int_equal(cardos_wait(context, readers, count, -1), CARDOS_OK);
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	cardos_cancel(context);
	assert_int_equal(fake_pcsc.cancels, 1);
	assert_int_equal(cardos_wait(context, readers, count, -1), CARDOS_E_CANCELLED);
	assert_int_equal(cardos_wait(context, readers, count, 1), CARDOS_E_TIMEOUT); /* once */
	fake_pcsc.no_reader = true;
	assert_int_equal(cardos_wait(context, readers, count, -1), CARDOS_OK);
}

static void a_reader_that_goes_between_two_calls_is_no_error(void **state)
{
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	(void)state;
	fake_pcsc.status_change = SCARD_E_UNKNOWN_READER;
	assert_int_equal(cardos_readers(context, readers, &count), CARDOS_OK);
	assert_int_equal(count, 1);
	assert_false(readers[0].present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reader_and_its_card_are_listed, fresh, done),
		cmocka_unit_test_setup_teardown(no_reader_is_no_error, fresh, done),
		cmocka_unit_test_setup_teardown(a_restarted_service_is_found_again, fresh, done),
		cmocka_unit_test_setup_teardown(a_stopped_service_is_named, fresh, done),
		cmocka_unit_test_setup_teardown(a_wait_ends_by_change_time_or_cancel, fresh, done),
		cmocka_unit_test_setup_teardown(
			a_reader_that_goes_between_two_calls_is_no_error, fresh, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
