/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that a description of a card may have, each with what it may say. */
#ifndef CARDOS_LAYOUT_KEY_H
#define CARDOS_LAYOUT_KEY_H

#include "layout.h"

struct layout_reading {
	struct layout *layout;
	struct layout_pin *pin; /* of the section that is open */
	struct layout_object *object;
	char section[LAYOUT_NAME_MAX + 16];
	const char *why; /* of the first wrong line */
};

/* A line of the section that is open. Both say what is wrong, or NULL. */
const char *layout_key(struct layout_reading *reading, const char *key, const char *value);
/* value, not empty and no longer than max; to: max + 1 bytes. */
const char *layout_take_text(char *to, size_t max, const char *value);

#endif
