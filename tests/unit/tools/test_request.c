/* SPDX-License-Identifier: Apache-2.0 */
/* Requests are well-formed, fit their key, and a signature that does not fit is seen. */
#include "unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "fail.h"
#include "request.h"

static EVP_PKEY *key, *other;
static unsigned char *subject;
static size_t subject_len;

struct signer {
	EVP_PKEY *key;
	bool refuses;
};

static bool sign(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	struct signer *signer = arg;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (signer->refuses) {
		EVP_MD_CTX_free(context);
		return fail_set(fail, FAIL_CARD_REMOVED, NULL);
	}
	*ret = malloc(1024);
	*ret_len = 1024;
	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, signer->key), 1);
	assert_int_equal(EVP_DigestSign(context, *ret, ret_len, bytes, len), 1);
	EVP_MD_CTX_free(context);
	return true;
}

static int set_up(void **state)
{
	X509_NAME *name = X509_NAME_new();

	(void)state;
	key = EVP_RSA_gen(2048);
	other = EVP_RSA_gen(2048);
	X509_NAME_add_entry_by_txt(
		name, "C", MBSTRING_UTF8, (const unsigned char *)"TW", -1, -1, 0);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_UTF8, (const unsigned char *)"王小明", -1, -1, 0);
	subject_len = (size_t)i2d_X509_NAME(name, &subject);
	X509_NAME_free(name);
	return key && other && subject ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	OPENSSL_free(subject);
	return 0;
}

static void a_request_is_what_openssl_understands(void **state)
{
	struct signer signer = { .key = key };
	struct fail fail = FAIL_INIT;
	uint8_t *der;
	size_t len;
	unsigned char *name = NULL;

	(void)state;
	assert_true(request_make(subject, subject_len, key, sign, &signer, &der, &len, &fail));
	const unsigned char *next = der;
	X509_REQ *req = d2i_X509_REQ(NULL, &next, (long)len);
	assert_non_null(req);
	assert_int_equal(X509_REQ_verify(req, key), 1);
	assert_int_equal(X509_REQ_get_version(req), 0);
	assert_int_equal(X509_REQ_get_signature_nid(req), NID_sha256WithRSAEncryption);
	int name_len = i2d_X509_NAME(X509_REQ_get_subject_name(req), &name);
	assert_int_equal(name_len, subject_len);
	assert_memory_equal(name, subject, subject_len);
	assert_true(request_fits(der, len, key));
	assert_false(request_fits(der, len, other));
	assert_false(request_fits(der, len - 1, key));
	der[len - 5] ^= 1;
	assert_false(request_fits(der, len, key));
	OPENSSL_free(name);
	X509_REQ_free(req);
	free(der);
}

static void a_signature_of_another_key_is_refused(void **state)
{
	struct signer signer = { .key = other };
	struct fail fail = FAIL_INIT;
	uint8_t *der = NULL;
	size_t len;

	(void)state;
	assert_false(request_make(subject, subject_len, key, sign, &signer, &der, &len, &fail));
	assert_int_equal(fail.code, FAIL_CERT_KEY);
	assert_null(der);
}

static void what_the_signer_says_is_handed_on(void **state)
{
	struct signer signer = { .key = key, .refuses = true };
	struct fail fail = FAIL_INIT;
	uint8_t *der = NULL;
	size_t len;

	(void)state;
	assert_false(request_make(subject, subject_len, key, sign, &signer, &der, &len, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
}

static void a_subject_that_is_no_name_is_refused(void **state)
{
	struct signer signer = { .key = key };
	struct fail fail = FAIL_INIT;
	uint8_t *der = NULL;
	size_t len;

	(void)state;
	assert_false(request_make((const uint8_t *)"xx", 2, key, sign, &signer, &der, &len, &fail));
	assert_null(der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_what_openssl_understands),
		cmocka_unit_test(a_signature_of_another_key_is_refused),
		cmocka_unit_test(what_the_signer_says_is_handed_on),
		cmocka_unit_test(a_subject_that_is_no_name_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
