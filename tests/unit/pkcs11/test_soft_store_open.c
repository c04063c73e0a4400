/* SPDX-License-Identifier: Apache-2.0 */
/* An identity's password: what takes it, what opens with it, and what a changed file means. */
#include "soft_store.h"

#include "held.h"
#include "scope.h"
#include "soft_slow.h"
#include "soft_unit.h"

static void store_p(struct soft_store **store)
{
	*store = soft_store_free(*store);
}

static CK_RV login(struct soft_store *store, const char *password)
{
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(password);

	return soft_store_login(store, pin);
}

static CK_RV check(struct soft_store *store, const char *password)
{
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(password);

	return soft_store_check_pin(store, pin);
}

static void the_first_file_says_what_the_password_is(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, "b.pfx", 1, 2, "another");
	store = unit_store_open(tmp, NULL);
	assert_int_equal(check(store, UNIT_PIN), CKR_OK);
	assert_int_equal(check(store, "another"), CKR_PIN_INCORRECT);
	assert_int_equal(check(store, ""), CKR_PIN_INCORRECT);
	assert_int_equal(login(store, "another"), CKR_PIN_INCORRECT);
	assert_null(store->pin);
}

static void a_file_that_does_not_parse_says_nothing(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put(tmp, "0.pfx", "cut", 3);
	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store(tmp);
	assert_int_equal(store->count, 2);
	assert_false(store->files[0].readable);
	assert_true(store->files[1].checked);
}

static void without_a_file_there_is_no_password(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put(tmp, SOFT_CONF_NAME, "label=x\n", 8);
	store = unit_store_open(tmp, NULL);
	assert_int_equal(login(store, UNIT_PIN), CKR_USER_PIN_NOT_INITIALIZED);
	unit_put(tmp, SOFT_PIN_FILE, "junk", 4);
	assert_int_equal(login(store, UNIT_PIN), CKR_DATA_INVALID);
}

/* Known is what was tried and is held: of another file, or after logging out, it is not. */
static void what_is_known_need_not_be_tried(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	CLEANUP(secret_free_p) struct secret *other = unit_secret("soft-1235");

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(tmp, NULL);
	assert_false(soft_store_knows(store, pin));
	assert_int_equal(soft_store_login(store, pin), CKR_OK);
	assert_true(soft_store_knows(store, pin));
	assert_false(soft_store_knows(store, other));
	soft_store_logout(store);
	assert_false(soft_store_knows(store, pin));
}

/* With room for it a check is put off: nothing is known before it is computed. */
static void a_login_that_is_put_off_is_none_yet(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;
	struct soft_slow *slow = soft_slow_new(unit_crypto);

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(tmp, NULL);
	store->slow = slow;
	assert_int_equal(login(store, UNIT_PIN), TOKEN_LATER);
	assert_null(store->pin);
	soft_slow_compute(slow);
	assert_int_equal(login(store, "soft-1235"), TOKEN_LATER);
	unit_put_pfx(
		tmp, "a.pfx", 1, 1, UNIT_PIN); /* another file: what was computed is of no use */
	assert_int_equal(login(store, UNIT_PIN), TOKEN_LATER);
	soft_slow_compute(slow);
	assert_int_equal(login(store, UNIT_PIN), CKR_OK);
	assert_int_equal(login(store, "soft-1235"), TOKEN_LATER);
	store->slow = NULL;
	(void)soft_slow_free(slow);
}

static void keys_go_with_the_logout(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(tmp, NULL);
	assert_int_equal(soft_store_open_file(store, &store->files[0]), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(login(store, UNIT_PIN), CKR_OK);
	assert_int_equal(soft_store_open_file(store, &store->files[0]), CKR_OK);
	assert_non_null(store->files[0].pfx.items[1].key ? store->files[0].pfx.items[1].key
							 : store->files[0].pfx.items[0].key);
	soft_store_logout(store);
	for (size_t i = 0; i < store->files[0].pfx.count; i++)
		assert_null(store->files[0].pfx.items[i].key);
	assert_false(store->files[0].opened || store->files[0].checked);
	assert_int_equal(soft_store_open_file(store, &store->files[0]), CKR_USER_NOT_LOGGED_IN);
}

/* A file with a password of its own is that file's matter. */
static void another_files_password_ends_no_login(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, "b.pfx", 1, 2, "another");
	store = unit_store(tmp);
	assert_int_equal(soft_store_open_file(store, &store->files[1]), CKR_FUNCTION_FAILED);
	assert_non_null(store->pin);
	assert_int_equal(soft_store_open_file(store, &store->files[0]), CKR_OK);
}

/* Somebody changed the password: this login is over. */
static void a_password_that_was_changed_ends_the_login(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store(tmp);
	unit_put_pfx(tmp, "a.pfx", 0, 1, "another");
	assert_int_equal(soft_store_open_file(store, &store->files[0]), CKR_USER_NOT_LOGGED_IN);
	assert_null(store->pin);
}

static void a_file_that_is_gone_or_damaged_is_told(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, "b.pfx", 1, 2, UNIT_PIN);
	store = unit_store(tmp);
	unit_put(tmp, "b.pfx", "cut", 3);
	assert_int_equal(soft_store_open_file(store, &store->files[1]), CKR_FUNCTION_FAILED);
	assert_int_equal(unlinkat(tmp->fd, "b.pfx", 0), 0);
	assert_int_equal(soft_store_open_file(store, &store->files[1]), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(symlinkat("a.pfx", tmp->fd, "b.pfx"), 0);
	assert_int_equal(soft_store_open_file(store, &store->files[1]), CKR_DATA_INVALID);
	assert_non_null(store->pin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_first_file_says_what_the_password_is),
		UNIT_TEST(a_file_that_does_not_parse_says_nothing),
		UNIT_TEST(without_a_file_there_is_no_password),
		UNIT_TEST(what_is_known_need_not_be_tried),
		UNIT_TEST(a_login_that_is_put_off_is_none_yet),
		UNIT_TEST(keys_go_with_the_logout),
		UNIT_TEST(another_files_password_ends_no_login),
		UNIT_TEST(a_password_that_was_changed_ends_the_login),
		UNIT_TEST(a_file_that_is_gone_or_damaged_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
