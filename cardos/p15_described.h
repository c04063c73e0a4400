/* SPDX-License-Identifier: Apache-2.0 */
/* A card without PKCS#15 that a settings text describes. */
#ifndef CARDOS_P15_DESCRIBED_H
#define CARDOS_P15_DESCRIBED_H

#include "p15_internal.h"

/* If one of p15->layouts is of this card, and its application is there: PINs and objects as it
 * says, and p15->described. Errors: those of the card. */
enum cardos_err p15_described(struct p15 *p15);

#endif
