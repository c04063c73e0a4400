/* SPDX-License-Identifier: Apache-2.0 */
/* Objects on a PKCS#15 card: storing, renaming, deleting. */
#ifndef CARDOS_P15_STORE_H
#define CARDOS_P15_STORE_H

#include "p15_internal.h"

enum cardos_err p15_store_object(
	struct p15 *p15, const struct cardos_store *params, uint32_t *ret_number);
enum cardos_err p15_change_object(
	struct p15 *p15, struct p15_object *object, const struct cardos_change *change);
enum cardos_err p15_delete_object(struct p15 *p15, struct p15_object *object);

/* Parts of an entry that is about to be written. */
void p15_set_name(
	struct cardos_object *object, const char *label, const uint8_t *id, size_t id_len);
void p15_set_auth_id(const struct p15 *p15, struct p15_entry *entry); /* of the user PIN */
enum cardos_err p15_append_entry(
	struct p15 *p15, enum p15_df df, const struct p15_entry *entry, uint32_t *ret_number);

#endif
