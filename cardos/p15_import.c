/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a private key that was made elsewhere on a PKCS#15 card. The key comes before its entry:
 * what an interrupted call leaves is not listed. On V4 the next key is written over it; V5, which
 * tells what keys there are, has a mark beside it that says what to delete. */
#include "p15_import.h"

#include "cleanup.h"
#include "digest.h"
#include "p15_generate.h"
#include "p15_store.h"
#include "p15_write.h"
#include "secret.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

struct value {
	struct cos_rsa rsa;
	struct cos_ec ec;
};

static void value_done(struct value *value)
{
	for (unsigned i = 0; i < COS_RSA_NUMBERS; i++)
		value->rsa.numbers[i] = secret_free(value->rsa.numbers[i]);
	value->ec.scalar = secret_free(value->ec.scalar);
}

static void pkey_p(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

/* One number at this length; 0: at its own. */
static bool take_number(const EVP_PKEY *pkey, const char *name, size_t len, struct secret **ret)
{
	BIGNUM *number = NULL;
	if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1)
		return false;
	if (len == 0)
		len = (size_t)BN_num_bytes(number);
	struct secret *secret = secret_new_empty(len);
	bool done = secret && BN_bn2binpad(number, secret_bytes_mut(secret), (int)len) == (int)len;
	BN_clear_free(number);
	*ret = done ? secret : secret_free(secret);
	return done;
}

