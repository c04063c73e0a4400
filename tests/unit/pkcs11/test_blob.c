/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of blob.c: setting, growing, comparing, and what stays when it fails. */
#include "pkcs11/blob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/scope.h"

static void nothing_stored_is_null(void **state)
{
	struct blob blob = { 0 };

	(void)state;
	assert_false(blob_equal(&blob, "", 0));
	blob_clear(&blob);
	assert_null(blob.bytes);
	assert_true(blob_set(&blob, NULL, 0));
	assert_non_null(blob.bytes);
	assert_true(blob_equal(&blob, NULL, 0));
	blob_clear(&blob);
	assert_null(blob.bytes);
	assert_int_equal(blob.cap, 0);
}

static void set_replaces_and_copies(void **state)
{
	char text[] = "one";
	struct blob blob = { 0 };

	(void)state;
	assert_true(blob_set(&blob, text, 3));
	text[0] = 'X';
	assert_true(blob_equal(&blob, "one", 3));
	assert_false(blob_equal(&blob, "one", 2));
	assert_false(blob_equal(&blob, "onf", 3));
	assert_false(blob_equal(&blob, "one!", 4));
	assert_true(blob_set(&blob, "x", 1));
	assert_true(blob_equal(&blob, "x", 1));
	blob_clear(&blob);
}

/* Byte by byte over several growths; the whole is what was added, in order. */
static void adding_keeps_what_was_there(void **state)
{
	struct blob blob = { 0 };

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		uint8_t byte = (uint8_t)(i * 7);

		assert_true(blob_add(&blob, &byte, 1));
		assert_int_equal(blob.len, i + 1);
		assert_true(blob.cap >= blob.len);
	}
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(blob.bytes[i], (uint8_t)(i * 7));
	assert_true(blob_add(&blob, NULL, 0));
	assert_int_equal(blob.len, 5000);
	blob_clear(&blob);
}

static void adding_nothing_to_nothing_is_stored(void **state)
{
	struct blob blob = { 0 };

	(void)state;
	assert_true(blob_add(&blob, NULL, 0));
	assert_true(blob_equal(&blob, NULL, 0));
	blob_clear(&blob);
}

/* Growth by halves: ten thousand single bytes must not be ten thousand copies of the whole. */
static void growth_is_not_byte_by_byte(void **state)
{
	struct blob blob = { 0 };
	unsigned moves = 0;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		size_t cap = blob.cap;

		assert_true(blob_add(&blob, "b", 1));
		moves += blob.cap != cap;
	}
	assert_in_range(moves, 2, 40);
	blob_clear(&blob);
}

static void a_length_beyond_memory_changes_nothing(void **state)
{
	struct blob blob = { 0 };
	const uint8_t *place;

	(void)state;
	assert_true(blob_set(&blob, "kept", 4));
	place = blob.bytes;
	assert_false(blob_add(&blob, "x", SIZE_MAX));
	assert_false(blob_add(&blob, "x", SIZE_MAX - 3));
	assert_ptr_equal(blob.bytes, place);
	assert_true(blob_equal(&blob, "kept", 4));
	blob_clear(&blob);
}

static void a_cleanup_pointer_is_null_afterwards(void **state)
{
	char *text = strdup("text");

	(void)state;
	free_p(&text);
	assert_null(text);
	free_p(&text);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_stored_is_null),
		cmocka_unit_test(set_replaces_and_copies),
		cmocka_unit_test(adding_keeps_what_was_there),
		cmocka_unit_test(adding_nothing_to_nothing_is_stored),
		cmocka_unit_test(growth_is_not_byte_by_byte),
		cmocka_unit_test(a_length_beyond_memory_changes_nothing),
		cmocka_unit_test(a_cleanup_pointer_is_null_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
