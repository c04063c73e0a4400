/* SPDX-License-Identifier: Apache-2.0 */
/* RSA of V5: values in BER, plain or by its factors, and new keys of both kinds. */
#include "key5.h"

#include "ec5.h"
#include "numbers.h"
#include "rsa_make.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

static void pkey_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void bn_free(BIGNUM **number)
{
	BN_clear_free(*number);
}

static const uint8_t *value(const struct vc_object *key, unsigned tag, size_t *ret_len)
{
	return vc_ber_find(key->body.data, key->body.len, tag, ret_len);
}

bool vc_key5_is_rsa(const struct vc_object *key)
{
	return vc_u16(key->param + VC_P5_ALGORITHM) == VC_KEY5_RSA;
}

size_t vc_key5_len(const struct vc_object *key)
{
	size_t len = 0, second = 0;

	if (!vc_key5_is_rsa(key))
		return vc_ec5_len(key);
	if (value(key, 0x81, &len))
		return len;
	if (value(key, 0x92, &len) && value(key, 0x93, &second) && len == second)
		return 2 * len;
	return 0;
}

static struct vc_number number(const struct vc_object *key, unsigned tag)
{
	struct vc_number found = { NULL, 0 };

	found.bytes = value(key, tag, &found.len);
	return found;
}

enum vc_sw vc_key5_rsa(const struct vc_object *key, const uint8_t *in, uint8_t *out, size_t len)
{
	const struct vc_numbers numbers = { .modulus = number(key, 0x81),
		.exponent = number(key, 0x82),
		.p = number(key, 0x92),
		.q = number(key, 0x93),
		.inverse = number(key, 0x94),
		.dp = number(key, 0x95),
		.dq = number(key, 0x96),
		.q_above_p = true };

	return vc_numbers_private(&numbers, in, out, len);
}

static bool print_number(
	const EVP_PKEY *key, const char *name, unsigned tag, size_t len, struct vc_buf *out)
{
	CLEANUP(bn_free) BIGNUM *number = NULL;
	uint8_t bytes[VC_KEY5_MAX];

	if (!EVP_PKEY_get_bn_param(key, name, &number) ||
		BN_bn2binpad(number, bytes, (int)len) != (int)len)
		return false;
	vc_buf_tlv(out, tag, bytes, len);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}

enum vc_sw vc_key5_generate(
	const struct vc_object *key, struct vc_bytes *ret_private, struct vc_bytes *ret_public)
{
	CLEANUP(vc_buf_clear) struct vc_buf secret = { 0 }, open = { 0 };
	size_t len = vc_key5_len(key);

	if (!vc_key5_is_rsa(key))
		return vc_ec5_generate(key, ret_private, ret_public);
	if (len < 64 || len > VC_KEY5_MAX)
		return SW_OBJECT_INVALID;
	CLEANUP(pkey_free) EVP_PKEY *fresh = vc_rsa_make((unsigned)len * 8);

	if (!fresh || !print_number(fresh, OSSL_PKEY_PARAM_RSA_N, 0x81, len, &secret) ||
		!print_number(fresh, OSSL_PKEY_PARAM_RSA_D, 0x82, len, &secret) ||
		!print_number(fresh, OSSL_PKEY_PARAM_RSA_N, 0x81, len, &open) ||
		!print_number(fresh, OSSL_PKEY_PARAM_RSA_E, 0x82, 3, &open))
		return SW_TECHNICAL;
	vc_bytes_set(ret_private, secret.data, secret.len);
	vc_bytes_set(ret_public, open.data, open.len);
	return SW_OK;
}

enum vc_sw vc_key5_export(const struct vc_object *key, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };
	size_t len = 0;

	if (!vc_key5_is_rsa(key)) {
		if (!vc_ec5_export(key, &body))
			return SW_OBJECT_INVALID;
	} else {
		const uint8_t *bytes = value(key, 0x81, &len);

		if (!bytes)
			return SW_OBJECT_INVALID;
		vc_buf_tlv(&body, 0x81, bytes, len);
		bytes = value(key, 0x82, &len);
		if (!bytes)
			return SW_OBJECT_INVALID;
		vc_buf_tlv(&body, 0x82, bytes, len);
	}
	vc_buf_tlv(out, 0x7F49, body.data, body.len);
	return SW_OK;
}
