/* SPDX-License-Identifier: Apache-2.0 */
/* New tokens. */
#ifndef TWCA_TOOLS_P11_INIT_H
#define TWCA_TOOLS_P11_INIT_H

#include "p11.h"

/* Initialise the token in slot, which has nothing on it, and give it this user PIN. Its SO PIN is
 * random and known to nobody afterwards. Errors: as C_InitToken, C_InitPIN. */
bool p11_token_init(struct p11 *p11, CK_SLOT_ID slot, const char *label, const struct pin *pin,
	struct fail *fail);

#endif
