/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of soft_pfx*.c, soft_bag.c, soft_cipher.c: our files, files of others, hostile files. */
#include "soft_pfx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "scope.h"
#include "soft_key.h"

#include "cardos/secret.h"

#define ROUNDS 100000 /* three bytes in DER, and quick */

struct bench {
	struct crypto *crypto;
	struct secret *pin, *wrong;
	EVP_PKEY *key;
	X509 *cert;
	struct blob cert_der;
	struct blob file; /* one of ours: key and certificate */
};

static X509 *self_signed(EVP_PKEY *key)
{
	X509 *cert = X509_new();

	ASN1_INTEGER_set(X509_get_serialNumber(cert), 7);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		(const unsigned char *)"soft", -1, -1, 0);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	return cert;
}

static void make_ours(struct bench *b)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_item *item = soft_pfx_add(&pfx, SOFT_KEY);

	EVP_PKEY_up_ref(b->key);
	item->key = b->key;
	assert_int_equal(soft_key_public(b->key, &item->value), CKR_OK);
	strcpy(item->label, "王小明");
	memcpy(item->id, "\x45\x46", 2);
	item->id_len = 2;
	item->usage = TOKEN_USE_SIGN | TOKEN_USE_NON_REPUDIATION;
	item->public_object = item->local = true;
	item = soft_pfx_add(&pfx, SOFT_CERTIFICATE);
	assert_true(blob_set(&item->value, b->cert_der.bytes, b->cert_der.len));
	item->id[0] = 0x45;
	item->id_len = 1;
	item = soft_pfx_add(&pfx, SOFT_DATA);
	assert_true(blob_set(&item->value, "note", 4));
	strcpy(item->application, "test");
	item = soft_pfx_add(&pfx, SOFT_PUBLIC);
	assert_int_equal(soft_key_public(b->key, &item->value), CKR_OK);
	assert_int_equal(soft_pfx_write(b->crypto, &pfx, b->pin, ROUNDS, &b->file), CKR_OK);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	unsigned char *der = NULL;
	int len;

	b->crypto = crypto_new();
	b->pin = secret_new("1234abcd", 8);
	b->wrong = secret_new("1234abce", 8);
	b->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	b->cert = self_signed(b->key);
	len = i2d_X509(b->cert, &der);
	assert_true(blob_set(&b->cert_der, der, (size_t)len));
	OPENSSL_free(der);
	make_ours(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	X509_free(b->cert);
	EVP_PKEY_free(b->key);
	blob_clear(&b->cert_der);
	blob_clear(&b->file);
	secret_free(b->pin);
	secret_free(b->wrong);
	crypto_free(b->crypto);
	free(b);
	return 0;
}

static void what_is_public_shows_without_password(void **state)
{
	struct bench *b = *state;
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob spki = { 0 };
	const struct soft_item *key;

	assert_int_equal(soft_pfx_read(b->crypto, &b->file, &pfx), CKR_OK);
	assert_int_equal(pfx.count, 4);
	assert_false(pfx.hidden);
	assert_false(pfx.weak);
	assert_int_equal(pfx.items[0].kind, SOFT_CERTIFICATE);
	assert_true(blob_equal(&pfx.items[0].value, b->cert_der.bytes, b->cert_der.len));
	assert_int_equal(pfx.items[1].kind, SOFT_DATA);
	assert_string_equal(pfx.items[1].application, "test");
	assert_int_equal(pfx.items[2].kind, SOFT_PUBLIC);
	key = &pfx.items[3];
	assert_int_equal(key->kind, SOFT_KEY);
	assert_null(key->key);
	assert_string_equal(key->label, "王小明");
	assert_int_equal(key->id_len, 2);
	assert_memory_equal(key->id, "\x45\x46", 2);
	assert_int_equal(key->usage, TOKEN_USE_SIGN | TOKEN_USE_NON_REPUDIATION);
	assert_true(key->local && key->public_object);
	assert_int_equal(soft_key_public(b->key, &spki), CKR_OK);
	assert_true(blob_equal(&key->value, spki.bytes, spki.len));
}

