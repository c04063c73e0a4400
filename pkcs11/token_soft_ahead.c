/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: the long part of logging in and of making a key, which needs
 * nothing of the token. */
#include "token_soft_internal.h"

#include <stdlib.h>

#include "crypto.h"
#include "scope.h"
#include "soft_key.h"

#include "cardos/secret.h"

static struct soft_ahead *ahead_of(struct token_ahead *base)
{
	return (struct soft_ahead *)(void *)base;
}

static void compute_login(struct token_ahead *base)
{
	struct soft_ahead *ahead = ahead_of(base);

	ahead->proof.rv = soft_pfx_check(ahead->crypto, &ahead->proof.guard, ahead->proof.pin);
}

static CK_RV make_key(
	const struct crypto *crypto, CK_KEY_TYPE type, unsigned bits, EVP_PKEY **ret_key)
{
	return type == CKK_EC ? soft_key_ec(crypto, bits, ret_key)
			      : soft_key_rsa(crypto, bits, ret_key);
}

static void compute_key(struct token_ahead *base)
{
	struct soft_ahead *ahead = ahead_of(base);

	/* a failure is generate()'s to tell: it will meet it too */
	(void)make_key(ahead->crypto, ahead->key_type, ahead->bits, &ahead->key);
}

static void free_ahead(struct token_ahead *base)
{
	struct soft_ahead *ahead = ahead_of(base);

	blob_clear(&ahead->proof.guard);
	crypto_pkey_p(&ahead->key);
	crypto_free(ahead->crypto);
	free(ahead);
}

static struct soft_ahead *new_ahead(
	const struct soft_store *store, void (*compute)(struct token_ahead *ahead))
{
	struct soft_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	ahead->base = (struct token_ahead){ compute, free_ahead };
	ahead->crypto = crypto_ref(store->crypto);
	return ahead;
}

/* Failures are login()'s to tell: it will meet them too. */
struct token_ahead *soft_login_ahead(
	struct token *token, enum token_role role, const struct secret *pin)
{
	struct soft_store *store = soft_of(token)->store;
	struct soft_ahead *ahead = NULL;

	if (role == TOKEN_USER && soft_store_knows(store, pin))
		return NULL;
	ahead = new_ahead(store, compute_login);
	if (!ahead)
		return NULL;
	ahead->proof.pin = pin;
	if (soft_store_guard(store, role, &ahead->proof.guard) == CKR_OK)
		return &ahead->base;
	free_ahead(&ahead->base);
	return NULL;
}

struct token_ahead *soft_generate_ahead(struct token *token, const struct token_generate *params)
{
	struct soft_ahead *ahead = new_ahead(soft_of(token)->store, compute_key);

	if (!ahead)
		return NULL;
	ahead->key_type = params->key_type;
	ahead->bits = params->bits;
	return &ahead->base;
}

void soft_at_hand(struct token *token, struct token_ahead *base)
{
	struct soft_token *soft = soft_of(token);

	soft->ahead = base ? ahead_of(base) : NULL;
	soft->store->proof = base && base->compute == compute_login ? &soft->ahead->proof : NULL;
}

CK_RV soft_make_key(
	struct soft_token *soft, const struct token_generate *params, EVP_PKEY **ret_key)
{
	struct soft_ahead *ahead = soft->ahead;

	if (ahead && ahead->key && ahead->key_type == params->key_type &&
		ahead->bits == params->bits) {
		*ret_key = TAKE(ahead->key);
		return CKR_OK;
	}
	return make_key(soft->store->crypto, params->key_type, params->bits, ret_key);
}
