/* SPDX-License-Identifier: Apache-2.0 */
/* What is put off is noted once, computed once, and counts for exactly what was asked. */
#include "soft_slow.h"

#include <openssl/evp.h>

#include "scope.h"
#include "soft_dir.h"
#include "soft_unit.h"

static void slow_p(struct soft_slow **slow)
{
	*slow = soft_slow_free(*slow);
}

static void key_p(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void read_file(const struct soft_tmp *tmp, const char *name, struct blob *ret_bytes)
{
	assert_int_equal(soft_dir_read(tmp->fd, name, ret_bytes, NULL), CKR_OK);
}

static void without_room_it_is_computed_at_once(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	CLEANUP(key_p) EVP_PKEY *key = NULL;
	const struct soft_open how = { .password = pin };

	unit_put_pfx(tmp, "a", 0, 1, UNIT_PIN);
	read_file(tmp, "a", &file);
	assert_int_equal(soft_slow_check(NULL, unit_crypto, &file, pin), CKR_OK);
	assert_int_equal(soft_slow_open(NULL, unit_crypto, &file, &how, &pfx), CKR_OK);
	assert_int_equal(soft_slow_write(NULL, unit_crypto, &pfx, pin, &file), CKR_OK);
	assert_int_equal(soft_slow_key(NULL, unit_crypto, CKK_EC, 256, &key), CKR_OK);
	assert_null(soft_slow_free(NULL));
}

static void a_check_counts_for_these_bytes_and_this_password(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(slow_p) struct soft_slow *slow = soft_slow_new(unit_crypto);
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(secret_free_p) struct secret *right = unit_secret(UNIT_PIN);
	CLEANUP(secret_free_p) struct secret *wrong = unit_secret("soft-1235");
	CLEANUP(secret_free_p) struct secret *copy = unit_secret(UNIT_PIN);

	unit_put_pfx(tmp, "a", 0, 1, UNIT_PIN);
	read_file(tmp, "a", &file);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, right), TOKEN_LATER);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, right), TOKEN_LATER);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, wrong), TOKEN_LATER);
	soft_slow_compute(slow);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, right), CKR_OK);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, copy), CKR_OK);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, wrong), CKR_PIN_INCORRECT);
	file.bytes[file.len - 1] ^= 1;
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, right), TOKEN_LATER);
	file.bytes[file.len - 1] ^= 1;
	file.len--;
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, right), TOKEN_LATER);
	soft_slow_compute(slow);
	assert_int_equal(soft_slow_check(slow, unit_crypto, &file, right), CKR_DATA_INVALID);
}

/* Each who asks gets items of his own. */
static void what_was_opened_is_handed_out_again(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(slow_p) struct soft_slow *slow = soft_slow_new(unit_crypto);
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	struct soft_open how = { .password = pin };

	unit_put_pfx(tmp, "a", 0, 1, UNIT_PIN);
	read_file(tmp, "a", &file);
	for (int round = 0; round < 3; round++) {
		CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
		CK_RV rv = soft_slow_open(slow, unit_crypto, &file, &how, &pfx);

		assert_int_equal(rv, round ? CKR_OK : TOKEN_LATER);
		assert_int_equal(pfx.count, round ? 2 : 0);
		for (size_t i = 0; i < pfx.count; i++) {
			assert_true(pfx.items[i].value.len > 0);
			pfx.items[i].value.bytes[0] ^= 0xFF; /* nobody else's */
			assert_int_equal(pfx.items[i].key != NULL, pfx.items[i].kind == SOFT_KEY);
		}
		soft_slow_compute(slow);
	}
	how.weak_allowed = true;
	{
		CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };

		assert_int_equal(soft_slow_open(slow, unit_crypto, &file, &how, &pfx), TOKEN_LATER);
	}
}

