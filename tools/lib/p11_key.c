/* SPDX-License-Identifier: Apache-2.0 */
/* Generates, finds, uses and removes key pairs on the card. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "p11.h"
#include "p11_pin.h"
#include "pin.h"
#include "scope.h"

#define SIGNATURE_MAX 1024

static void params_free_p(OSSL_PARAM **params)
{
	OSSL_PARAM_free(*params);
}

static void build_free_p(OSSL_PARAM_BLD **build)
{
	OSSL_PARAM_BLD_free(*build);
}

static void context_free_p(EVP_PKEY_CTX **context)
{
	EVP_PKEY_CTX_free(*context);
}

static void number_free_p(BIGNUM **number)
{
	BN_free(*number);
}

bool p11_key_generate(
	struct p11_session *session, const struct p11_key_wish *wish, struct fail *fail)
{
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	static const uint8_t exponent[] = { 1, 0, 1 };
	CK_ULONG modulus_bits = wish->bits;
	CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { p11_attr(CKA_TOKEN, &yes, 1), p11_attr(CKA_VERIFY, &yes, 1),
		p11_attr(CKA_MODULUS_BITS, &modulus_bits, sizeof modulus_bits),
		p11_attr(CKA_PUBLIC_EXPONENT, exponent, sizeof exponent),
		p11_attr(CKA_ID, wish->id, P11_ID_LEN),
		p11_attr(CKA_LABEL, wish->label, strlen(wish->label)),
		p11_attr(CKA_ENCRYPT, &yes, 1) };
	CK_ATTRIBUTE private[] = { p11_attr(CKA_TOKEN, &yes, 1), p11_attr(CKA_PRIVATE, &yes, 1),
		p11_attr(CKA_SENSITIVE, &yes, 1), p11_attr(CKA_EXTRACTABLE, &no, 1),
		p11_attr(CKA_SIGN, &yes, 1), p11_attr(CKA_ID, wish->id, P11_ID_LEN),
		p11_attr(CKA_LABEL, wish->label, strlen(wish->label)),
		p11_attr(CKA_DECRYPT, &yes, 1) };
	CK_ULONG more = wish->decrypt ? 0 : 1; /* the last attribute of each */
	CK_OBJECT_HANDLE public_handle, private_handle;

	CK_RV rv = p11_functions(session)->C_GenerateKeyPair(p11_handle(session), &mechanism,
		public, sizeof public / sizeof public[0] - more, private,
		sizeof private / sizeof private[0] - more, &public_handle, &private_handle);
	return rv == CKR_OK || fail_ck(fail, rv, _("generating the key pair on the card"));
}

static bool find_class(struct p11_session *session, const uint8_t *id, CK_OBJECT_CLASS class,
	CK_OBJECT_HANDLE *found, size_t *ret_count, struct fail *fail)
{
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_ID, id, P11_ID_LEN) };

	return p11_find(session, template, 2, found, ret_count, fail);
}

static bool rsa_from_numbers(
	const uint8_t *n, size_t n_len, const uint8_t *e, size_t e_len, EVP_PKEY **ret)
{
	CLEANUP(number_free_p) BIGNUM *modulus = BN_bin2bn(n, (int)n_len, NULL);
	CLEANUP(number_free_p) BIGNUM *exponent = BN_bin2bn(e, (int)e_len, NULL);
	CLEANUP(build_free_p) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	CLEANUP(context_free_p)
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	CLEANUP(params_free_p) OSSL_PARAM *params = NULL;

	if (!modulus || !exponent || !build || !context ||
		!OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) ||
		!OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent))
		return false;
	params = OSSL_PARAM_BLD_to_param(build);
	return params && EVP_PKEY_fromdata_init(context) == 1 &&
	       EVP_PKEY_fromdata(context, ret, EVP_PKEY_PUBLIC_KEY, params) == 1;
}

bool p11_key_find(struct p11_session *session, const uint8_t id[P11_ID_LEN], struct p11_key *ret,
	bool *ret_found, struct fail *fail)
{
	CK_OBJECT_HANDLE private[P11_FIND_MAX], public[P11_FIND_MAX];
	size_t privates, publics;
	CLEANUP(free_p) uint8_t *modulus = NULL;
	CLEANUP(free_p) uint8_t *exponent = NULL;
	size_t modulus_len, exponent_len;
	EVP_PKEY *key = NULL;

	if (!find_class(session, id, CKO_PRIVATE_KEY, private, &privates, fail) ||
		!find_class(session, id, CKO_PUBLIC_KEY, public, &publics, fail))
		return false;
	*ret_found = false;
	if (privates != 1 || publics != 1)
		return true;
	if (!p11_get(session, public[0], CKA_MODULUS, &modulus, &modulus_len, fail) ||
		!p11_get(session, public[0], CKA_PUBLIC_EXPONENT, &exponent, &exponent_len, fail))
		return false;
	if (!modulus_len || !exponent_len)
		return true;
	if (!rsa_from_numbers(modulus, modulus_len, exponent, exponent_len, &key))
		return fail_set(
			fail, FAIL_CARD_ERROR, _("the public key on the card is no RSA key"));
	*ret = (struct p11_key){ .private = private[0], .public = key };
	memcpy(ret->id, id, P11_ID_LEN);
	*ret_found = true;
	return true;
}

