/* SPDX-License-Identifier: Apache-2.0 */
/* An identity is made, and its passwords are set and changed: wholly or not at all. */
#include "soft_store.h"

#include "scope.h"
#include "soft_slow.h"
#include "soft_unit.h"

#define SO "so-pin-1"

static void store_p(struct soft_store **store)
{
	*store = soft_store_free(*store);
}

static CK_RV with_two(
	CK_RV (*work)(struct soft_store *store, const struct secret *one, const struct secret *two),
	struct soft_store *store, const char *one, const char *two)
{
	CLEANUP(secret_free_p) struct secret *first = unit_secret(one);
	CLEANUP(secret_free_p) struct secret *second = unit_secret(two);

	return work(store, first, second);
}

static CK_RV init(struct soft_store *store, const char *label, const char *so)
{
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(so);

	return soft_store_init(store, label, pin);
}

static CK_RV check(struct soft_store *store, enum token_role role, const char *text)
{
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(text);

	return role == TOKEN_SO ? soft_store_check_so(store, pin)
				: soft_store_check_pin(store, pin);
}

static CK_RV configure(struct soft_store *store, enum soft_level level)
{
	const struct soft_conf conf = { .level = level };

	return soft_store_configure(store, &conf);
}

/* An identity with an SO, the password UNIT_PIN and one key, logged in. */
static struct soft_store *whole_identity(const struct soft_tmp *tmp)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	struct soft_store *store;
	struct soft_file *file;

	unit_put(tmp, SOFT_CONF_NAME, "", 0);
	store = unit_store_open(tmp, NULL);
	assert_int_equal(init(store, "A label", SO), CKR_OK);
	assert_int_equal(with_two(soft_store_set_pin, store, SO, UNIT_PIN), CKR_OK);
	assert_int_equal(soft_store_login(store, pin), CKR_OK);
	assert_int_equal(soft_store_edit(store, &write), CKR_OK);
	file = soft_store_add_file(store);
	(void)unit_add_key(&file->pfx, 0, 1);
	assert_int_equal(soft_store_save(store, &write, file), CKR_OK);
	return store;
}

static void an_identity_is_made_and_made_again(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);

	assert_true(store->shape.initialised && store->shape.has_so && store->shape.has_pin);
	assert_string_equal(store->conf.label, "A label");
	assert_int_equal(strlen(store->conf.serial), 16);
	assert_int_equal(init(store, "Another", "so-pin-2"), CKR_PIN_INCORRECT);
	assert_true(unit_exists(tmp, "A123456789.pfx"));
	assert_int_equal(init(store, "Ano\nther", SO), CKR_OK);
	assert_string_equal(store->conf.label, "Ano ther");
	assert_false(unit_exists(tmp, "A123456789.pfx") || unit_exists(tmp, SOFT_PIN_FILE));
	assert_false(unit_exists(tmp, SOFT_ESCROW_FILE));
	assert_null(store->pin);
}

/* They came from the person: nobody but the person clears them away. */
static void files_without_an_so_are_not_cleared_away(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	store = unit_store_open(tmp, NULL);
	assert_int_equal(init(store, "x", SO), CKR_TOKEN_WRITE_PROTECTED);
	assert_true(unit_exists(tmp, "a.pfx"));
}

static void every_file_of_the_password_gets_the_new_one(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);
	CLEANUP(store_p) struct soft_store *other = NULL;

	unit_put_pfx(tmp, "b.pfx", 1, 2, UNIT_PIN);
	unit_put_pfx(tmp, "c.pfx", 2, 3, "of its own");
	unit_put(tmp, "d.pfx", "damaged", 7);
	assert_int_equal(
		with_two(soft_store_change_pin, store, "soft-1235", "new-1234"), CKR_PIN_INCORRECT);
	assert_int_equal(with_two(soft_store_change_pin, store, UNIT_PIN, "new-1234"), CKR_OK);
	assert_non_null(store->pin); /* the login goes on, with the new one */
	other = unit_store_open(tmp, "new-1234");
	assert_int_equal(soft_store_open_file(other, &other->files[0]), CKR_OK);
	assert_int_equal(soft_store_open_file(other, &other->files[1]), CKR_OK);
	assert_int_equal(soft_store_open_file(other, &other->files[2]), CKR_FUNCTION_FAILED);
	assert_true(unit_holds(tmp, "d.pfx", "damaged", 7));
	assert_int_equal(check(other, TOKEN_USER, UNIT_PIN), CKR_PIN_INCORRECT);
}

