/* SPDX-License-Identifier: Apache-2.0 */
/* The MAC of a PFX file (RFC 7292, section 5.1). */
#include "soft_mac.h"

#include <openssl/asn1t.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "crypto.h"
#include "scope.h"
#include "soft_kdf.h"
#include "soft_pfx.h"

#include "cardos/secret.h"

#define SALT_LEN 16
#define SALT_MAX 1024

/* ---- the file, as far as a MAC needs it; OpenSSL's own type keeps its insides to itself ---- */

struct mac_data {
	X509_SIG *digest;
	ASN1_OCTET_STRING *salt;
	ASN1_INTEGER *rounds; /* NULL: one */
};

struct pfx_file {
	ASN1_INTEGER *version;
	PKCS7 *safes;
	struct mac_data *mac;
};

typedef struct mac_data MAC_DATA;
typedef struct pfx_file PFX_FILE;

// clang-format off
ASN1_SEQUENCE(MAC_DATA) = {
	ASN1_SIMPLE(MAC_DATA, digest, X509_SIG),
	ASN1_SIMPLE(MAC_DATA, salt, ASN1_OCTET_STRING),
	ASN1_OPT(MAC_DATA, rounds, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(MAC_DATA)

ASN1_SEQUENCE(PFX_FILE) = {
	ASN1_SIMPLE(PFX_FILE, version, ASN1_INTEGER),
	ASN1_SIMPLE(PFX_FILE, safes, PKCS7),
	ASN1_OPT(PFX_FILE, mac, MAC_DATA),
} static_ASN1_SEQUENCE_END(PFX_FILE)
// clang-format on

static void pfx_file_p(PFX_FILE **file)
{
	ASN1_item_free((ASN1_VALUE *)*file, ASN1_ITEM_rptr(PFX_FILE));
}

static PFX_FILE *parse(const struct blob *bytes)
{
	const unsigned char *at = bytes->bytes;
	PFX_FILE *file = NULL;

	if (bytes->len)
		file = (PFX_FILE *)ASN1_item_d2i(
			NULL, &at, (long)bytes->len, ASN1_ITEM_rptr(PFX_FILE));
	if (file && PKCS7_type_is_data(file->safes) && file->safes->d.data)
		return file;
	pfx_file_p(&file);
	return NULL;
}

/* What the file says is limited before it costs anything. */
static bool read_rounds(const MAC_DATA *mac, unsigned *ret_rounds)
{
	int64_t rounds = 1;

	if (ASN1_STRING_length(mac->salt) > SALT_MAX)
		return false;
	if (mac->rounds && (ASN1_INTEGER_get_int64(&rounds, mac->rounds) != 1 || rounds < 1 ||
				   rounds > SOFT_ROUNDS_MAX))
		return false;
	*ret_rounds = (unsigned)rounds;
	return true;
}

/* ---- computing ---- */

struct mac {
	uint8_t bytes[EVP_MAX_MD_SIZE];
	size_t len;
};

static CK_RV compute(const struct crypto *crypto, const struct soft_kdf *how,
	const struct secret *password, const ASN1_OCTET_STRING *content, struct mac *ret_mac)
{
	CLEANUP(secret_free_p) struct secret *key = NULL;
	EVP_MD *md = EVP_MD_fetch(crypto_context(crypto), how->digest, NULL);
	int len = md ? EVP_MD_get_size(md) : 0;

	EVP_MD_free(md);
	if (len <= 0)
		return CKR_DATA_INVALID;
	key = soft_kdf(crypto, how, password, (size_t)len);
	if (!key || !EVP_Q_mac(crypto_context(crypto), "HMAC", NULL, how->digest, NULL,
			    secret_bytes(key), secret_len(key), ASN1_STRING_get0_data(content),
			    (size_t)ASN1_STRING_length(content), ret_mac->bytes,
			    sizeof(ret_mac->bytes), &ret_mac->len))
		return CKR_HOST_MEMORY;
	return CKR_OK;
}

static CK_RV check(const struct crypto *crypto, const PFX_FILE *file, const struct secret *password)
{
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OCTET_STRING *told = NULL;
	const ASN1_OBJECT *digest = NULL;
	struct soft_kdf how = { .purpose = SOFT_KDF_MAC };
	struct mac mac;
	CK_RV rv;

	if (!file->mac || !read_rounds(file->mac, &how.rounds))
		return CKR_DATA_INVALID;
	X509_SIG_get0(file->mac->digest, &algorithm, &told);
	X509_ALGOR_get0(&digest, NULL, NULL, algorithm);
	how.digest = OBJ_nid2sn(OBJ_obj2nid(digest));
	how.salt = ASN1_STRING_get0_data(file->mac->salt);
	how.salt_len = (size_t)ASN1_STRING_length(file->mac->salt);
	rv = how.digest ? compute(crypto, &how, password, file->safes->d.data, &mac)
			: CKR_DATA_INVALID;
	if (rv != CKR_OK)
		return rv;
	return mac.len == (size_t)ASN1_STRING_length(told) &&
			       CRYPTO_memcmp(mac.bytes, ASN1_STRING_get0_data(told), mac.len) == 0
		       ? CKR_OK
		       : CKR_PIN_INCORRECT;
}

CK_RV soft_mac_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password)
{
	CLEANUP(pfx_file_p) PFX_FILE *parsed = NULL;
	CK_RV rv;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	parsed = parse(file);
	rv = parsed ? check(crypto, parsed, password) : CKR_DATA_INVALID;
	ERR_clear_error();
	return rv;
}

/* ---- writing ---- */

static bool fill(MAC_DATA *data, const uint8_t *salt, int rounds, const struct mac *mac)
{
	X509_ALGOR *algorithm = NULL;
	ASN1_OCTET_STRING *digest = NULL;

	X509_SIG_getm(data->digest, &algorithm, &digest);
	data->rounds = ASN1_INTEGER_new();
	return data->rounds && ASN1_INTEGER_set(data->rounds, rounds) == 1 &&
	       X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
	       ASN1_OCTET_STRING_set(digest, mac->bytes, (int)mac->len) == 1 &&
	       ASN1_OCTET_STRING_set(data->salt, salt, SALT_LEN) == 1;
}

static bool encode(const PFX_FILE *file, struct blob *ret_bytes)
{
	unsigned char *der = NULL;
	int len = ASN1_item_i2d((const ASN1_VALUE *)file, &der, ASN1_ITEM_rptr(PFX_FILE));
	bool ok = len > 0 && blob_set(ret_bytes, der, (size_t)len);

	OPENSSL_free(der);
	return ok;
}

CK_RV soft_mac_add(
	const struct crypto *crypto, const struct secret *password, int rounds, struct blob *file)
{
	CLEANUP(pfx_file_p) PFX_FILE *parsed = NULL;
	uint8_t salt[SALT_LEN];
	const struct soft_kdf how = { "SHA256", SOFT_KDF_MAC, salt, SALT_LEN, (unsigned)rounds };
	struct mac mac;
	CK_RV rv;

	if (!crypto_random(crypto, salt, sizeof(salt)))
		return CKR_FUNCTION_FAILED;
	parsed = parse(file);
	if (!parsed || parsed->mac)
		return CKR_DATA_INVALID;
	rv = compute(crypto, &how, password, parsed->safes->d.data, &mac);
	if (rv != CKR_OK)
		return rv;
	parsed->mac = (MAC_DATA *)ASN1_item_new(ASN1_ITEM_rptr(MAC_DATA));
	if (!parsed->mac || !fill(parsed->mac, salt, rounds, &mac) || !encode(parsed, file))
		return CKR_HOST_MEMORY;
	return CKR_OK;
}
