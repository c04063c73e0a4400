/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that a token lends: computed without the slot's lock, given back whatever comes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/lock.h"
#include "pkcs11/object.h"
#include "pkcs11/op_lent.h"
#include "pkcs11/session.h"
#include "pkcs11/slot.h"

#include "cardos/secret.h"

static struct slot slot;
static struct session session;
static struct op op;
static const struct object seventh = { .meta = { .number = 7 } };
static unsigned lent, given_back;
static bool free_meanwhile; /* could the lock be taken while the key computes? */
static CK_RV lend_rv, work_rv;

static void give_back(struct token_key *key)
{
	(void)key;
	given_back++;
}

static void look_at_lock(void)
{
	free_meanwhile = lock_take(slot.lock);
	lock_give(slot.lock);
}

static CK_RV sign(struct token_key *key, struct token_block block, uint8_t *out, size_t *ret_len)
{
	(void)key;
	look_at_lock();
	memcpy(out, block.bytes, block.len);
	*ret_len = block.len;
	return work_rv;
}

static CK_RV decipher(struct token_key *key, struct token_block block, struct secret **ret_plain)
{
	(void)key;
	look_at_lock();
	if (work_rv == CKR_OK)
		*ret_plain = secret_new(block.bytes, block.len);
	return work_rv;
}

static CK_RV derive(struct token_key *key, struct token_block point, struct secret **ret_secret)
{
	return decipher(key, point, ret_secret);
}

static CK_RV lend(struct token *token, uint32_t number, struct token_key **ret_key)
{
	static struct token_key key = { give_back, sign, decipher, derive };

	(void)token;
	assert_int_equal(number, 7);
	if (lend_rv != CKR_OK)
		return lend_rv;
	lent++;
	*ret_key = &key;
	return CKR_OK;
}

static int set_up(void **state)
{
	static const struct token_ops ops = { .lend = lend };
	static struct token token = { .ops = &ops };
	const struct lock_kind kind = { 0 };

	(void)state;
	memset(&slot, 0, sizeof(slot));
	memset(&session, 0, sizeof(session));
	memset(&op, 0, sizeof(op));
	slot.lock = lock_new(&kind);
	slot.token = &token;
	op.session = &session;
	lent = given_back = 0;
	lend_rv = work_rv = CKR_OK;
	free_meanwhile = false;
	assert_true(lock_take(slot.lock));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(lent, given_back);
	lock_give(slot.lock);
	slot.lock = lock_free(slot.lock);
	return 0;
}

static void a_lent_key_works_without_the_lock(void **state)
{
	const struct token_block block = { (const uint8_t *)"block", 5 };
	struct secret *plain = NULL;
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = 0;

	(void)state;
	assert_int_equal(op_lent_sign(&slot, &op, &seventh, block, out, &len), CKR_OK);
	assert_int_equal(len, 5);
	assert_true(free_meanwhile);
	assert_int_equal(given_back, 1);
	assert_int_equal(op_lent_decipher(&slot, &op, &seventh, block, &plain), CKR_OK);
	assert_int_equal(secret_len(plain), 5);
	secret_free(plain);
	assert_int_equal(given_back, 2);
	assert_false(session.busy);
}

static void a_failure_gives_the_key_back_too(void **state)
{
	const struct token_block block = { (const uint8_t *)"block", 5 };
	struct secret *plain = NULL;
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = 0;

	(void)state;
	work_rv = CKR_FUNCTION_FAILED;
	assert_int_equal(op_lent_sign(&slot, &op, &seventh, block, out, &len), CKR_FUNCTION_FAILED);
	assert_int_equal(
		op_lent_decipher(&slot, &op, &seventh, block, &plain), CKR_FUNCTION_FAILED);
	assert_null(plain);
	assert_int_equal(given_back, 2);
	lend_rv = CKR_KEY_FUNCTION_NOT_PERMITTED;
	assert_int_equal(op_lent_sign(&slot, &op, &seventh, block, out, &len),
		CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(op_lent_decipher(&slot, &op, &seventh, block, &plain),
		CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(lent, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_lent_key_works_without_the_lock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_failure_gives_the_key_back_too, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
