/* SPDX-License-Identifier: Apache-2.0 */
/* PFX files in memory: writing. */
#include "soft_pfx.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>

#include "crypto.h"
#include "scope.h"
#include "soft_bag.h"
#include "soft_mac.h"
#include "soft_pkcs8.h"

#include "cardos/secret.h"

#define SALT_LEN 16

typedef STACK_OF(PKCS12_SAFEBAG) soft_bags;
typedef STACK_OF(PKCS7) soft_safes;

static void p12_p(PKCS12 **p12)
{
	PKCS12_free(*p12);
}

static void safes_p(soft_safes **safes)
{
	sk_PKCS7_pop_free(*safes, PKCS7_free);
}

static void bags_p(soft_bags **bags)
{
	sk_PKCS12_SAFEBAG_pop_free(*bags, PKCS12_SAFEBAG_free);
}

struct writer {
	OSSL_LIB_CTX *context;
	const struct secret *password;
	int rounds;
};

static const char *text_of(const struct secret *password)
{
	return (const char *)secret_bytes(password);
}

static X509_SIG *shroud(const struct writer *writer, const EVP_PKEY *key)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(writer->context, "AES-256-CBC", NULL);
	PKCS8_PRIV_KEY_INFO *plain = soft_pkcs8_of(key);
	unsigned char salt[SALT_LEN];
	X509_ALGOR *algorithm = NULL;
	X509_SIG *sealed = NULL;

	if (cipher && plain && RAND_bytes_ex(writer->context, salt, sizeof(salt), 0) == 1)
		algorithm = PKCS5_pbe2_set_iv_ex(cipher, writer->rounds, salt, sizeof(salt), NULL,
			NID_hmacWithSHA256, writer->context);
	if (algorithm)
		sealed = PKCS8_set0_pbe_ex(text_of(writer->password),
			(int)secret_len(writer->password), plain, algorithm, writer->context, NULL);
	if (!sealed)
		X509_ALGOR_free(algorithm);
	PKCS8_PRIV_KEY_INFO_free(plain);
	EVP_CIPHER_free(cipher);
	return sealed;
}

static PKCS12_SAFEBAG *key_bag(const struct writer *writer, const struct soft_item *item)
{
	X509_SIG *sealed = item->key ? shroud(writer, item->key) : NULL;
	PKCS12_SAFEBAG *bag = sealed ? PKCS12_SAFEBAG_create0_pkcs8(sealed) : NULL;

	if (!bag)
		X509_SIG_free(sealed);
	return bag;
}

static PKCS12_SAFEBAG *cert_bag(const struct soft_item *item)
{
	const unsigned char *at = item->value.bytes;
	X509 *cert = d2i_X509(NULL, &at, (long)item->value.len);
	PKCS12_SAFEBAG *bag = cert ? PKCS12_SAFEBAG_create_cert(cert) : NULL;

	X509_free(cert);
	return bag;
}

static PKCS12_SAFEBAG *make_bag(const struct writer *writer, const struct soft_item *item)
{
	switch (item->kind) {
	case SOFT_KEY:
		return key_bag(writer, item);
	case SOFT_CERTIFICATE:
		return cert_bag(item);
	case SOFT_PUBLIC:
	case SOFT_DATA:
		return PKCS12_SAFEBAG_create_secret(NID_pkcs7_data, V_ASN1_OCTET_STRING,
			item->value.bytes, (int)item->value.len);
	}
	return NULL;
}

static bool add_item(const struct writer *writer, const struct soft_item *item, soft_bags *bags)
{
	PKCS12_SAFEBAG *bag = make_bag(writer, item);

	if (bag && soft_bag_write(bag, item) && sk_PKCS12_SAFEBAG_push(bags, bag) > 0)
		return true;
	PKCS12_SAFEBAG_free(bag);
	return false;
}

static PKCS7 *encrypt(const struct writer *writer, soft_bags *bags)
{
	unsigned char salt[SALT_LEN];

	if (RAND_bytes_ex(writer->context, salt, sizeof(salt), 0) != 1)
		return NULL;
	return PKCS12_pack_p7encdata_ex(NID_aes_256_cbc, text_of(writer->password),
		(int)secret_len(writer->password), salt, sizeof(salt), writer->rounds, bags,
		writer->context, NULL);
}

enum group {
	OPEN_ITEMS,
	PRIVATE_ITEMS,
	KEYS,
};

static bool add_safe(
	const struct writer *writer, enum group group, soft_safes *safes, soft_bags *bags)
{
	PKCS7 *safe = group == PRIVATE_ITEMS ? encrypt(writer, bags) : PKCS12_pack_p7data(bags);

	if (safe && sk_PKCS7_push(safes, safe) > 0)
		return true;
	PKCS7_free(safe);
	return false;
}

static enum group group_of(const struct soft_item *item)
{
	return item->kind == SOFT_KEY ? KEYS : item->private ? PRIVATE_ITEMS : OPEN_ITEMS;
}

/* Keys in one safe, the rest in another, as most software expects. */
static bool add_group(const struct writer *writer, const struct soft_pfx *pfx, enum group group,
	soft_safes *safes)
{
	CLEANUP(bags_p) soft_bags *bags = sk_PKCS12_SAFEBAG_new_null();

	if (!bags)
		return false;
	for (size_t i = 0; i < pfx->count; i++)
		if (group_of(&pfx->items[i]) == group && !add_item(writer, &pfx->items[i], bags))
			return false;
	return sk_PKCS12_SAFEBAG_num(bags) == 0 || add_safe(writer, group, safes, bags);
}

static CK_RV encode(PKCS12 *p12, struct blob *ret_file)
{
	unsigned char *der = NULL;
	int len = i2d_PKCS12(p12, &der);
	bool ok = len > 0 && blob_set(ret_file, der, (size_t)len);

	OPENSSL_free(der);
	return ok ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_file)
{
	CLEANUP(p12_p) PKCS12 *p12 = NULL;
	CLEANUP(safes_p) soft_safes *safes = NULL;
	CLEANUP(blob_clear) struct blob file = { 0 };
	struct writer writer = { crypto_context(crypto), password, rounds };
	bool ok;
	CK_RV rv;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	p12 = PKCS12_init_ex(NID_pkcs7_data, writer.context, NULL);
	safes = sk_PKCS7_new_null();
	ok = p12 && safes && add_group(&writer, pfx, OPEN_ITEMS, safes) &&
	     add_group(&writer, pfx, PRIVATE_ITEMS, safes) &&
	     add_group(&writer, pfx, KEYS, safes) && PKCS12_pack_authsafes(p12, safes) == 1;
	rv = ok ? encode(p12, &file) : CKR_FUNCTION_FAILED;
	if (rv == CKR_OK)
		rv = soft_mac_add(crypto, password, rounds, &file);
	ERR_clear_error();
	if (rv != CKR_OK)
		return rv;
	blob_clear(ret_file);
	*ret_file = file;
	file = (struct blob){ 0 };
	return CKR_OK;
}
