/* SPDX-License-Identifier: Apache-2.0 */
/* The private half of an operation with a key that lies in memory: computed without the slot's
 * lock, so that threads do not wait for each other. */
#include "op_lent.h"

#include "object.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "slot_transaction.h"

struct lent {
	struct token_key *key;
	struct token_block block;
	uint8_t *out;
	size_t *ret_len;
	struct secret **ret_plain;
};

static void give_back_p(struct token_key **key)
{
	if (*key)
		(*key)->give_back(*key);
	*key = NULL;
}

static CK_RV sign(void *arg)
{
	const struct lent *lent = arg;

	return lent->key->sign(lent->key, lent->block, lent->out, lent->ret_len);
}

static CK_RV decipher(void *arg)
{
	const struct lent *lent = arg;

	return lent->key->decipher(lent->key, lent->block, lent->ret_plain);
}

static CK_RV derive(void *arg)
{
	const struct lent *lent = arg;

	return lent->key->derive(lent->key, lent->block, lent->ret_plain);
}

static CK_RV compute(struct slot *slot, struct op *op, const struct object *object,
	CK_RV (*work)(void *arg), struct lent *lent)
{
	CLEANUP(give_back_p) struct token_key *key = NULL;
	CK_RV rv = object->key ? session_key_lend(slot->crypto, object->key, &key)
			       : slot_note(slot, slot->token->ops->lend(
							 slot->token, object->meta.number, &key));

	lent->key = key;
	return rv == CKR_OK ? session_apart(slot, op->session, work, lent) : rv;
}

CK_RV op_lent_sign(struct slot *slot, struct op *op, const struct object *key,
	struct token_block block, uint8_t *out, size_t *ret_len)
{
	struct lent lent = { .block = block, .out = out, .ret_len = ret_len };

	return compute(slot, op, key, sign, &lent);
}

CK_RV op_lent_decipher(struct slot *slot, struct op *op, const struct object *key,
	struct token_block block, struct secret **ret_plain)
{
	struct lent lent = { .block = block, .ret_plain = ret_plain };

	return compute(slot, op, key, decipher, &lent);
}

CK_RV op_lent_derive(struct slot *slot, struct op *op, const struct object *key,
	struct token_block point, struct secret **ret_secret)
{
	struct lent lent = { .block = point, .ret_plain = ret_secret };

	return compute(slot, op, key, derive, &lent);
}
