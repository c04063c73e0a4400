/* SPDX-License-Identifier: Apache-2.0 */
/* Reading PKCS#15 from a card: lazily, lengths before contents, each file once. */
#ifndef CARDOS_P15_READ_H
#define CARDOS_P15_READ_H

#include "p15_internal.h"

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

/* The object's file, read at the first call. */
enum cardos_err p15_read_value(struct p15 *p15, struct p15_object *object);

#endif
