/* SPDX-License-Identifier: Apache-2.0 */
/* Objects found by handle, number, id and label: all of them, none twice, also without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/object.h"
#include "pkcs11/object_index.h"
#include "pkcs11/slot.h"

#define MANY 300

static struct slot slot;
static struct object objects[MANY];

static int set_up(void **state)
{
	(void)state;
	memset(&slot, 0, sizeof(slot));
	memset(objects, 0, sizeof(objects));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	object_index_clear(&slot);
	assert_int_equal(slot.index.count, 0);
	return 0;
}

/* Handle and number differ; three share an id; the label is that of all. */
static void add(size_t i)
{
	struct object *object = &objects[i];

	object->handle = 64 * (i + 1);
	object->meta.number = (uint32_t)(1000 + i);
	object->meta.id[0] = (uint8_t)(i / 3);
	object->meta.id[1] = (uint8_t)(i / 3 >> 8);
	object->meta.id_len = 2;
	strcpy(object->meta.label, "same");
	object->next = slot.objects;
	slot.objects = object;
	object_index_add(&slot, object);
}

static size_t count(enum object_key key, uint64_t hash)
{
	size_t found = 0;

	for (struct object *o = object_index_first(&slot, key, hash); o;
		o = object_index_next(o, key))
		found++;
	return found;
}

static void all_are_found_by_each_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		add(i);
	assert_int_equal(slot.index.count, MANY);
	assert_true(slot.index.size >= MANY / 2 && slot.index.size < 4 * MANY);
	for (size_t i = 0; i < MANY; i++) {
		assert_ptr_equal(object_index_first(&slot, OBJECT_BY_HANDLE,
					 object_hash_number(objects[i].handle)),
			&objects[i]);
		assert_int_equal(
			count(OBJECT_BY_NUMBER, object_hash_number(objects[i].meta.number)), 1);
		assert_int_equal(count(OBJECT_BY_ID, object_hash_bytes(objects[i].meta.id, 2)), 3);
	}
	assert_int_equal(count(OBJECT_BY_LABEL, object_hash_bytes("same", 4)), MANY);
	assert_int_equal(count(OBJECT_BY_HANDLE, object_hash_number(1)), 0);
}

static void what_is_removed_is_not_found_and_the_others_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		add(i);
	for (size_t i = 0; i < MANY; i += 2)
		object_index_remove(&slot, &objects[i]);
	object_index_remove(&slot, &objects[0]); /* not there: nothing happens */
	assert_int_equal(slot.index.count, MANY / 2);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(
			count(OBJECT_BY_HANDLE, object_hash_number(objects[i].handle)), i % 2);
	/* changed between remove and add */
	object_index_remove(&slot, &objects[1]);
	strcpy(objects[1].meta.label, "other");
	object_index_add(&slot, &objects[1]);
	assert_ptr_equal(object_index_first(&slot, OBJECT_BY_LABEL, object_hash_bytes("other", 5)),
		&objects[1]);
}

/* Session objects change as they like: by id and label all of them are found under one hash. */
static void session_objects_are_found_together(void **state)
{
	(void)state;
	objects[0].owner = objects[1].owner = 77;
	add(0);
	add(1);
	add(2);
	assert_int_equal(count(OBJECT_BY_ID, OBJECT_SESSION_HASH), 2);
	assert_int_equal(count(OBJECT_BY_LABEL, OBJECT_SESSION_HASH), 2);
	assert_int_equal(count(OBJECT_BY_LABEL, object_hash_bytes("same", 4)), 1);
	strcpy(objects[0].meta.label, "changed without a word");
	object_index_remove(&slot, &objects[0]);
	assert_int_equal(count(OBJECT_BY_LABEL, OBJECT_SESSION_HASH), 1);
}

/* The table never came: one chain for each key serves. */
static void without_memory_the_chains_get_longer(void **state)
{
	(void)state;
	slot.index.size = 0;
	slot.index.count = 0;
	for (size_t i = 0; i < 3; i++) {
		objects[i].handle = i + 1;
		objects[i].indexed = true;
		for (int key = 0; key < OBJECT_KEYS; key++) {
			objects[i].hash[key] = i + 1;
			objects[i].chain[key] = slot.index.few[key];
			slot.index.few[key] = &objects[i];
		}
		slot.index.count++;
	}
	assert_ptr_equal(object_index_first(&slot, OBJECT_BY_ID, 2), &objects[1]);
	object_index_remove(&slot, &objects[1]);
	assert_null(object_index_first(&slot, OBJECT_BY_ID, 2));
	assert_ptr_equal(object_index_first(&slot, OBJECT_BY_ID, 1), &objects[0]);
	object_index_remove(&slot, &objects[0]);
	object_index_remove(&slot, &objects[2]);
}

static void equal_bytes_have_equal_hashes_and_few_others(void **state)
{
	uint64_t seen[256];

	(void)state;
	assert_true(object_hash_bytes("ab", 2) == object_hash_bytes("abc", 2));
	assert_true(object_hash_bytes("", 0) == object_hash_bytes(NULL, 0));
	for (unsigned i = 0; i < 256; i++) {
		seen[i] = object_hash_number(i) & 1023; /* what a chain is chosen by */
		unsigned same = 0;
		for (unsigned j = 0; j < i; j++)
			same += seen[j] == seen[i];
		assert_true(same < 4);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(all_are_found_by_each_key),
		TEST(what_is_removed_is_not_found_and_the_others_are),
		TEST(session_objects_are_found_together),
		TEST(without_memory_the_chains_get_longer),
		TEST(equal_bytes_have_equal_hashes_and_few_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
