/* SPDX-License-Identifier: Apache-2.0 */
/* PFX files in memory: reading. Writing: soft_pfx_write.c. */
#include "soft_pfx.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "crypto.h"
#include "scope.h"
#include "soft_bag.h"
#include "soft_cipher.h"
#include "soft_mac.h"
#include "soft_pkcs8.h"

#include "cardos/secret.h"

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

struct reader {
	const struct crypto *crypto;
	const struct soft_open *how; /* NULL: without password */
	struct soft_pfx *pfx;
	bool encrypted; /* the part that is read */
};

static void item_clear(struct soft_item *item)
{
	blob_clear(&item->value);
	crypto_pkey_p(&item->key);
}

void soft_pfx_clear(struct soft_pfx *pfx)
{
	for (size_t i = 0; i < pfx->count; i++)
		item_clear(&pfx->items[i]);
	free(pfx->items);
	*pfx = (struct soft_pfx){ 0 };
}

struct soft_item *soft_pfx_add(struct soft_pfx *pfx, enum soft_kind kind)
{
	struct soft_item *items;

	if (pfx->count == SOFT_ITEMS_MAX)
		return NULL;
	items = reallocarray(pfx->items, pfx->count + 1, sizeof(*items));
	if (!items)
		return NULL;
	pfx->items = items;
	items[pfx->count] = (struct soft_item){ .kind = kind };
	return &items[pfx->count++];
}

void soft_pfx_remove(struct soft_pfx *pfx, size_t index)
{
	item_clear(&pfx->items[index]);
	pfx->count--;
	memmove(&pfx->items[index], &pfx->items[index + 1],
		(pfx->count - index) * sizeof(pfx->items[0]));
}

static const char *text_of(const struct secret *password)
{
	return (const char *)secret_bytes(password);
}

static PKCS12 *parse(const struct crypto *crypto, const struct blob *file)
{
	PKCS12 *p12 = PKCS12_init_ex(NID_pkcs7_data, crypto_context(crypto), NULL);
	const unsigned char *at = file->bytes;

	if (!p12 || !file->len || !d2i_PKCS12(&p12, &at, (long)file->len) ||
		at != file->bytes + file->len) {
		PKCS12_free(p12);
		p12 = NULL;
	}
	return p12;
}

static bool public_of(const EVP_PKEY *key, struct blob *ret_spki)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	bool ok = len > 0 && blob_set(ret_spki, der, (size_t)len);

	OPENSSL_free(der);
	return ok;
}

static PKCS8_PRIV_KEY_INFO *unshroud(const struct reader *reader, const X509_SIG *shroud)
{
	CLEANUP(secret_free_p) struct secret *plain = NULL;
	const struct secret *password = reader->how->password;
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OCTET_STRING *sealed = NULL;
	const unsigned char *at;

	X509_SIG_get0(shroud, &algorithm, &sealed);
	if (!soft_cipher_is_old(algorithm))
		return PKCS8_decrypt_ex(shroud, text_of(password), (int)secret_len(password),
			crypto_context(reader->crypto), NULL);
	plain = soft_cipher_open_old(reader->crypto, algorithm, password, sealed);
	at = plain ? secret_bytes(plain) : NULL;
	return plain ? d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)secret_len(plain)) : NULL;
}

static CK_RV open_key(const struct reader *reader, const PKCS12_SAFEBAG *bag, EVP_PKEY **ret_key)
{
	PKCS8_PRIV_KEY_INFO *fresh = NULL;
	const PKCS8_PRIV_KEY_INFO *key = PKCS12_SAFEBAG_get0_p8inf(bag);

	if (PKCS12_SAFEBAG_get_nid(bag) == NID_pkcs8ShroudedKeyBag)
		key = fresh = unshroud(reader, PKCS12_SAFEBAG_get0_pkcs8(bag));
	*ret_key = key ? soft_pkcs8_open(reader->crypto, key) : NULL;
	PKCS8_PRIV_KEY_INFO_free(fresh);
	return *ret_key ? CKR_OK : CKR_DATA_INVALID;
}

/* What the encryption of one part allows, and whether it is an old one. */
static CK_RV judge(const struct reader *reader, const X509_ALGOR *algorithm)
{
	switch (soft_cipher_judge(algorithm)) {
	case SOFT_CIPHER_GOOD:
		return CKR_OK;
	case SOFT_CIPHER_WEAK:
		reader->pfx->weak = true;
		return !reader->how || reader->how->weak_allowed ? CKR_OK : CKR_ACTION_PROHIBITED;
	case SOFT_CIPHER_REFUSED:
		break;
	}
	return CKR_DATA_INVALID;
}