static void the_so_sets_what_was_forgotten(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);
	CLEANUP(store_p) struct soft_store *other = NULL;

	assert_int_equal(
		with_two(soft_store_set_pin, store, "so-pin-2", "new-1234"), CKR_PIN_INCORRECT);
	assert_int_equal(with_two(soft_store_set_pin, store, SO, "new-1234"), CKR_OK);
	other = unit_store_open(tmp, "new-1234");
	assert_int_equal(soft_store_open_file(other, &other->files[0]), CKR_OK);
	assert_int_equal(with_two(soft_store_change_so, other, "so-pin-2", "x"), CKR_PIN_INCORRECT);
	assert_int_equal(with_two(soft_store_change_so, other, SO, "so-pin-3"), CKR_OK);
	assert_int_equal(check(other, TOKEN_SO, SO), CKR_PIN_INCORRECT);
	assert_int_equal(with_two(soft_store_set_pin, other, "so-pin-3", UNIT_PIN), CKR_OK);
	assert_int_equal(check(other, TOKEN_USER, UNIT_PIN), CKR_OK);
}

/* What the SO keeps of the password is of no use any more: nothing is changed. */
static void an_escrow_that_does_not_fit_changes_nothing(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);
	CLEANUP(blob_clear) struct blob before = { 0 };

	unit_put_pfx(tmp, "A123456789.pfx", 1, 1, "of its own");
	assert_int_equal(soft_dir_read(tmp->fd, "A123456789.pfx", &before, NULL), CKR_OK);
	assert_int_equal(with_two(soft_store_set_pin, store, SO, "new-1234"), CKR_FUNCTION_FAILED);
	assert_true(unit_holds(tmp, "A123456789.pfx", before.bytes, before.len));
	unit_put(tmp, SOFT_ESCROW_FILE, "damaged", 7);
	assert_int_not_equal(with_two(soft_store_set_pin, store, SO, "new-1234"), CKR_OK);
	assert_int_equal(unlinkat(tmp->fd, SOFT_ESCROW_FILE, 0), 0);
	assert_int_not_equal(with_two(soft_store_set_pin, store, SO, "new-1234"), CKR_OK);
	unit_put(tmp, SOFT_SO_FILE, "damaged", 7);
	assert_int_equal(with_two(soft_store_set_pin, store, SO, "new-1234"), CKR_DATA_INVALID);
	assert_true(unit_holds(tmp, "A123456789.pfx", before.bytes, before.len));
}

static void level_3_lays_the_password_beside_and_takes_it_away(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);
	struct stat stat;

	assert_int_equal(configure(store, SOFT_LEVEL_NEVER), CKR_OK);
	assert_true(unit_holds(tmp, SOFT_PASSWORD_FILE, UNIT_PIN "\n", strlen(UNIT_PIN) + 1));
	assert_int_equal(fstatat(tmp->fd, SOFT_PASSWORD_FILE, &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0600);
	assert_int_equal(with_two(soft_store_change_pin, store, UNIT_PIN, "new-1234"), CKR_OK);
	assert_true(unit_holds(tmp, SOFT_PASSWORD_FILE, "new-1234\n", 9));
	assert_int_equal(configure(store, SOFT_LEVEL_ONCE), CKR_OK);
	assert_false(unit_exists(tmp, SOFT_PASSWORD_FILE));
}

static void settings_need_a_login(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);

	soft_store_logout(store);
	assert_int_equal(configure(store, SOFT_LEVEL_NEVER), CKR_USER_NOT_LOGGED_IN);
	assert_false(unit_exists(tmp, SOFT_PASSWORD_FILE));
}

