/* SPDX-License-Identifier: Apache-2.0 */
/* A key in memory as one that is lent. */
#include "lent_key.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "soft_key.h"

struct lent_key {
	struct token_key key; /* first */
	struct crypto *crypto;
	EVP_PKEY *pkey;
};

static const struct lent_key *lent_of(const struct token_key *key)
{
	return (const struct lent_key *)(const void *)key;
}

static void give_back(struct token_key *key)
{
	struct lent_key *lent = (struct lent_key *)(void *)key;

	crypto_pkey_p(&lent->pkey);
	crypto_free(lent->crypto);
	free(lent);
}

static CK_RV sign(struct token_key *key, struct token_block block, uint8_t *out, size_t *ret_len)
{
	return soft_key_sign(lent_of(key)->crypto, lent_of(key)->pkey, block, out, ret_len);
}

static CK_RV decipher(struct token_key *key, struct token_block block, struct secret **ret_plain)
{
	return soft_key_decipher(lent_of(key)->crypto, lent_of(key)->pkey, block, ret_plain);
}

static CK_RV derive(struct token_key *key, struct token_block point, struct secret **ret_x)
{
	return soft_key_derive(lent_of(key)->crypto, lent_of(key)->pkey, point, ret_x);
}

CK_RV lent_key_new(struct crypto *crypto, EVP_PKEY *key, struct token_key **ret_key)
{
	struct lent_key *lent = calloc(1, sizeof(*lent));

	if (!lent || EVP_PKEY_up_ref(key) != 1) {
		free(lent);
		return CKR_HOST_MEMORY;
	}
	lent->key = (struct token_key){ give_back, sign, decipher, derive };
	lent->crypto = crypto_ref(crypto);
	lent->pkey = key;
	*ret_key = &lent->key;
	return CKR_OK;
}
