/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual card as its tests and the vpcd loop see it: power, APDUs, a state file. */
#ifndef VCARD_VCARD_H
#define VCARD_VCARD_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vcard;

#define VC_ERROR_MAX 160

/* A formatted card: MF there with access bytes 00, administration phase, nothing in it.
 * personality: "v4.4", "v4.3b" ...; serial: 6 bytes, NULL for random ones.
 * NULL: no such personality. The caller frees. */
struct vcard *vcard_new(const char *personality, const uint8_t *serial);

/* Read a state file. NULL: ret_error says why (VC_ERROR_MAX bytes). */
struct vcard *vcard_load(const char *path, char *ret_error);

/* NULL is fine; returns NULL. */
struct vcard *vcard_free(struct vcard *card);

/* From now on keep the EEPROM in this file (NULL: in memory alone); writes it at once. false: it
 * cannot be written. */
bool vcard_keep(struct vcard *card, const char *path);

/* "NAME=VALUE"; false: *ret_why. */
bool vcard_switch(struct vcard *card, const char *assignment, const char **ret_why);
unsigned vcard_generate_ms(const struct vcard *card);
unsigned vcard_write_ms(const struct vcard *card);
unsigned long vcard_writes(const struct vcard *card);

/* The answer to reset. Returns its length. atr: 33 bytes. */
size_t vcard_atr(const struct vcard *card, uint8_t *atr);

/* Power off, power on, reset: all the same to what is forgotten. */
void vcard_reset(struct vcard *card);

/* Run one command. answer: emptied, then data and SW; empty if the card lost its power in it. */
void vcard_apdu(struct vcard *card, const uint8_t *apdu, size_t len, struct vc_buf *answer);

/* Lose the power in the middle of the n-th EEPROM write from now; 0: never. */
void vcard_tear(struct vcard *card, unsigned n);

/* What OpenSC's one-PIN profile leaves on a blank card; on V5 the switch layout says what. PINs of
 * 4 to 8 characters. time: "20261121084930Z". false: *ret_why. */
struct vcard_personalise {
	const char *pin, *puk, *label, *time;
	const char *sign_pin; /* V5, of the maker's layout; NULL: as the PUK */
};
bool vcard_personalise(
	struct vcard *card, const struct vcard_personalise *params, const char **ret_why);

/* The same for V5; called by the above. */
bool vcard_personalise5(
	struct vcard *card, const struct vcard_personalise *params, const char **ret_why);

/* Phase, free memory and so on in one line. out: size bytes. */
void vcard_describe(const struct vcard *card, char *out, size_t size);

#endif
