/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of one identity's keys: each key has one of its own, and its certificate the same. */
#include "soft_store.h"

#include <stdlib.h>

#include "crypto.h"
#include "scope.h"
#include "soft_unit.h"

#define FILES 4

/* A store in memory: files in the order of their names, what a test puts into them. */
struct shelf {
	struct soft_store store;
	struct soft_file files[FILES];
};

static void shelf_clear(struct shelf *shelf)
{
	for (size_t i = 0; i < FILES; i++)
		soft_pfx_clear(&shelf->files[i].pfx);
}

static void name_all(struct shelf *shelf)
{
	shelf->store.crypto = unit_crypto;
	shelf->store.files = shelf->files;
	shelf->store.count = FILES;
	shelf->store.ref_count = 0;
	for (size_t i = 0; i < FILES; i++)
		shelf->store.ref_count += 2 * shelf->files[i].pfx.count;
	assert_int_equal(soft_store_name(&shelf->store), CKR_OK);
}

static bool by_key(const struct soft_item *item, const struct soft_item *key)
{
	uint8_t digest[64];
	size_t len = 0;

	assert_true(crypto_digest(unit_crypto, "SHA1", &key->value, digest, &len));
	return item->has_own_id && memcmp(item->own_id, digest, SOFT_OWN_ID_LEN) == 0;
}

#define ITEM(file, item) (&shelf.files[file].pfx.items[item])

static void ids_that_differ_stay(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	unit_add_key(&shelf.files[0].pfx, 0, 1);
	unit_add_key(&shelf.files[1].pfx, 1, 2);
	unit_add_certificate(&shelf.files[1].pfx, 1, 2);
	name_all(&shelf);
	assert_false(ITEM(0, 0)->has_own_id || ITEM(1, 0)->has_own_id || ITEM(1, 1)->has_own_id);
}

/* As files of others are: each says 01. The first keeps it. */
static void of_keys_with_one_id_the_first_keeps_it(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		unit_add_key(&shelf.files[i].pfx, i, 1);
		unit_add_certificate(&shelf.files[i].pfx, i, 1);
	}
	name_all(&shelf);
	assert_false(ITEM(0, 0)->has_own_id || ITEM(0, 1)->has_own_id);
	for (unsigned i = 1; i < 3; i++) {
		assert_true(by_key(ITEM(i, 0), ITEM(i, 0)));
		assert_true(by_key(ITEM(i, 1), ITEM(i, 0)));
	}
}

static void keys_without_an_id_get_one(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	unit_add_key(&shelf.files[0].pfx, 0, 0);
	unit_add_certificate(&shelf.files[0].pfx, 0, 0);
	unit_add_certificate(&shelf.files[1].pfx, 1, 0); /* nobody's */
	name_all(&shelf);
	assert_true(by_key(ITEM(0, 0), ITEM(0, 0)));
	assert_true(by_key(ITEM(0, 1), ITEM(0, 0)));
	assert_false(ITEM(1, 0)->has_own_id);
}

static void a_key_that_is_there_twice_is_one(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	unit_add_key(&shelf.files[0].pfx, 0, 1);
	unit_add_key(&shelf.files[1].pfx, 0, 1);
	unit_add_key(&shelf.files[2].pfx, 1, 1);
	name_all(&shelf);
	assert_false(ITEM(0, 0)->has_own_id || ITEM(1, 0)->has_own_id);
	assert_true(by_key(ITEM(2, 0), ITEM(2, 0)));
}

/* In another file, and before its key. */
static void a_certificate_goes_with_its_key(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	unit_add_certificate(&shelf.files[0].pfx, 1, 1);
	unit_add_key(&shelf.files[1].pfx, 0, 1);
	unit_add_key(&shelf.files[2].pfx, 1, 1);
	unit_add_certificate(&shelf.files[3].pfx, 2, 1);
	name_all(&shelf);
	assert_true(by_key(ITEM(0, 0), ITEM(2, 0)));
	assert_false(ITEM(3, 0)->has_own_id); /* of none of them */
}

static void what_is_no_certificate_keeps_its_id(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };
	struct soft_item *item;

	(void)state;
	unit_add_key(&shelf.files[0].pfx, 0, 1);
	unit_add_key(&shelf.files[1].pfx, 1, 1);
	item = unit_add_certificate(&shelf.files[1].pfx, 1, 1);
	item->value.len = 7;
	name_all(&shelf);
	assert_false(ITEM(1, 1)->has_own_id);
}

/* Files that show nothing before they are opened have keys without a value. */
static void what_does_not_show_is_passed_over(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };
	struct soft_item *hidden;

	(void)state;
	hidden = unit_add_key(&shelf.files[0].pfx, 0, 1);
	blob_clear(&hidden->value);
	unit_add_key(&shelf.files[1].pfx, 1, 1);
	name_all(&shelf);
	assert_false(ITEM(0, 0)->has_own_id || ITEM(1, 0)->has_own_id);
}

/* What was right once is not kept when a file goes. */
static void names_are_made_anew(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	unit_add_key(&shelf.files[0].pfx, 0, 1);
	unit_add_key(&shelf.files[1].pfx, 1, 1);
	name_all(&shelf);
	assert_true(ITEM(1, 0)->has_own_id);
	soft_pfx_clear(&shelf.files[0].pfx);
	name_all(&shelf);
	assert_false(ITEM(1, 0)->has_own_id);
}

static void nothing_has_no_names(void **state)
{
	CLEANUP(shelf_clear) struct shelf shelf = { 0 };

	(void)state;
	name_all(&shelf);
	unit_add_certificate(&shelf.files[0].pfx, 0, 1);
	name_all(&shelf);
	assert_false(ITEM(0, 0)->has_own_id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(ids_that_differ_stay),
		UNIT_TEST(of_keys_with_one_id_the_first_keeps_it),
		UNIT_TEST(keys_without_an_id_get_one),
		UNIT_TEST(a_key_that_is_there_twice_is_one),
		UNIT_TEST(a_certificate_goes_with_its_key),
		UNIT_TEST(what_is_no_certificate_keeps_its_id),
		UNIT_TEST(what_does_not_show_is_passed_over),
		UNIT_TEST(names_are_made_anew),
		UNIT_TEST(nothing_has_no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
