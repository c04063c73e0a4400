/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption by password, as far as files of others may use it. */
#include "soft_cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "scope.h"
#include "soft_kdf.h"
#include "soft_pfx.h"

#include "cardos/secret.h"

#define SALT_MAX 1024
#define BLOCK_MAX 16

static int nid_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *type = NULL;

	X509_ALGOR_get0(&type, NULL, NULL, algorithm);
	return OBJ_obj2nid(type);
}

static void *parameter(const X509_ALGOR *algorithm, const ASN1_ITEM *item)
{
	const void *value = NULL;
	int type = V_ASN1_UNDEF;

	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	return type == V_ASN1_SEQUENCE ? ASN1_item_unpack(value, item) : NULL;
}

static bool rounds_fit(const ASN1_INTEGER *rounds)
{
	int64_t count = 0;

	return ASN1_INTEGER_get_int64(&count, rounds) == 1 && count >= 1 &&
	       count <= SOFT_ROUNDS_MAX;
}

static bool derivation_fits(const X509_ALGOR *algorithm)
{
	PBKDF2PARAM *param;
	bool fits;

	if (nid_of(algorithm) != NID_id_pbkdf2)
		return false;
	param = parameter(algorithm, ASN1_ITEM_rptr(PBKDF2PARAM));
	fits = param && rounds_fit(param->iter) && param->salt &&
	       param->salt->type == V_ASN1_OCTET_STRING &&
	       ASN1_STRING_length(param->salt->value.octet_string) <= SALT_MAX;
	PBKDF2PARAM_free(param);
	return fits;
}

static enum soft_cipher judge_cipher(int nid)
{
	switch (nid) {
	case NID_aes_128_cbc:
	case NID_aes_192_cbc:
	case NID_aes_256_cbc:
		return SOFT_CIPHER_GOOD;
	case NID_des_ede3_cbc:
	case NID_rc2_cbc:
		return SOFT_CIPHER_WEAK;
	default:
		return SOFT_CIPHER_REFUSED;
	}
}

static enum soft_cipher judge_pbes2(const X509_ALGOR *algorithm)
{
	PBE2PARAM *param = parameter(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
	enum soft_cipher cipher = SOFT_CIPHER_REFUSED;

	if (param && derivation_fits(param->keyfunc))
		cipher = judge_cipher(nid_of(param->encryption));
	PBE2PARAM_free(param);
	return cipher;
}

static enum soft_cipher judge_old(const X509_ALGOR *algorithm)
{
	PBEPARAM *param = parameter(algorithm, ASN1_ITEM_rptr(PBEPARAM));
	bool fits = param && rounds_fit(param->iter) && ASN1_STRING_length(param->salt) <= SALT_MAX;

