/* SPDX-License-Identifier: Apache-2.0 */
/* The private half of an operation with a key that lies in memory: one that the token lends, or one
 * of a session. Computed without the slot's lock: op lives on, the objects and the token may not.
 * Transaction held before, for a key of the token, of no use afterwards. */
#ifndef PKCS11_OP_LENT_H
#define PKCS11_OP_LENT_H

#include "op.h"

CK_RV op_lent_sign(struct slot *slot, struct op *op, const struct object *key,
	struct token_block block, uint8_t *out, size_t *ret_len);
CK_RV op_lent_decipher(struct slot *slot, struct op *op, const struct object *key,
	struct token_block block, struct secret **ret_plain);
/* Of keys of sessions alone. */
CK_RV op_lent_derive(struct slot *slot, struct op *op, const struct object *key,
	struct token_block point, struct secret **ret_secret);

#endif
