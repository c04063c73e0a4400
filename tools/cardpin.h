/* SPDX-License-Identifier: Apache-2.0 */
/* The card PIN: what the verbs of twca-pin share. */
#ifndef TWCA_CARDPIN_H
#define TWCA_CARDPIN_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/ra_puk.h"
#include "lib/tool.h"

struct fail;
struct pin;

enum cardpin_verb {
	CARDPIN_CHANGE,
	CARDPIN_RESET,
	CARDPIN_UNLOCK,
	CARDPIN_VERIFY,
	CARDPIN_STATUS
};

struct cardpin {
	struct tool tool; /* first */
	const char *done; /* what to say after success, already in the person's language */
	struct ra_puk_change change;
	bool resumed;
	json_t *cards; /* of status */
};

bool cardpin_run(void *cardpin, struct fail *fail);
json_t *cardpin_members(void *cardpin, const struct fail *fail);
void cardpin_print(void *cardpin);
void cardpin_clear(void *cardpin);

/* ---- the verbs ---- */

bool cardpin_change(struct cardpin *cardpin, struct fail *fail);
bool cardpin_reset(struct cardpin *cardpin, struct fail *fail); /* and unlock */
bool cardpin_verify(struct cardpin *cardpin, struct fail *fail);
bool cardpin_status(struct cardpin *cardpin, struct fail *fail);

/* ---- what they share ---- */

/* A new card PIN, typed twice, of a length that the card takes. */
bool cardpin_ask_new(struct cardpin *cardpin, struct pin **ret, struct fail *fail);

/* Log in at the RA and present the card, with the site password where the site wants that again;
 * fills tool.card. */
bool cardpin_present(struct cardpin *cardpin, struct fail *fail);

#endif