static bool take_rsa(const EVP_PKEY *pkey, unsigned bits, struct cos_rsa *rsa)
{
	static const char *const names[COS_RSA_NUMBERS] = {
		[COS_RSA_MODULUS] = OSSL_PKEY_PARAM_RSA_N,
		[COS_RSA_EXPONENT] = OSSL_PKEY_PARAM_RSA_D,
		[COS_RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
		[COS_RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
		[COS_RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
		[COS_RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
		[COS_RSA_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		[COS_RSA_PUBLIC] = OSSL_PKEY_PARAM_RSA_E,
	};
	for (unsigned i = 0; i < COS_RSA_NUMBERS; i++) {
		size_t len = i < COS_RSA_P ? bits / 8 : i < COS_RSA_PUBLIC ? bits / 16 : 0;
		if (!take_number(pkey, names[i], len, &rsa->numbers[i]))
			return false;
	}
	return true;
}

static bool take_ec(const EVP_PKEY *pkey, unsigned bits, struct cos_ec *ec)
{
	const size_t field = (bits + 7) / 8;
	return take_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, field, &ec->scalar) &&
	       EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, ec->point,
		       sizeof(ec->point), &ec->point_len) == 1 &&
	       ec->point_len == 2 * field + 1 && ec->point[0] == 0x04;
}

static enum cardos_err take_apart(
	const struct secret *key, const struct cos_key_new *made, struct value *value)
{
	CLEANUP(digest_context_p) OSSL_LIB_CTX *context = digest_context();
	CLEANUP(pkey_p) EVP_PKEY *pkey = NULL;
	PKCS8_PRIV_KEY_INFO *info;
	const bool ec = made->type == CARDOS_KEY_EC;
	const unsigned char *p = secret_bytes(key);
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)secret_len(key));
	pkey = context && info ? EVP_PKCS82PKEY_ex(info, context, NULL) : NULL;
	PKCS8_PRIV_KEY_INFO_free(info);
	if (!pkey || !EVP_PKEY_is_a(pkey, ec ? "EC" : "RSA") ||
		EVP_PKEY_get_bits(pkey) != (int)made->bits)
		return CARDOS_E_ARGUMENT;
	return (ec ? take_ec(pkey, made->bits, &value->ec)
		   : take_rsa(pkey, made->bits, &value->rsa))
		       ? CARDOS_OK
		       : CARDOS_E_ARGUMENT;
}

/* The modulus or the point. */
static struct buf public_half(const struct cos_key_new *key)
{
	const struct secret *modulus = key->value ? key->value->numbers[COS_RSA_MODULUS] : NULL;
	const uint8_t *bytes = modulus ? secret_bytes(modulus) : key->ec_value->point;
	const size_t len = modulus ? secret_len(modulus) : key->ec_value->point_len;
	struct buf half;
	buf_init(&half, CARDOS_RSA_MAX);
	buf_put(&half, bytes, len);
	return half;
}

static enum cardos_err describe(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, struct p15_entry *ret_entry)
{
	CLEANUP(buf_done) struct buf half = public_half(key);
	uint8_t digest[DIGEST_SHA1_LEN];
	*ret_entry = (struct p15_entry){ .object = { .modifiable = true,
						 .private = true,
						 .bits = key->bits,
						 .key_type = key->type,
						 .dates = params->dates,
						 .access = CARDOS_ACCESS_SENSITIVE } };
	if (half.bad || !digest_sha1(cos_card_digest(p15->cos), half.bytes, half.len, digest))
		return CARDOS_E_MEMORY;
	p15_set_name(&ret_entry->object, params->label, params->id_len ? params->id : digest,
		params->id_len ? params->id_len : sizeof(digest));
	ret_entry->object.usage = p15_private_usage(key->type, params->usage);
	ret_entry->reference = key->key.reference;
	ret_entry->path = p15->app;
	p15_set_auth_id(p15, ret_entry);
	return CARDOS_OK;
}

static enum cardos_err list_key(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, uint32_t *ret_private)
{
	struct p15_entry entry;
	enum cardos_err err = describe(p15, params, key, &entry);
	return err == CARDOS_OK ? p15_append_entry(p15, P15_PRKDF, &entry, ret_private) : err;
}

/* ---- what an interrupted call left, on cards that keep a mark of it ---- */

static bool same_wish(const struct cardos_object *a, const struct cardos_object *b)
{
	return a->key_type == b->key_type && a->usage == b->usage && a->id_len == b->id_len &&
	       memcmp(a->id, b->id, a->id_len) == 0 && strcmp(a->label, b->label) == 0;
}

/* Does the card have this very key at that reference? */
static bool same_key(
	struct p15 *p15, const struct cos_key_new *begun, const struct cos_key_new *key)
{
	CLEANUP(buf_done) struct buf half = public_half(key);
	const struct cos_path file = cos_path_child(&p15->app, P15_FID_KEYGEN);
	struct cos_public public;
	if (cos_key_public(p15->cos, begun, &file, 0, &public) != CARDOS_OK || half.bad)
		return false;
	if (key->type == CARDOS_KEY_EC)
		return public.point_len == half.len &&
		       memcmp(public.point, half.bytes, half.len) == 0;
	return public.modulus_len == half.len && memcmp(public.modulus, half.bytes, half.len) == 0;
}

/* The key was listed, and the caller was not told: he asks again. *ret_private stays 0 otherwise.
 */
static enum cardos_err find_finished(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, uint32_t *ret_private)
{
	struct cos_key_new begun = { .key = { .path = p15->app }, .bits = key->bits };
	const struct cos_path file = cos_path_child(&p15->app, P15_FID_KEYGEN);
	struct p15_entry wish;
	enum cardos_err err = cos_key_begun(p15->cos, &file, &begun);
	if (err == CARDOS_OK)
		err = describe(p15, params, key, &wish);
	if (err != CARDOS_OK || !begun.key.reference || begun.type != key->type)
		return err;
	for (unsigned i = 0; i < p15->object_count; i++) {
		const struct p15_object *object = p15->objects[i];
		if (object->shown && object->entry.object.class == CARDOS_PRIVATE_KEY &&
			object->entry.reference == begun.key.reference &&
			same_wish(&object->entry.object, &wish.object) &&
			same_key(p15, &begun, key))
			*ret_private = object->entry.object.number;
	}
	return CARDOS_OK;
}

static enum cardos_err settle(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, uint32_t *ret_private)
{
	uint32_t pair[2] = { 0 };
	bool exists = false;
	enum cardos_err err = p15_child_exists(p15, P15_FID_KEYGEN, &exists);
	if (err != CARDOS_OK || !exists)
		return err;
	err = find_finished(p15, params, key, ret_private);
	return err == CARDOS_OK ? p15_settle_generation(p15, params, pair) : err;
}

static enum cardos_err put_marked(struct p15 *p15, const struct cardos_key_params *params,
	struct cos_key_new *key, uint32_t *ret_private)
{
	const bool marks = cos_key_deletes(p15->cos);
	uint32_t number = 0;
	uint8_t kind;
	enum cardos_err err = marks ? settle(p15, params, key, &number) : CARDOS_OK;
	if (err == CARDOS_OK && number == 0) {
		err = p15_free_reference(p15, key);
		if (err == CARDOS_OK && marks)
			err = p15_mark_key(p15, key, &kind);
		if (err == CARDOS_OK)
			err = cos_key_put(p15->cos, key);
		if (err == CARDOS_OK)
			err = list_key(p15, params, key, &number);
		if (err == CARDOS_OK && marks)
			(void)p15_clear_child(p15, P15_FID_KEYGEN); /* the key is whole */
	}
	if (err == CARDOS_OK)
		*ret_private = number;
	return err;
}

enum cardos_err p15_import(struct p15 *p15, const struct cardos_key_params *params,
	const struct secret *key, uint32_t *ret_private)
{
	CLEANUP(value_done) struct value value = { 0 };
	const bool decipher = params->usage & (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP);
	const bool ec = params->type == CARDOS_KEY_EC;
	struct cos_key_new made = { .type = ec ? CARDOS_KEY_EC : CARDOS_KEY_RSA,
		.bits = params->bits,
		.mode = decipher ? COS_KEY_DECIPHER : COS_KEY_SIGN,
		.pin = p15_guard(p15, CARDOS_PIN_USER),
		.value = ec ? NULL : &value.rsa,
		.ec_value = ec ? &value.ec : NULL };
	if (params->usage == 0 || params->id_len > CARDOS_ID_MAX)
		return CARDOS_E_ARGUMENT;
	if (!cos_key_imports(p15->cos))
		return CARDOS_E_NOT_SUPPORTED;
	enum cardos_err err = take_apart(key, &made, &value);
	if (err == CARDOS_OK)
		err = p15_begin_change(p15);
	if (err != CARDOS_OK)
		return err;
	made.key.path = p15->app; /* known since p15_begin_change() */
	return put_marked(p15, params, &made, ret_private);
}
