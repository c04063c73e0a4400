/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a private key that was made elsewhere on a PKCS#15 card. The key comes before its entry:
 * what an interrupted call leaves is not listed, and the next key is written over it. */
#include "p15_import.h"

#include "cleanup.h"
#include "p15_generate.h"
#include "p15_store.h"
#include "p15_write.h"
#include "secret.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static void rsa_done(struct cos_rsa *rsa)
{
	for (unsigned i = 0; i < COS_RSA_NUMBERS; i++)
		rsa->numbers[i] = secret_free(rsa->numbers[i]);
}

static void pkey_p(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

/* One number at its full length. */
static bool take_number(const EVP_PKEY *pkey, const char *name, size_t len, struct secret **ret)
{
	BIGNUM *number = NULL;
	struct secret *secret = secret_new_empty(len);
	bool done = secret && EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
		    BN_bn2binpad(number, secret_bytes_mut(secret), (int)len) == (int)len;
	BN_clear_free(number);
	*ret = done ? secret : secret_free(secret);
	return done;
}

static enum cardos_err take_apart(const struct secret *key, unsigned bits, struct cos_rsa *rsa)
{
	static const char *const names[COS_RSA_NUMBERS] = {
		[COS_RSA_MODULUS] = OSSL_PKEY_PARAM_RSA_N,
		[COS_RSA_EXPONENT] = OSSL_PKEY_PARAM_RSA_D,
		[COS_RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
		[COS_RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
		[COS_RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
		[COS_RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
		[COS_RSA_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	CLEANUP(pkey_p) EVP_PKEY *pkey = NULL;
	PKCS8_PRIV_KEY_INFO *info;
	const unsigned char *p = secret_bytes(key);
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)secret_len(key));
	pkey = info ? EVP_PKCS82PKEY(info) : NULL;
	PKCS8_PRIV_KEY_INFO_free(info);
	if (!pkey || !EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_get_bits(pkey) != (int)bits)
		return CARDOS_E_ARGUMENT;
	for (unsigned i = 0; i < COS_RSA_NUMBERS; i++) {
		size_t len = i < COS_RSA_P ? bits / 8 : bits / 16;
		if (!take_number(pkey, names[i], len, &rsa->numbers[i]))
			return CARDOS_E_ARGUMENT;
	}
	return CARDOS_OK;
}

static enum cardos_err list_key(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, uint32_t *ret_private)
{
	const struct secret *modulus = key->value->numbers[COS_RSA_MODULUS];
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	struct p15_entry entry = { .object = { .modifiable = true,
					   .private = true,
					   .bits = key->bits,
					   .key_type = CARDOS_KEY_RSA,
					   .access = CARDOS_ACCESS_SENSITIVE } };
	if (EVP_Digest(secret_bytes(modulus), secret_len(modulus), digest, &digest_len, EVP_sha1(),
		    NULL) != 1)
		return CARDOS_E_MEMORY;
	p15_set_name(&entry.object, params->label, params->id_len ? params->id : digest,
		params->id_len ? params->id_len : digest_len);
	entry.object.usage = p15_private_usage(CARDOS_KEY_RSA, params->usage);
	entry.reference = key->key.reference;
	entry.path = p15->app;
	p15_set_auth_id(p15, &entry);
	return p15_append_entry(p15, P15_PRKDF, &entry, ret_private);
}

enum cardos_err p15_import(struct p15 *p15, const struct cardos_key_params *params,
	const struct secret *key, uint32_t *ret_private)
{
	CLEANUP(rsa_done) struct cos_rsa rsa = { 0 };
	const bool decipher = params->usage & (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP);
	struct cos_key_new made = { .type = CARDOS_KEY_RSA,
		.bits = params->bits,
		.mode = decipher ? COS_KEY_DECIPHER : COS_KEY_SIGN,
		.pin = p15_guard(p15, CARDOS_PIN_USER),
		.value = &rsa };
	if (params->usage == 0 || params->id_len > CARDOS_ID_MAX)
		return CARDOS_E_ARGUMENT;
	if (params->type == CARDOS_KEY_EC || !cos_key_imports(p15->cos))
		return CARDOS_E_NOT_SUPPORTED;
	enum cardos_err err = take_apart(key, params->bits, &rsa);
	if (err == CARDOS_OK)
		err = p15_begin_change(p15);
	if (err != CARDOS_OK)
		return err;
	made.key.path = p15->app; /* known since p15_begin_change() */
	err = p15_free_reference(p15, &made);
	if (err == CARDOS_OK)
		err = cos_key_put(p15->cos, &made);
	if (err == CARDOS_OK)
		err = list_key(p15, params, &made, ret_private);
	return err;
}
