/* SPDX-License-Identifier: Apache-2.0 */
/* What the RA does for a card whose PIN is forgotten or locked: verification, and its PUK. */
#ifndef TWCA_TOOLS_RA_PUK_H
#define TWCA_TOOLS_RA_PUK_H

#include <stdbool.h>

#include "ra.h"

struct fail;
struct pin;
struct ra;

/* One release of the PUK; to be freed with ra_puk_clear(). */
struct ra_puk_change {
	struct pin *puks[2]; /* the card has one of these: the old one, or the new one already */
	struct pin *new_puk; /* what it shall have afterwards */
	char *confirm_url;
};

/* Present a card for PIN reset or unlock. password: of the site, where the site wants it again;
 * NULL otherwise. Errors: CARD_WRONG, LOGIN_REFUSED (a strike), LOGIN_LOCKED. */
bool ra_puk_verify(struct ra *ra, const char *serial, const struct pin *password,
	struct ra_challenge *ret, struct fail *fail);

/* Have the PUK released; asking again gives the same until it is confirmed. tries_left: of the PIN,
 * as the card says. Errors: PIN_NOT_LOCKED (unlock only), COUNTER_VISIT, RA_REFUSED. */
bool ra_puk_change(struct ra *ra, const char *verification, bool unlock, int tries_left,
	struct ra_puk_change *ret, struct fail *fail);

/* Would it be released? Nothing is, and nothing changes. Errors: as of ra_puk_change(). */
bool ra_puk_ask(
	struct ra *ra, const char *verification, bool unlock, int tries_left, struct fail *fail);

/* Tell which PUK the card has now; may be repeated. */
bool ra_puk_confirm(struct ra *ra, const char *url, bool changed, struct fail *fail);

void ra_puk_clear(struct ra_puk_change *change);

#endif
