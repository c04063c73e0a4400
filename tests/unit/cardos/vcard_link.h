/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual card in this process as a transport: what thousands of power cuts need, without a
 * reader between. */
#ifndef TESTS_UNIT_CARDOS_VCARD_LINK_H
#define TESTS_UNIT_CARDOS_VCARD_LINK_H

#include "vcard.h"

#include "cardos/transport.h"

enum vcard_cut {
	VCARD_TEAR,   /* the power goes in the middle of the n-th write */
	VCARD_BEFORE, /* before the n-th command */
	VCARD_AFTER,  /* after it, and its answer is lost */
	VCARD_CUTS
};

struct vcard_link {
	struct transport transport;
	struct vcard *card; /* owned */
	uint8_t atr[33];
	size_t atr_len;
	size_t count, verifies; /* commands and VERIFYs so far */
	size_t before, after;   /* command at which it goes; 0: never */
	bool gone;
};

/* Takes card. */
struct transport *vcard_link_start(struct vcard_link *link, struct vcard *card);
/* n: from now, at least 1. */
void vcard_link_cut(struct vcard_link *link, enum vcard_cut how, size_t n);
/* Put back, with power. Nothing is cut any more. */
void vcard_link_insert(struct vcard_link *link);
void vcard_link_stop(struct vcard_link *link);

#endif
