/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption by password, as far as files of others may use it. */
#include "soft_cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "soft_pfx.h"

#define SALT_MAX 1024

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