static void only_the_password_opens(void **state)
{
	struct bench *b = *state;
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { .password = b->wrong };

	assert_int_equal(soft_pfx_check(b->crypto, &b->file, b->wrong), CKR_PIN_INCORRECT);
	assert_int_equal(soft_pfx_open(b->crypto, &b->file, &how, &pfx), CKR_PIN_INCORRECT);
	how.password = b->pin;
	assert_int_equal(soft_pfx_check(b->crypto, &b->file, b->pin), CKR_OK);
	assert_int_equal(soft_pfx_open(b->crypto, &b->file, &how, &pfx), CKR_OK);
	assert_int_equal(EVP_PKEY_eq(pfx.items[3].key, b->key), 1);
}

static void other_software_opens_what_we_write(void **state)
{
	struct bench *b = *state;
	const unsigned char *at = b->file.bytes;
	PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)b->file.len);
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	STACK_OF(X509) *others = NULL;

	assert_non_null(p12);
	assert_int_equal(PKCS12_parse(p12, "1234abcd", &key, &cert, &others), 1);
	assert_int_equal(EVP_PKEY_eq(key, b->key), 1);
	assert_true(cert || sk_X509_num(others) == 1);
	EVP_PKEY_free(key);
	X509_free(cert);
	sk_X509_pop_free(others, X509_free);
	PKCS12_free(p12);
}

static void make_foreign(struct bench *b, int nid, struct blob *ret_file)
{
	PKCS12 *p12 =
		PKCS12_create("1234abcd", "theirs", b->key, b->cert, NULL, nid, nid, 2048, 2048, 0);
	unsigned char *der = NULL;
	int len = i2d_PKCS12(p12, &der);

	assert_true(len > 0 && blob_set(ret_file, der, (size_t)len));
	OPENSSL_free(der);
	PKCS12_free(p12);
}

static void files_of_others_open(void **state)
{
	struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { .password = b->pin };

	make_foreign(b, NID_aes_256_cbc, &file);
	assert_int_equal(soft_pfx_read(b->crypto, &file, &pfx), CKR_OK);
	assert_int_equal(pfx.count, 1);
	assert_true(pfx.hidden);
	assert_false(pfx.weak);
	assert_int_equal(soft_pfx_open(b->crypto, &file, &how, &pfx), CKR_OK);
	assert_int_equal(pfx.count, 2);
	assert_int_equal(pfx.items[0].kind, SOFT_CERTIFICATE);
	assert_int_equal(EVP_PKEY_eq(pfx.items[1].key, b->key), 1);
	assert_string_equal(pfx.items[1].label, "theirs");
	assert_int_equal(pfx.items[1].id_len, 20);
}

static void old_ciphers_need_a_yes(void **state)
{
	struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { .password = b->pin };

	make_foreign(b, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, &file);
	assert_int_equal(soft_pfx_read(b->crypto, &file, &pfx), CKR_OK);
	assert_true(pfx.weak);
	assert_int_equal(soft_pfx_open(b->crypto, &file, &how, &pfx), CKR_ACTION_PROHIBITED);
	how.weak_allowed = true;
	assert_int_equal(soft_pfx_open(b->crypto, &file, &how, &pfx), CKR_OK);
	assert_int_equal(EVP_PKEY_eq(pfx.items[1].key, b->key), 1);
}

