/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of a PKCS#15 card: its objects by number, its PINs and files by what they are. */
#ifndef CARDOS_P15_STATE_H
#define CARDOS_P15_STATE_H

#include "p15_internal.h"

void p15_init_state(struct p15 *p15, struct cos_card *cos);
void p15_done(struct p15 *p15); /* frees what was read; p15 is unread again, numbers go on */

/* NULL: no such object. */
struct p15_object *p15_find(struct p15 *p15, uint32_t number);

/* The PIN of the AODF in that role; NULL: none. */
const struct p15_pin *p15_find_pin(const struct p15 *p15, enum cardos_pin_role role);

/* The PIN that guards an object; NULL: the AODF does not name it. */
const struct p15_pin *p15_pin_of(const struct p15 *p15, const struct p15_entry *entry);

/* The first entry of that directory among the files of the ODF; NULL: none. */
struct p15_file *p15_file_of(struct p15 *p15, enum p15_df df);

/* Add an entry of a described card. Borrowed until the next write. */
enum cardos_err p15_add_entry(struct p15 *p15, unsigned file, const struct p15_entry *entry);

/* Add a decoded entry behind the last of its file. Takes der. */
enum cardos_err p15_add_object(
	struct p15 *p15, unsigned file, const uint8_t *der, size_t len, uint32_t number);

#endif