static CK_RV read_key(const struct reader *reader, const PKCS12_SAFEBAG *bag)
{
	struct soft_item *item = soft_pfx_add(reader->pfx, SOFT_KEY);
	const X509_SIG *shroud = NULL;
	const X509_ALGOR *algorithm = NULL;
	bool ours;
	CK_RV rv = CKR_OK;

	if (!item)
		return CKR_HOST_MEMORY;
	item->usage = TOKEN_USE_SIGN | TOKEN_USE_SIGN_RECOVER | TOKEN_USE_DECRYPT |
		      TOKEN_USE_UNWRAP | TOKEN_USE_DERIVE;
	item->public_object = true;
	soft_bag_read(bag, item, &ours);
	if (PKCS12_SAFEBAG_get_nid(bag) == NID_pkcs8ShroudedKeyBag) {
		shroud = PKCS12_SAFEBAG_get0_pkcs8(bag);
		X509_SIG_get0(shroud, &algorithm, NULL);
		rv = judge(reader, algorithm);
	}
	if (rv == CKR_OK && reader->how)
		rv = open_key(reader, bag, &item->key);
	/* the attribute is a convenience, the key is the truth */
	if (rv == CKR_OK && item->key && !public_of(item->key, &item->value))
		rv = CKR_HOST_MEMORY;
	return rv;
}

static CK_RV read_certificate(const struct reader *reader, const PKCS12_SAFEBAG *bag)
{
	struct soft_item *item;
	X509 *cert = PKCS12_SAFEBAG_get1_cert(bag);
	unsigned char *der = NULL;
	int len = cert ? i2d_X509(cert, &der) : -1;
	bool authority = cert && X509_check_ca(cert) > 0;
	bool ours;
	CK_RV rv = CKR_OK;

	X509_free(cert);
	if (len <= 0)
		return CKR_OK; /* something else than an X.509 certificate: not ours to show */
	item = soft_pfx_add(reader->pfx, SOFT_CERTIFICATE);
	if (item && blob_set(&item->value, der, (size_t)len)) {
		soft_bag_read(bag, item, &ours);
		item->authority = ours ? item->authority : authority;
	} else {
		rv = CKR_HOST_MEMORY;
	}
	OPENSSL_free(der);
	return rv;
}

/* A secret bag of ours; those of others are passed over. */
static CK_RV read_secret(const struct reader *reader, const PKCS12_SAFEBAG *bag)
{
	const ASN1_TYPE *value = PKCS12_SAFEBAG_get0_bag_obj(bag);
	struct soft_item *item;
	bool ours = false;

	if (!value || value->type != V_ASN1_OCTET_STRING)
		return CKR_OK;
	item = soft_pfx_add(reader->pfx, SOFT_DATA);
	if (!item || !blob_set(&item->value, ASN1_STRING_get0_data(value->value.octet_string),
			     (size_t)ASN1_STRING_length(value->value.octet_string)))
		return CKR_HOST_MEMORY;
	soft_bag_read(bag, item, &ours);
	item->private = item->kind == SOFT_DATA && reader->encrypted;
	if (!ours)
		soft_pfx_remove(reader->pfx, reader->pfx->count - 1);
	return CKR_OK;
}

/* Bags within bags are not followed: nobody writes them, and depth is an attacker's tool. */
static CK_RV read_bags(const struct reader *reader, const soft_bags *bags)
{
	CK_RV rv = CKR_OK;

	for (int i = 0; rv == CKR_OK && i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);

		switch (PKCS12_SAFEBAG_get_nid(bag)) {
		case NID_keyBag:
		case NID_pkcs8ShroudedKeyBag:
			rv = read_key(reader, bag);
			break;
		case NID_certBag:
			rv = read_certificate(reader, bag);
			break;
		case NID_secretBag:
			rv = read_secret(reader, bag);
			break;
		default:
			break;
		}
	}
	return rv;
}