/* What Windows XP wrote: the certificate under RC2-40, which only the legacy provider knows. */
static void even_rc2_opens_after_a_yes(void **state)
{
	struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { .password = b->pin };
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_try_load(NULL, "legacy", 1);

	assert_non_null(legacy);
	make_foreign(b, NID_pbe_WithSHA1And40BitRC2_CBC, &file);
	OSSL_PROVIDER_unload(legacy);
	assert_int_equal(soft_pfx_open(b->crypto, &file, &how, &pfx), CKR_ACTION_PROHIBITED);
	how.weak_allowed = true;
	assert_int_equal(soft_pfx_open(b->crypto, &file, &how, &pfx), CKR_OK);
	assert_int_equal(pfx.count, 2);
	assert_int_equal(EVP_PKEY_eq(pfx.items[1].key, b->key), 1);
}

static void short_files_are_refused(void **state)
{
	struct bench *b = *state;

	for (size_t len = 0; len < b->file.len; len++) {
		/* a copy of its own: a sanitizer sees each byte too far */
		CLEANUP(blob_clear) struct blob part = { 0 };
		CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };

		assert_true(blob_set(&part, b->file.bytes, len));
		assert_int_equal(soft_pfx_read(b->crypto, &part, &pfx), CKR_DATA_INVALID);
	}
}

static void broken_files_do_no_harm(void **state)
{
	struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	struct soft_open how = { b->pin, true, true };
	unsigned seed = 1;

	assert_true(blob_set(&file, b->file.bytes, b->file.len));
	for (int i = 0; i < 3000; i++) {
		CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
		size_t at = (size_t)rand_r(&seed) % file.len;
		uint8_t was = file.bytes[at];

		file.bytes[at] = (uint8_t)rand_r(&seed);
		(void)soft_pfx_read(b->crypto, &file, &pfx);
		if (i % 100 == 0)
			(void)soft_pfx_open(b->crypto, &file, &how, &pfx);
		file.bytes[at] = was;
	}
}

/* Puts the rounds, wherever they stand, up to what three bytes hold. */
static int raise_rounds(struct blob *file, size_t from)
{
	static const uint8_t was[] = { 0x02, 0x03, 0x01, 0x86, 0xA0 };
	uint8_t *at = memmem(file->bytes + from, file->len - from, was, sizeof(was));

	if (!at)
		return 0;
	memset(at + 2, 0xFF, 3);
	at[2] = 0x7F;
	return 1 + raise_rounds(file, (size_t)(at - file->bytes));
}

static void absurd_rounds_cost_nothing(void **state)
{
	struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct soft_open how = { b->pin, true, true };

	_Static_assert(SOFT_ROUNDS_MAX < 0x7FFFFF, "what raise_rounds() makes is too much");
	assert_true(blob_set(&file, b->file.bytes, b->file.len));
	assert_int_equal(raise_rounds(&file, 0), 2); /* of the key, of the MAC */
	assert_int_equal(soft_pfx_check(b->crypto, &file, b->pin), CKR_DATA_INVALID);
	assert_int_equal(soft_pfx_open(b->crypto, &file, &how, &pfx), CKR_DATA_INVALID);
}

static void a_file_without_mac_is_refused(void **state)
{
	struct bench *b = *state;
	CLEANUP(blob_clear) struct blob file = { 0 };
	PKCS12 *p12 = PKCS12_create("1234abcd", "theirs", b->key, b->cert, NULL, NID_aes_256_cbc,
		NID_aes_256_cbc, 2048, -1, 0);
	unsigned char *der = NULL;
	int len = i2d_PKCS12(p12, &der);

	assert_true(len > 0 && blob_set(&file, der, (size_t)len));
	OPENSSL_free(der);
	PKCS12_free(p12);
	assert_int_equal(soft_pfx_check(b->crypto, &file, b->pin), CKR_DATA_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_public_shows_without_password),
		TEST(only_the_password_opens),
		TEST(other_software_opens_what_we_write),
		TEST(files_of_others_open),
		TEST(old_ciphers_need_a_yes),
		TEST(even_rc2_opens_after_a_yes),
		TEST(short_files_are_refused),
		TEST(broken_files_do_no_harm),
		TEST(absurd_rounds_cost_nothing),
		TEST(a_file_without_mac_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