	PBEPARAM_free(param);
	return fits ? SOFT_CIPHER_WEAK : SOFT_CIPHER_REFUSED;
}

enum soft_cipher soft_cipher_judge(const X509_ALGOR *algorithm)
{
	switch (nid_of(algorithm)) {
	case NID_pbes2:
		return judge_pbes2(algorithm);
	case NID_pbe_WithSHA1And40BitRC2_CBC:
	case NID_pbe_WithSHA1And128BitRC2_CBC:
	case NID_pbe_WithSHA1And2_Key_TripleDES_CBC:
	case NID_pbe_WithSHA1And3_Key_TripleDES_CBC:
		return judge_old(algorithm);
	default:
		return SOFT_CIPHER_REFUSED;
	}
}

/* ---- opening ---- */

static const struct old_row {
	int nid;
	const char *cipher;
	size_t key_len;
} old_rows[] = {
	{ NID_pbe_WithSHA1And128BitRC2_CBC, "RC2-CBC", 16 },
	{ NID_pbe_WithSHA1And40BitRC2_CBC, "RC2-40-CBC", 5 },
	{ NID_pbe_WithSHA1And3_Key_TripleDES_CBC, "DES-EDE3-CBC", 24 },
	{ NID_pbe_WithSHA1And2_Key_TripleDES_CBC, "DES-EDE-CBC", 16 },
};

#define OLD_IV_LEN 8

static const struct old_row *old_row(const X509_ALGOR *algorithm)
{
	for (size_t i = 0; i < COUNT_OF(old_rows); i++)
		if (old_rows[i].nid == nid_of(algorithm))
			return &old_rows[i];
	return NULL;
}

bool soft_cipher_is_old(const X509_ALGOR *algorithm)
{
	return old_row(algorithm) != NULL;
}

/* Key and initial vector of the cipher. */
struct old_key {
	struct secret *key, *iv;
};

static void old_key_clear(struct old_key *key)
{
	secret_free_p(&key->key);
	secret_free_p(&key->iv);
}

static bool derive_old(const struct crypto *crypto, const struct old_row *row,
	const X509_ALGOR *algorithm, const struct secret *password, struct old_key *ret_key)
{
	PBEPARAM *param = parameter(algorithm, ASN1_ITEM_rptr(PBEPARAM));
	struct soft_kdf how = { .digest = "SHA1", .purpose = SOFT_KDF_KEY };
	int64_t rounds = 0;

	if (!param || !rounds_fit(param->iter) || ASN1_STRING_length(param->salt) > SALT_MAX) {
		PBEPARAM_free(param);
		return false;
	}
	(void)ASN1_INTEGER_get_int64(&rounds, param->iter);
	how.rounds = (unsigned)rounds;
	how.salt = ASN1_STRING_get0_data(param->salt);
	how.salt_len = (size_t)ASN1_STRING_length(param->salt);
	ret_key->key = soft_kdf(crypto, &how, password, row->key_len);
	how.purpose = SOFT_KDF_IV;
	ret_key->iv = soft_kdf(crypto, &how, password, OLD_IV_LEN);
	PBEPARAM_free(param);
	return ret_key->key && ret_key->iv;
}

static struct secret *decrypt(
	const EVP_CIPHER *cipher, const struct old_key *key, const ASN1_OCTET_STRING *sealed)
{
	CLEANUP(crypto_cipher_ctx_p) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = ASN1_STRING_length(sealed);
	CLEANUP(secret_free_p) struct secret *plain = secret_new_empty((size_t)len + BLOCK_MAX);
	uint8_t *out = plain ? secret_bytes_mut(plain) : NULL;
	int last = 0;

	if (!ctx || !out ||
		EVP_DecryptInit_ex2(
			ctx, cipher, secret_bytes(key->key), secret_bytes(key->iv), NULL) != 1 ||
		EVP_DecryptUpdate(ctx, out, &len, ASN1_STRING_get0_data(sealed), len) != 1 ||
		EVP_DecryptFinal_ex(ctx, out + len, &last) != 1)
		return NULL;
	(void)secret_shorten(plain, (size_t)len + (size_t)last);
	return TAKE(plain);
}

struct secret *soft_cipher_open_old(const struct crypto *crypto, const X509_ALGOR *algorithm,
	const struct secret *password, const ASN1_OCTET_STRING *sealed)
{
	CLEANUP(old_key_clear) struct old_key key = { 0 };
	const struct old_row *row = old_row(algorithm);
	EVP_CIPHER *cipher =
		row ? EVP_CIPHER_fetch(crypto_context(crypto), row->cipher, NULL) : NULL;
	struct secret *plain = NULL;

	if (cipher && derive_old(crypto, row, algorithm, password, &key))
		plain = decrypt(cipher, &key, sealed);
	EVP_CIPHER_free(cipher);
	return plain;
}

/* The default provider, which the context has from its first use on, stays beside. */
OSSL_PROVIDER *soft_cipher_allow_old(const struct crypto *crypto)
{
	OSSL_PROVIDER *old = OSSL_PROVIDER_try_load(crypto_context(crypto), "legacy", 1);

	ERR_clear_error();
	return old;
}

void soft_cipher_old_p(OSSL_PROVIDER **old)
{
	/* a provider that is loaded when its context goes is a leak */
	if (*old && crypto_usable())
		OSSL_PROVIDER_unload(*old);
	*old = NULL;
}
