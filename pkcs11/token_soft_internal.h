/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the software token share. */
#ifndef PKCS11_TOKEN_SOFT_INTERNAL_H
#define PKCS11_TOKEN_SOFT_INTERNAL_H

#include "soft_store.h"
#include "token.h"

struct soft_token {
	struct token token; /* first: a struct token * is a struct soft_token * */
	struct soft_store *store;
	struct soft_shape shape;      /* as opened, or as our own calls made it */
	struct token_object *objects; /* the last list handed out */
};

struct soft_token *soft_of(struct token *token);

/* Is its public half an object too? */
bool soft_has_public(const struct soft_item *item);
/* What a public key is for whose private half has this use. */
unsigned soft_public_usage(unsigned usage);

/* ---- writing ---- */

/* For CLEANUP. */
void soft_item_p(struct soft_item *item);
/* NULL and 0: keep. */
void soft_name_item(struct soft_item *item, const char *label, const uint8_t *id, size_t id_len);
/* From the public key, unless it has one. */
CK_RV soft_choose_id(const struct crypto *crypto, struct soft_item *item);
/* Adds item, whose contents it takes over, as a file of its own. */
CK_RV soft_save_alone(struct soft_store *store, struct soft_write *write, struct soft_item *item,
	uint32_t *ret_number);

/* Members of struct token_ops. */
struct token_ahead *soft_ahead(struct token *token);
void soft_at_hand(struct token *token, struct token_ahead *ahead);
CK_RV soft_objects(struct token *token, const struct token_object **ret_objects, size_t *ret_count);
CK_RV soft_changed(struct token *token, bool *ret_changed);
CK_RV soft_value(struct token *token, uint32_t number, struct token_block *ret_value);
CK_RV soft_public_half(struct token *token, uint32_t number, struct token_block *ret_value);
CK_RV soft_sign(struct token *token, uint32_t number, struct token_block block, uint8_t *out,
	size_t *ret_len);
CK_RV soft_lend(struct token *token, uint32_t number, struct token_key **ret_key);
CK_RV soft_decipher(
	struct token *token, uint32_t number, struct token_block block, struct secret **ret_plain);
CK_RV soft_derive(
	struct token *token, uint32_t number, struct token_block point, struct secret **ret_secret);
CK_RV soft_generate(struct token *token, const struct token_generate *params, uint32_t *ret_private,
	uint32_t *ret_public);
CK_RV soft_import(struct token *token, const struct token_import *params, uint32_t *ret_private);
CK_RV soft_object_store(
	struct token *token, const struct token_store *params, uint32_t *ret_number);
CK_RV soft_change(struct token *token, uint32_t number, const struct token_change *change);
CK_RV soft_destroy(struct token *token, uint32_t number);

#endif