bool p11_key_ids(struct p11_session *session, uint8_t ids[P11_FIND_MAX][P11_ID_LEN],
	size_t *ret_count, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count, kept = 0;

	if (!p11_find(session, template, 1, found, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		CLEANUP(free_p) uint8_t *id = NULL;
		size_t len;
		if (!p11_get(session, found[i], CKA_ID, &id, &len, fail))
			return false;
		if (len == P11_ID_LEN)
			memcpy(ids[kept++], id, P11_ID_LEN);
	}
	*ret_count = kept;
	return true;
}

bool p11_key_destroy(struct p11_session *session, const uint8_t id[P11_ID_LEN], struct fail *fail)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY };

	for (size_t i = 0; i < 2; i++) {
		CK_OBJECT_HANDLE found[P11_FIND_MAX];
		size_t count;
		if (!find_class(session, id, classes[i], found, &count, fail))
			return false;
		for (size_t j = 0; j < count; j++) {
			CK_RV rv = p11_functions(session)->C_DestroyObject(
				p11_handle(session), found[j]);
			if (rv != CKR_OK && rv != CKR_OBJECT_HANDLE_INVALID)
				return fail_ck(fail, rv, _("removing half a key from the card"));
		}
	}
	return true;
}

/* Present the PIN for this one use; NULL: it is typed at the reader. */
static CK_RV log_in_again(struct p11_session *session, const struct pin *pin)
{
	CK_ATTRIBUTE value = p11_attr(0, pin ? pin_text(pin) : NULL, pin ? pin_len(pin) : 0);

	return p11_functions(session)->C_Login(
		p11_handle(session), CKU_CONTEXT_SPECIFIC, value.pValue, value.ulValueLen);
}

static void ecdsa_free_p(ECDSA_SIG **signature)
{
	ECDSA_SIG_free(*signature);
}

/* What PKCS#11 gives as two numbers of one length, certificates have as DER. */
static bool to_der(uint8_t *bytes, CK_ULONG *len)
{
	CLEANUP(ecdsa_free_p) ECDSA_SIG *signature = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes, (int)*len / 2, NULL);
	BIGNUM *s = BN_bin2bn(bytes + *len / 2, (int)*len / 2, NULL);
	unsigned char *at = bytes;

	if (!signature || !r || !s || !ECDSA_SIG_set0(signature, r, s)) {
		BN_free(r);
		BN_free(s);
		return false;
	}
	int der_len = i2d_ECDSA_SIG(signature, NULL);
	if (der_len <= 0 || der_len > SIGNATURE_MAX)
		return false;
	*len = (CK_ULONG)i2d_ECDSA_SIG(signature, &at);
	return true;
}

bool p11_key_sign(struct p11_session *session, const struct p11_key *key, const uint8_t *bytes,
	size_t len, uint8_t **ret, size_t *ret_len, struct fail *fail)
{
	CK_MECHANISM mechanism = { key->ec ? CKM_ECDSA_SHA256 : CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_ULONG signature_len = SIGNATURE_MAX;
	CLEANUP(free_p) uint8_t *signature = malloc(SIGNATURE_MAX);
	CK_ATTRIBUTE message = p11_attr(0, bytes, len);
	CK_FUNCTION_LIST *functions = p11_functions(session);
	CLEANUP(pin_free_p) struct pin *asked = NULL;
	bool again = (key->pin || key->ask) && p11_wants_pin(session, key->private);

	if (!signature)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (again && !key->pin && !key->ask(key->context, &asked, fail))
		return false;
	CK_RV rv = functions->C_SignInit(p11_handle(session), &mechanism, key->private);
	if (rv == CKR_OK && again)
		rv = log_in_again(session, key->pin ? key->pin : asked);
	if (rv == CKR_OK)
		rv = functions->C_Sign(p11_handle(session), message.pValue, message.ulValueLen,
			signature, &signature_len);
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("signing with the card"));
	if (key->ec && !to_der(signature, &signature_len))
		return fail_set(fail, FAIL_INTERNAL, NULL);
	*ret = TAKE(signature);
	*ret_len = signature_len;
	return true;
}
