/* SPDX-License-Identifier: Apache-2.0 */
/* Readers as a source of tokens: what is there, why nothing is there, and waiting for a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/token_card.h"
#include "pkcs11/vendor.h"

#include "door.h"

static struct token_source *source;
static struct token_place places[TOKEN_PLACES_MAX];

static int set_up(void **state)
{
	(void)state;
	setenv("TWCA_CARD_LAYOUT", "", 1);
	setenv("TWCA_CARD_CACHE", "no", 1);
	door_reset();
	source = token_card_source.open();
	assert_non_null(source);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	source->ops->close(source);
	assert_int_equal(door.contexts, 0);
	return 0;
}

static void every_reader_is_a_place(void **state)
{
	const char *trouble = "x";
	size_t count = 99;

	(void)state;
	door.reader_count = CARDOS_READERS_MAX;
	for (size_t i = 0; i < CARDOS_READERS_MAX; i++) {
		memset(door.readers[i].name, 'a' + (int)i, CARDOS_READER_NAME_MAX - 1);
		door.readers[i].event = (uint32_t)(0xFFFFFFFFu - i);
		door.readers[i].present = i % 2;
	}
	source->ops->scan(source, places, &count, &trouble);
	assert_null(trouble);
	assert_int_equal(count, CARDOS_READERS_MAX);
	assert_int_equal(strlen(places[15].name), CARDOS_READER_NAME_MAX - 1);
	assert_int_equal(places[15].name[0], 'p');
	assert_int_equal(places[1].event, 0xFFFFFFFEu);
	assert_true(places[1].present);
	assert_false(places[2].present);
}

static void trouble_is_told_where_the_person_can_help(void **state)
{
	static const struct {
		enum cardos_err err;
		const char *trouble;
	} rows[] = { { CARDOS_E_NO_SERVICE, TWCA_SLOT_NO_SERVICE },
		{ CARDOS_E_ACCESS_DENIED, TWCA_SLOT_ACCESS_DENIED }, { CARDOS_E_COMM, NULL },
		{ CARDOS_E_MEMORY, NULL } };

	(void)state;
	door.reader_count = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *trouble = "x";
		size_t count = 99;
		door.readers_err = rows[i].err;
		source->ops->scan(source, places, &count, &trouble);
		assert_int_equal(count, 0);
		if (rows[i].trouble)
			assert_string_equal(trouble, rows[i].trouble);
		else
			assert_null(trouble);
	}
}

static void waiting_ends_with_a_change_or_its_time(void **state)
{
	(void)state;
	door.reader_count = 2;
	assert_true(source->ops->wait(source, 1)); /* the first look: may have changed */
	assert_int_equal(door.waits, 0);
	door.wait_err = CARDOS_E_TIMEOUT;
	assert_false(source->ops->wait(source, 1));
	door.wait_err = CARDOS_E_CANCELLED;
	assert_false(source->ops->wait(source, 1));
	assert_int_equal(door.waits, 2);
	assert_int_equal(door.len, 2); /* at the readers that were seen */
	door.wait_err = CARDOS_OK;
	door.reader_count = 1;
	assert_true(source->ops->wait(source, 1));
	door.wait_err = CARDOS_E_TIMEOUT;
	assert_false(source->ops->wait(source, 1));
	assert_int_equal(door.len, 1);
}

/* A service that goes is a change, and one that comes; between them there is nothing to wait at. */
static void a_service_that_goes_and_comes_is_a_change(void **state)
{
	(void)state;
	assert_true(source->ops->wait(source, 1));
	door.wait_err = door.readers_err = CARDOS_E_NO_SERVICE;
	assert_true(source->ops->wait(source, 1));
	assert_false(source->ops->wait(source, 1));
	assert_false(source->ops->wait(source, 1));
	assert_int_equal(door.waits, 1);
	door.readers_err = CARDOS_OK;
	assert_true(source->ops->wait(source, 1));
}

static void a_place_is_connected_by_its_name(void **state)
{
	struct token *token = NULL;

	(void)state;
	assert_int_equal(token_card_source.connect("Reader 2", &token), CKR_OK);
	assert_string_equal(door.reader, "Reader 2");
	token->ops->close(token);
	door.context_err = CARDOS_E_MEMORY;
	assert_null(token_card_source.open());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_reader_is_a_place),
		TEST(trouble_is_told_where_the_person_can_help),
		TEST(waiting_ends_with_a_change_or_its_time),
		TEST(a_service_that_goes_and_comes_is_a_change),
		TEST(a_place_is_connected_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
