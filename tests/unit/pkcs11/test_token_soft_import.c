/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that were made elsewhere come into a file of their own, or not at all. */
#include "token_soft.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "scope.h"
#include "soft_store.h"
#include "soft_unit.h"

static struct secret *pkcs8_of(const EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	struct secret *secret = secret_new(der, (size_t)len);

	assert_true(len > 0);
	OPENSSL_clear_free(der, (size_t)len);
	PKCS8_PRIV_KEY_INFO_free(info);
	return secret;
}

static void close_p(struct token **token)
{
	if (*token)
		(*token)->ops->close(*token);
}

static struct token *open_token(const struct soft_tmp *tmp)
{
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);
	struct token *token = NULL;
	int tries;

	unit_put_pfx(tmp, "A123456789.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(token_soft_open(tmp->path, "A123456789", &token), CKR_OK);
	assert_int_equal(token->ops->login(token, TOKEN_USER, pin, &tries), CKR_OK);
	return token;
}

static CK_RV import(struct token *token, const struct secret *key, const char *label, uint8_t id)
{
	const struct token_import params = { .key_type = CKK_EC,
		.bits = 256,
		.usage = TOKEN_USE_SIGN,
		.id = &id,
		.id_len = id ? 1 : 0,
		.label = label,
		.key = key };
	uint32_t number = 0;
	CK_RV rv = token->ops->import(token, &params, &number);

	assert_int_equal(number != 0, rv == CKR_OK);
	return rv;
}

/* *ret_new: the one that was not there at first. */
static size_t count_keys(struct token *token, struct token_object *ret_new)
{
	const struct token_object *list;
	size_t count, keys = 0;

	assert_int_equal(token->ops->objects(token, &list, &count), CKR_OK);
	for (size_t i = 0; i < count; i++)
		if (list[i].class == CKO_PRIVATE_KEY) {
			if (strcmp(list[i].label, "key 0") != 0)
				*ret_new = list[i];
			keys++;
		}
	return keys;
}

static void a_key_gets_a_file_and_signs(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(close_p) struct token *token = open_token(tmp);
	EVP_PKEY *key = unit_key(1);
	CLEANUP(secret_free_p) struct secret *pkcs8 = pkcs8_of(key);
	uint8_t out[TOKEN_RSA_MAX], digest[32] = { 1 };
	struct token_object object;
	size_t len = 0;

	assert_int_equal(import(token, pkcs8, "brought", 7), CKR_OK);
	assert_true(unit_exists(tmp, "A123456789-2.pfx"));
	assert_int_equal(count_keys(token, &object), 2);
	assert_string_equal(object.label, "brought");
	assert_int_equal(object.id_len, 1);
	assert_int_equal(object.id[0], 7);
	assert_false(object.local || object.always_sensitive || object.never_extractable);
	assert_int_equal(token->ops->sign(token, object.number,
				 (struct token_block){ digest, sizeof(digest) }, out, &len),
		CKR_OK);
	assert_int_equal(len, 64);
	EVP_PKEY_free(key);
}

static void without_an_id_it_has_its_digest(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(close_p) struct token *token = open_token(tmp);
	EVP_PKEY *key = EVP_RSA_gen(2048);
	CLEANUP(secret_free_p) struct secret *pkcs8 = pkcs8_of(key);
	struct token_object object;

	assert_int_equal(import(token, pkcs8, NULL, 0), CKR_OK);
	assert_int_equal(count_keys(token, &object), 2);
	assert_int_equal(object.id_len, SOFT_OWN_ID_LEN);
	assert_int_equal(object.key_type, CKK_RSA);
	assert_int_equal(object.bits, 2048);
	EVP_PKEY_free(key);
}

static void what_is_no_key_is_refused(void **state)
{
	static const char junk[] = "\x30\x03\x02\x01\x00";
	const struct soft_tmp *tmp = *state;
	CLEANUP(close_p) struct token *token = open_token(tmp);
	EVP_PKEY *key = unit_key(1);
	CLEANUP(secret_free_p) struct secret *pkcs8 = pkcs8_of(key);
	CLEANUP(secret_free_p) struct secret *bad = secret_new(junk, sizeof(junk) - 1);
	struct token_object object;

	assert_int_equal(import(token, bad, NULL, 0), CKR_FUNCTION_FAILED);
	for (size_t cut = 0; cut < secret_len(pkcs8); cut += 5) {
		CLEANUP(secret_free_p) struct secret *part = secret_new(secret_bytes(pkcs8), cut);

		assert_int_equal(import(token, part, NULL, 0), CKR_FUNCTION_FAILED);
	}
	assert_int_equal(count_keys(token, &object), 1);
	assert_false(unit_exists(tmp, "A123456789-2.pfx"));
	EVP_PKEY_free(key);
}

static void who_is_not_logged_in_brings_nothing(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(close_p) struct token *token = open_token(tmp);
	EVP_PKEY *key = unit_key(1);
	CLEANUP(secret_free_p) struct secret *pkcs8 = pkcs8_of(key);

	token->ops->logout(token);
	assert_int_equal(import(token, pkcs8, NULL, 0), CKR_USER_NOT_LOGGED_IN);
	EVP_PKEY_free(key);
}

static void on_a_full_disk_nothing_is_there_afterwards(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(close_p) struct token *token = open_token(tmp);
	EVP_PKEY *key = unit_key(1);
	CLEANUP(secret_free_p) struct secret *pkcs8 = pkcs8_of(key);
	struct token_object object;
	CK_RV rv;

	unit_limit(100);
	rv = import(token, pkcs8, NULL, 0);
	unit_limit(0);
	assert_int_equal(rv, CKR_DEVICE_ERROR);
	assert_int_equal(count_keys(token, &object), 1);
	assert_false(unit_exists(tmp, "A123456789-2.pfx") || unit_exists(tmp, SOFT_STAGE));
	assert_int_equal(import(token, pkcs8, NULL, 0), CKR_OK);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_key_gets_a_file_and_signs),
		UNIT_TEST(without_an_id_it_has_its_digest),
		UNIT_TEST(what_is_no_key_is_refused),
		UNIT_TEST(who_is_not_logged_in_brings_nothing),
		UNIT_TEST(on_a_full_disk_nothing_is_there_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