/* Everything that goes into the file must be the same. */
static void a_file_counts_for_these_items(void **state)
{
	CLEANUP(slow_p) struct soft_slow *slow = soft_slow_new(unit_crypto);
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(blob_clear) struct blob same = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	CLEANUP(secret_free_p) struct secret *other = unit_secret("soft-1235");
	struct soft_item *key, saved;

	(void)state;
	unit_add_certificate(&pfx, 0, 1);
	key = unit_add_key(&pfx, 0, 1);
	saved = *key;
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), TOKEN_LATER);
	assert_int_equal(file.len, 0);
	soft_slow_compute(slow);
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), CKR_OK);
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &same), CKR_OK);
	assert_true(blob_equal(&same, file.bytes, file.len));
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, other, &file), TOKEN_LATER);
	key->number = 77; /* not in the file */
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), CKR_OK);
	for (int change = 0; change < 10; change++) {
		*key = saved;
		if (change == 0)
			key->label[0] ^= 1;
		else if (change == 1)
			key->id[0] ^= 1;
		else if (change == 2)
			key->id_len = 0;
		else if (change == 3)
			key->usage ^= TOKEN_USE_SIGN;
		else if (change == 4)
			key->local = !key->local;
		else if (change == 5)
			key->public_object = !key->public_object;
		else if (change == 6)
			key->application[0] = 'a';
		else if (change == 8)
			key->dates.start[0] = '2';
		else if (change == 9)
			key->dates.end[0] = '2';
		else
			key->value.bytes[5] ^= 1;
		assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), TOKEN_LATER);
		if (change == 7)
			key->value.bytes[5] ^= 1;
	}
	*key = saved;
	key->key = unit_key(1);
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), TOKEN_LATER);
	EVP_PKEY_free(key->key);
	key->key = NULL;
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), TOKEN_LATER);
	*key = saved;
	soft_pfx_remove(&pfx, 0);
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), TOKEN_LATER);
}

static void a_failure_is_remembered_too(void **state)
{
	CLEANUP(slow_p) struct soft_slow *slow = soft_slow_new(unit_crypto);
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	CLEANUP(key_p) EVP_PKEY *key = NULL;
	struct soft_item *item = unit_add_key(&pfx, 0, 1);

	(void)state;
	EVP_PKEY_free(item->key);
	item->key = NULL; /* not open: it cannot be written */
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), TOKEN_LATER);
	assert_int_equal(soft_slow_key(slow, unit_crypto, CKK_EC, 255, &key), TOKEN_LATER);
	soft_slow_compute(slow);
	assert_int_equal(soft_slow_write(slow, unit_crypto, &pfx, pin, &file), CKR_FUNCTION_FAILED);
	assert_int_not_equal(soft_slow_key(slow, unit_crypto, CKK_EC, 255, &key), CKR_OK);
	assert_null(key);
	assert_int_equal(file.len, 0);
}

static void a_key_is_made_once(void **state)
{
	CLEANUP(slow_p) struct soft_slow *slow = soft_slow_new(unit_crypto);
	CLEANUP(key_p) EVP_PKEY *key = NULL;
	CLEANUP(key_p) EVP_PKEY *again = NULL;
	CLEANUP(key_p) EVP_PKEY *other = NULL;

	(void)state;
	assert_int_equal(soft_slow_key(slow, unit_crypto, CKK_EC, 256, &key), TOKEN_LATER);
	soft_slow_compute(slow);
	soft_slow_compute(slow);
	assert_int_equal(soft_slow_key(slow, unit_crypto, CKK_EC, 256, &key), CKR_OK);
	assert_int_equal(soft_slow_key(slow, unit_crypto, CKK_EC, 256, &again), CKR_OK);
	assert_ptr_equal(key, again);
	assert_int_equal(soft_slow_key(slow, unit_crypto, CKK_EC, 384, &other), TOKEN_LATER);
	assert_int_equal(soft_slow_key(slow, unit_crypto, CKK_RSA, 256, &other), TOKEN_LATER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(without_room_it_is_computed_at_once),
		UNIT_TEST(a_check_counts_for_these_bytes_and_this_password),
		UNIT_TEST(what_was_opened_is_handed_out_again),
		UNIT_TEST(a_file_counts_for_these_items),
		UNIT_TEST(a_failure_is_remembered_too),
		UNIT_TEST(a_key_is_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
