/* SPDX-License-Identifier: Apache-2.0 */
/* RSA of the card: the private operation on stored components, and new keys. */
#include "rsa.h"

#include "numbers.h"
#include "rsa_make.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#define PREFIX 2 /* components of the short form begin with length + 1 and 00 */

static void pkey_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void bn_free(BIGNUM **number)
{
	BN_clear_free(*number);
}

static const struct vc_object *component(const struct vc_file *df, unsigned id, unsigned number)
{
	return vc_object_find(df, VC_PSO | number, id);
}

/* Components from 0 on without a gap; the last of them must announce no other. */
static unsigned component_count(const struct vc_file *df, unsigned id)
{
	const struct vc_object *last = NULL;
	unsigned count = 0;

	for (const struct vc_object *part; (part = component(df, id, count)); count++)
		last = part;
	return last && !(last->param[0] & VC_OPTION_MORE) ? count : 0;
}

size_t vc_rsa_len(const struct vc_file *df, unsigned id)
{
	unsigned count = component_count(df, id);

	if (!count)
		return 0;
	size_t first = component(df, id, 0)->body.len;

	if (count == VC_COMPONENTS)
		return 2 * first;
	return count == 2 && first > PREFIX ? first - PREFIX : 0;
}

static struct vc_number number(const struct vc_file *df, unsigned id, unsigned at, size_t skip)
{
	const struct vc_object *part = component(df, id, at);

	if (!part || part->body.len <= skip)
		return (struct vc_number){ NULL, 0 };
	return (struct vc_number){ part->body.data + skip, part->body.len - skip };
}

enum vc_sw vc_rsa_private(
	const struct vc_file *df, unsigned id, const uint8_t *in, uint8_t *out, size_t len)
{
	struct vc_numbers key = { 0 };

	if (component_count(df, id) == 2) {
		key.modulus = number(df, id, 0, PREFIX);
		key.exponent = number(df, id, 1, PREFIX);
	} else {
		key.p = number(df, id, 0, 0);
		key.q = number(df, id, 1, 0);
		key.dp = number(df, id, 2, 0);
		key.dq = number(df, id, 3, 0);
		key.inverse = number(df, id, 4, 0);
	}
	return vc_numbers_private(&key, in, out, len);
}

static bool export(const EVP_PKEY *key, const char *name, size_t len, size_t prefix,
	struct vc_bytes *ret_value)
{
	CLEANUP(bn_free) BIGNUM *number = NULL;
	uint8_t *value = vc_alloc(prefix + len);

	*ret_value = (struct vc_bytes){ value, prefix + len };
	if (prefix)
		value[0] = (uint8_t)(len + 1);
	return EVP_PKEY_get_bn_param(key, name, &number) &&
	       BN_bn2binpad(number, value + prefix, (int)len) == (int)len;
}

bool vc_rsa_generate(
	unsigned bits, unsigned count, struct vc_bytes *components, struct vc_bytes *ret_modulus)
{
	static const char *const crt_names[VC_COMPONENTS] = { OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
	static const char *const plain_names[2] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_D };
	CLEANUP(pkey_free) EVP_PKEY *key = vc_rsa_make(bits);
	size_t len = bits / 8;
	bool ok = key && export(key, OSSL_PKEY_PARAM_RSA_N, len, 0, ret_modulus);

	for (unsigned i = 0; ok && i < count; i++) {
		ok = count == VC_COMPONENTS
			     ? export(key, crt_names[i], len / 2, 0, &components[i])
			     : export(key, plain_names[i], len, PREFIX, &components[i]);
	}
	return ok;
}