static soft_bags *unpack(const struct reader *reader, PKCS7 *safe)
{
	CLEANUP(secret_free_p) struct secret *plain = NULL;
	const struct secret *password = reader->how->password;
	const PKCS7_ENC_CONTENT *content = safe->d.encrypted->enc_data;
	const unsigned char *at;

	if (!soft_cipher_is_old(content->algorithm) || !content->enc_data)
		return PKCS12_unpack_p7encdata(safe, text_of(password), (int)secret_len(password));
	plain = soft_cipher_open_old(
		reader->crypto, content->algorithm, password, content->enc_data);
	at = plain ? secret_bytes(plain) : NULL;
	return plain ? (soft_bags *)ASN1_item_d2i(
			       NULL, &at, (long)secret_len(plain), ASN1_ITEM_rptr(PKCS12_SAFEBAGS))
		     : NULL;
}

static CK_RV read_safe(struct reader *reader, PKCS7 *safe)
{
	CLEANUP(bags_p) soft_bags *bags = NULL;
	const struct secret *password = reader->how ? reader->how->password : NULL;
	CK_RV rv = CKR_OK;

	reader->encrypted = !PKCS7_type_is_data(safe);
	if (!reader->encrypted) {
		bags = PKCS12_unpack_p7data(safe);
	} else if (PKCS7_type_is_encrypted(safe) && safe->d.encrypted &&
		   safe->d.encrypted->enc_data) {
		rv = judge(reader, safe->d.encrypted->enc_data->algorithm);
		reader->pfx->hidden |= !password;
		if (rv != CKR_OK || !password)
			return rv;
		bags = unpack(reader, safe);
	} else {
		return CKR_DATA_INVALID;
	}
	return bags ? read_bags(reader, bags) : CKR_DATA_INVALID;
}

/* Others do not say what a shrouded key is; the certificate beside it does. */
static void learn_public(struct soft_pfx *pfx, struct soft_item *key)
{
	for (size_t i = 0; i < pfx->count && !key->value.len; i++) {
		const struct soft_item *item = &pfx->items[i];
		const unsigned char *at = item->value.bytes;
		X509 *cert;

		if (item->kind != SOFT_CERTIFICATE || !key->id_len || item->id_len != key->id_len ||
			memcmp(item->id, key->id, key->id_len) != 0)
			continue;
		cert = d2i_X509(NULL, &at, (long)item->value.len);
		if (cert && X509_get0_pubkey(cert))
			(void)public_of(X509_get0_pubkey(cert), &key->value);
		X509_free(cert);
	}
}

static CK_RV read_all(const struct crypto *crypto, const struct blob *file,
	const struct soft_open *how, struct soft_pfx *ret_pfx)
{
	CLEANUP(soft_cipher_old_p) OSSL_PROVIDER *old = NULL;
	CLEANUP(p12_p) PKCS12 *p12 = NULL;
	CLEANUP(safes_p) soft_safes *safes = NULL;
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	struct reader reader = { crypto, how, &pfx, false };
	CK_RV rv = CKR_OK;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	p12 = parse(crypto, file);
	if (!p12)
		return CKR_DATA_INVALID;
	if (how && !how->checked)
		rv = soft_mac_check(crypto, file, how->password);
	if (rv != CKR_OK)
		return rv;
	if (how && how->weak_allowed)
		old = soft_cipher_allow_old(crypto);
	safes = PKCS12_unpack_authsafes(p12);
	if (!safes)
		return CKR_DATA_INVALID;
	for (int i = 0; rv == CKR_OK && i < sk_PKCS7_num(safes); i++)
		rv = read_safe(&reader, sk_PKCS7_value(safes, i));
	if (rv != CKR_OK)
		return rv;
	for (size_t i = 0; i < pfx.count; i++)
		if (pfx.items[i].kind == SOFT_KEY)
			learn_public(&pfx, &pfx.items[i]);
	soft_pfx_clear(ret_pfx);
	*ret_pfx = pfx;
	pfx = (struct soft_pfx){ 0 };
	return CKR_OK;
}

CK_RV soft_pfx_read(const struct crypto *crypto, const struct blob *file, struct soft_pfx *ret_pfx)
{
	CK_RV rv = read_all(crypto, file, NULL, ret_pfx);

	ERR_clear_error();
	return rv;
}

CK_RV soft_pfx_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password)
{
	CLEANUP(p12_p) PKCS12 *p12 = NULL;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	p12 = parse(crypto, file);
	ERR_clear_error();
	return p12 ? soft_mac_check(crypto, file, password) : CKR_DATA_INVALID;
}

CK_RV soft_pfx_open(const struct crypto *crypto, const struct blob *file,
	const struct soft_open *how, struct soft_pfx *ret_pfx)
{
	CK_RV rv = read_all(crypto, file, how, ret_pfx);

	ERR_clear_error();
	return rv;
}