/* A change that is put off: checked, opened, written, each once, and nothing before the end. */
static void a_change_that_is_put_off_happens_later(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);
	struct soft_slow *slow = soft_slow_new(unit_crypto);
	CK_RV rv;
	int rounds = 0;

	for (;; rounds++) {
		store->slow = slow;
		rv = with_two(soft_store_change_pin, store, UNIT_PIN, "new-1234");
		store->slow = NULL;
		if (rv != TOKEN_LATER)
			break;
		assert_int_equal(check(store, TOKEN_USER, UNIT_PIN), CKR_OK);
		assert_false(unit_exists(tmp, SOFT_STAGE) || unit_exists(tmp, SOFT_COMMIT));
		soft_slow_compute(slow);
	}
	assert_int_equal(rv, CKR_OK);
	assert_int_equal(rounds, 3);
	assert_int_equal(check(store, TOKEN_USER, "new-1234"), CKR_OK);
	for (rounds = 0;; rounds++) {
		store->slow = slow;
		rv = with_two(soft_store_set_pin, store, SO, UNIT_PIN);
		store->slow = NULL;
		if (rv != TOKEN_LATER)
			break;
		assert_int_equal(check(store, TOKEN_USER, "new-1234"), CKR_OK);
		soft_slow_compute(slow);
	}
	assert_int_equal(rv, CKR_OK);
	assert_true(rounds >= 3 && rounds <= 6);
	assert_int_equal(check(store, TOKEN_USER, UNIT_PIN), CKR_OK);
	(void)soft_slow_free(slow);
}

static CK_RV change(struct soft_store *store)
{
	return with_two(soft_store_change_pin, store, UNIT_PIN, "new-1234");
}

static CK_RV set(struct soft_store *store)
{
	return with_two(soft_store_set_pin, store, SO, "new-1234");
}

static CK_RV change_so(struct soft_store *store)
{
	return with_two(soft_store_change_so, store, SO, "so-pin-2");
}

static CK_RV init_again(struct soft_store *store)
{
	return init(store, "again", SO);
}

static CK_RV never(struct soft_store *store)
{
	return configure(store, SOFT_LEVEL_NEVER);
}

/* Each byte that does not fit, at a coarse step: all passwords are as before, and all keys. */
static void a_full_disk_changes_no_password(void **state)
{
	static CK_RV (*const works[])(
		struct soft_store * store) = { change, set, change_so, init_again, never };
	const struct soft_tmp *tmp = *state;
	CLEANUP(store_p) struct soft_store *store = whole_identity(tmp);

	for (size_t i = 0; i < COUNT_OF(works); i++) {
		CK_RV rv;

		unit_limit(8);
		rv = works[i](store);
		unit_limit(0);
		assert_int_equal(rv, CKR_DEVICE_ERROR);
		assert_int_equal(check(store, TOKEN_USER, UNIT_PIN), CKR_OK);
		assert_int_equal(check(store, TOKEN_SO, SO), CKR_OK);
		assert_true(unit_exists(tmp, "A123456789.pfx"));
		assert_false(unit_exists(tmp, SOFT_PASSWORD_FILE));
		assert_false(unit_exists(tmp, SOFT_STAGE) || unit_exists(tmp, SOFT_COMMIT));
		assert_non_null(store->pin);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(an_identity_is_made_and_made_again),
		UNIT_TEST(files_without_an_so_are_not_cleared_away),
		UNIT_TEST(every_file_of_the_password_gets_the_new_one),
		UNIT_TEST(the_so_sets_what_was_forgotten),
		UNIT_TEST(an_escrow_that_does_not_fit_changes_nothing),
		UNIT_TEST(level_3_lays_the_password_beside_and_takes_it_away),
		UNIT_TEST(settings_need_a_login),
		UNIT_TEST(a_change_that_is_put_off_happens_later),
		UNIT_TEST(a_full_disk_changes_no_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
