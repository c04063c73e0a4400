/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the table of mechanisms. */
#include "mech.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "scope.h"
#include "token.h"

static int by_type(const void *key, const void *row)
{
	CK_MECHANISM_TYPE type = *(const CK_MECHANISM_TYPE *)key;
	CK_MECHANISM_TYPE other = ((const struct mech *)row)->type;

	return (type > other) - (type < other);
}

const struct mech *mech_find(CK_MECHANISM_TYPE type)
{
	return bsearch(&type, mech_table, mech_table_len, sizeof(mech_table[0]), by_type);
}

/* PSS, OAEP and bare RSA need a key that takes any block. */
static bool needs_raw(const struct mech *mech)
{
	return mech->form == MECH_RSA_PSS || mech->form == MECH_RSA_OAEP ||
	       mech->form == MECH_RSA_RAW;
}

CK_KEY_TYPE mech_key_type(const struct mech *mech)
{
	switch (mech->form) {
	case MECH_RSA_GENERATE:
	case MECH_RSA_PKCS1:
	case MECH_RSA_PSS:
	case MECH_RSA_OAEP:
	case MECH_RSA_RAW:
		return CKK_RSA;
	case MECH_EC_GENERATE:
	case MECH_ECDSA:
	case MECH_ECDH:
		return CKK_EC;
	case MECH_AES_GENERATE:
	case MECH_AES:
	case MECH_AES_WRAP:
		return CKK_AES;
	case MECH_SECRET_GENERATE:
	case MECH_HMAC:
		return CKK_GENERIC_SECRET;
	case MECH_DIGEST:
		break;
	}
	return CK_UNAVAILABLE_INFORMATION;
}

bool mech_is_symmetric(const struct mech *mech)
{
	CK_KEY_TYPE type = mech_key_type(mech);

	return type == CKK_AES || type == CKK_GENERIC_SECRET;
}

bool mech_offered(const struct mech *mech, const struct token_info *info)
{
	if (mech->form == MECH_DIGEST || mech_is_symmetric(mech))
		return true;
	if (mech->form == MECH_ECDH)
		return info->curves != 0 && info->derive;
	if (mech_key_type(mech) == CKK_EC)
		return info->curves != 0;
	return info->rsa_max_bits && (!needs_raw(mech) || info->rsa_raw);
}

static void ec_info(const struct token_info *info, CK_MECHANISM_INFO *ret_info)
{
	static const struct {
		unsigned curve;
		CK_ULONG bits;
	} rows[] = { { TOKEN_P256, 256 }, { TOKEN_P384, 384 }, { TOKEN_P521, 521 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!(info->curves & rows[i].curve))
			continue;
		if (!ret_info->ulMinKeySize)
			ret_info->ulMinKeySize = rows[i].bits;
		ret_info->ulMaxKeySize = rows[i].bits;
	}
	ret_info->flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
}

/* Bytes; of a generic secret's making, bits: so says the standard. */
static void symmetric_info(const struct mech *mech, CK_MECHANISM_INFO *ret_info)
{
	CK_ULONG unit = mech->form == MECH_SECRET_GENERATE ? 8 : 1;
	bool aes = mech_key_type(mech) == CKK_AES;

	ret_info->ulMinKeySize = aes ? 16 : unit;
	ret_info->ulMaxKeySize = aes ? 32 : unit * MECH_SECRET_MAX;
}

void mech_info(const struct mech *mech, const struct token_info *info, CK_MECHANISM_INFO *ret_info)
{
	*ret_info = (CK_MECHANISM_INFO){ .flags = mech->flags };
	if (mech->form == MECH_DIGEST)
		return;
	if (mech_is_symmetric(mech)) {
		symmetric_info(mech, ret_info);
		return;
	}
	if (mech_key_type(mech) == CKK_EC) {
		ec_info(info, ret_info);
	} else {
		ret_info->ulMinKeySize = mech->form != MECH_RSA_GENERATE && info->rsa_use_min_bits
						 ? info->rsa_use_min_bits
						 : info->rsa_min_bits;
		ret_info->ulMaxKeySize = info->rsa_max_bits;
	}
	if (info->hardware)
		ret_info->flags |= CKF_HW;
}

