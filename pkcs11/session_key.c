/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys of sessions: made, opened, lent, taken apart. */
#include "session_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "lent_key.h"
#include "scope.h"
#include "soft_key.h"
#include "soft_pkcs8.h"

#include "cardos/secret.h"

static void bn_p(BIGNUM **number)
{
	BN_clear_free(*number);
}

CK_RV session_key_make(
	const struct crypto *crypto, CK_KEY_TYPE type, unsigned bits, struct secret **ret_key)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *key = NULL;
	CK_RV rv =
		type == CKK_EC ? soft_key_ec(crypto, bits, &key) : soft_key_rsa(crypto, bits, &key);
	struct secret *bytes = rv == CKR_OK ? soft_pkcs8_bytes(key) : NULL;

	if (rv == CKR_OK && !bytes)
		rv = CKR_HOST_MEMORY;
	if (rv == CKR_OK)
		*ret_key = bytes;
	return rv;
}

/* What was encoded here always opens: NULL is a want of memory, or OpenSSL is gone. */
static EVP_PKEY *open_key(const struct crypto *crypto, const struct secret *key)
{
	EVP_PKEY *opened = crypto_usable() ? soft_pkcs8_read(crypto, key) : NULL;

	if (!opened && crypto_usable())
		ERR_clear_error();
	return opened;
}

CK_RV session_key_public(
	const struct crypto *crypto, const struct secret *key, struct blob *ret_spki)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *opened = open_key(crypto, key);

	return opened ? soft_key_public(opened, ret_spki) : CKR_HOST_MEMORY;
}

CK_RV session_key_lend(struct crypto *crypto, const struct secret *key, struct token_key **ret_key)
{
	CLEANUP(crypto_pkey_p) EVP_PKEY *opened = open_key(crypto, key);

	return opened ? lent_key_new(crypto, opened, ret_key) : CKR_HOST_MEMORY;
}

/* NULL: no memory. len 0: as long as the number is. */
static struct secret *take_number(const EVP_PKEY *key, const char *name, size_t len)
{
	CLEANUP(bn_p) BIGNUM *number = soft_pkcs8_number(key, name);
	struct secret *bytes = NULL;

	if (number && !len)
		len = (size_t)BN_num_bytes(number);
	if (number)
		bytes = secret_new_empty(len);
	if (bytes && BN_bn2binpad(number, secret_bytes_mut(bytes), (int)len) != (int)len)
		bytes = secret_free(bytes);
	return bytes;
}

CK_RV session_key_numbers(const struct crypto *crypto, const struct secret *key,
	struct secret *ret_numbers[SESSION_KEY_NUMBERS])
{
	static const char *const names[SESSION_KEY_NUMBERS] = {
		[SESSION_KEY_D] = OSSL_PKEY_PARAM_RSA_D,
		[SESSION_KEY_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
		[SESSION_KEY_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
		[SESSION_KEY_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
		[SESSION_KEY_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
		[SESSION_KEY_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	CLEANUP(crypto_pkey_p) EVP_PKEY *opened = open_key(crypto, key);
	struct secret *numbers[SESSION_KEY_NUMBERS] = { 0 };
	bool rsa = opened && EVP_PKEY_is_a(opened, "RSA");
	size_t count = rsa ? SESSION_KEY_NUMBERS : 1;
	bool whole = opened != NULL;

	if (whole && !rsa)
		numbers[0] = take_number(opened, OSSL_PKEY_PARAM_PRIV_KEY,
			((size_t)EVP_PKEY_get_bits(opened) + 7) / 8);
	for (size_t i = 0; whole && rsa && i < count; i++)
		numbers[i] = take_number(opened, names[i], 0);
	for (size_t i = 0; i < count; i++)
		whole = whole && numbers[i];
	for (size_t i = 0; i < count; i++) {
		if (whole)
			ret_numbers[i] = numbers[i];
		else
			secret_free(numbers[i]);
	}
	return whole ? CKR_OK : CKR_HOST_MEMORY;
}
