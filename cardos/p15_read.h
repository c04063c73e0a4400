/* SPDX-License-Identifier: Apache-2.0 */
/* Reading PKCS#15 from a card: lazily, lengths before contents, each file once. */
#ifndef CARDOS_P15_READ_H
#define CARDOS_P15_READ_H

#include "p15_internal.h"

void p15_init_state(struct p15 *p15, struct cos_card *cos);
void p15_done(struct p15 *p15); /* frees what was read; p15 is unread again, numbers go on */

/* ODF, TokenInfo, AODF. A card without them is P15_BLANK, not an error. */
enum cardos_err p15_bind(struct p15 *p15);

/* Did somebody write to the card since it was read? Compares TokenInfo, whose lastUpdate every
 * write moves; a blank card counts as written to. If so all is forgotten, to be read anew, and
 * objects get new numbers. Errors: those of the card. */
enum cardos_err p15_changed(struct p15 *p15, bool *ret_changed);

/* Before a write: what a cache told is read from the card, and the cache left alone from now on.
 * Objects that are the same keep their numbers. Errors: those of the card. */
enum cardos_err p15_read_anew(struct p15 *p15);

/* All other directory files. Errors: BLANK and those of the card. */
enum cardos_err p15_read_objects(struct p15 *p15);

/* NULL: no such object. */
struct p15_object *p15_find(struct p15 *p15, uint32_t number);

/* The PIN of the AODF in that role; NULL: none. */
const struct p15_pin *p15_find_pin(const struct p15 *p15, enum cardos_pin_role role);

/* The PIN that guards an object; NULL: the AODF does not name it. */
const struct p15_pin *p15_pin_of(const struct p15 *p15, const struct p15_entry *entry);

/* The object's file, read at the first call. */
enum cardos_err p15_read_value(struct p15 *p15, struct p15_object *object);

/* The first entry of that directory among the files of the ODF; NULL: none. */
struct p15_file *p15_file_of(struct p15 *p15, enum p15_df df);

/* Add an entry of a described card. Borrowed until the next write. */
enum cardos_err p15_add_entry(struct p15 *p15, unsigned file, const struct p15_entry *entry);

/* Add a decoded entry behind the last of its file. Takes der. */
enum cardos_err p15_add_object(
	struct p15 *p15, unsigned file, const uint8_t *der, size_t len, uint32_t number);

#endif
