/* SPDX-License-Identifier: Apache-2.0 */
/* A card that is not PKCS#15, as a settings text describes it (twca-card.conf(5)): text in, PINs
 * and objects as if a directory had named them out. Knows no card. */
#ifndef CARDOS_LAYOUT_H
#define CARDOS_LAYOUT_H

#include "p15_asn1.h"

#define LAYOUT_PINS_MAX 8
#define LAYOUT_OBJECTS_MAX 64
#define LAYOUT_AID_MAX 16
#define LAYOUT_NAME_MAX 64

struct layout_pin {
	char name[LAYOUT_NAME_MAX + 1];
	bool user;
	struct p15_pin pin;
};

struct layout_object {
	char name[LAYOUT_NAME_MAX + 1];
	char pin[LAYOUT_NAME_MAX + 1]; /* "": none */
	struct p15_entry entry;
	bool pads; /* the card pads and takes padding off */
};

struct layout {
	struct layout *next;              /* another card's */
	char atr[2 * CARDOS_ATR_MAX + 1]; /* hex digits in capitals, x for any */
	char label[CARDOS_LABEL_MAX + 1];
	char manufacturer[CARDOS_LABEL_MAX + 1];
	struct cos_path path; /* of the application */
	uint8_t aid[LAYOUT_AID_MAX];
	size_t aid_len;                          /* 0: not told */
	struct layout_pin pins[LAYOUT_PINS_MAX]; /* the user's first */
	size_t pin_count;
	struct layout_object objects[LAYOUT_OBJECTS_MAX];
	size_t object_count;
};

/* The caller frees. ret_why: CARDOS_WHY_MAX bytes, set on INPUT. Errors: INPUT, MEMORY. */
enum cardos_err layout_parse(
	const char *text, size_t len, struct layout **ret_layout, char *ret_why);
/* It and all that follow. NULL is fine; returns NULL. */
struct layout *layout_free(struct layout *layout);

bool layout_fits(const struct layout *layout, const uint8_t *atr, size_t len);

#endif