#define PRIVATE_USES (CKF_SIGN | CKF_SIGN_RECOVER | CKF_DECRYPT | CKF_UNWRAP | CKF_DERIVE)

/* Which bits of usage open which function. A card's maker writes one bit for what are two functions
 * here: signing with and without non-repudiation, deciphering of data and of keys. Secret keys are
 * made here: each flag says what it says. */
static const struct {
	CK_FLAGS function;
	unsigned pair;   /* bits of private and public keys */
	unsigned secret; /* bits of secret keys */
} uses[] = {
	{ CKF_SIGN, TOKEN_USE_SIGN | TOKEN_USE_SIGN_RECOVER | TOKEN_USE_NON_REPUDIATION,
		TOKEN_USE_SIGN },
	{ CKF_SIGN_RECOVER, TOKEN_USE_SIGN_RECOVER, 0 },
	{ CKF_VERIFY, TOKEN_USE_VERIFY | TOKEN_USE_VERIFY_RECOVER, TOKEN_USE_VERIFY },
	{ CKF_VERIFY_RECOVER, TOKEN_USE_VERIFY_RECOVER, 0 },
	{ CKF_ENCRYPT, TOKEN_USE_ENCRYPT | TOKEN_USE_WRAP, TOKEN_USE_ENCRYPT },
	{ CKF_DECRYPT, TOKEN_USE_DECRYPT | TOKEN_USE_UNWRAP, TOKEN_USE_DECRYPT },
	{ CKF_WRAP, TOKEN_USE_WRAP, TOKEN_USE_WRAP },
	{ CKF_UNWRAP, TOKEN_USE_UNWRAP, TOKEN_USE_UNWRAP },
	{ CKF_DERIVE, TOKEN_USE_DERIVE, 0 },
};

static bool usage_allows(const struct object *key, CK_FLAGS function)
{
	for (size_t i = 0; i < COUNT_OF(uses); i++)
		if (uses[i].function == function)
			return key->meta.usage &
			       (key->meta.class == CKO_SECRET_KEY ? uses[i].secret : uses[i].pair);
	return false;
}

/* By the list of its template, if that had one. */
static bool list_allows(const struct object *key, CK_MECHANISM_TYPE type)
{
	const size_t step = sizeof(CK_MECHANISM_TYPE);

	for (size_t at = 0; at + step <= key->allowed.len; at += step)
		if (memcmp(key->allowed.bytes + at, &type, step) == 0)
			return true;
	return !key->restricted;
}

CK_RV mech_check_key(const struct mech *mech, CK_FLAGS function, const struct object *key)
{
	bool private = !mech_is_symmetric(mech) && (function & PRIVATE_USES);
	CK_OBJECT_CLASS class = mech_is_symmetric(mech) ? CKO_SECRET_KEY
				: private               ? CKO_PRIVATE_KEY
							: CKO_PUBLIC_KEY;

	if (!(mech->flags & function))
		return CKR_MECHANISM_INVALID;
	if (key->meta.class != class || key->meta.key_type != mech_key_type(mech))
		return CKR_KEY_TYPE_INCONSISTENT;
	if (!usage_allows(key, function))
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if ((private && needs_raw(mech) && !key->meta.raw) || !list_allows(key, mech->type))
		return CKR_MECHANISM_INVALID;
	return CKR_OK;
}

size_t mech_for_object(const struct object *key, CK_MECHANISM_TYPE *out, size_t cap)
{
	size_t count = 0;

	for (size_t i = 0; i < mech_table_len && count < cap; i++) {
		bool any = false;

		for (size_t f = 0; f < COUNT_OF(uses); f++)
			any |= mech_check_key(&mech_table[i], uses[f].function, key) == CKR_OK;
		if (any)
			out[count++] = mech_table[i].type;
	}
	return count;
}
