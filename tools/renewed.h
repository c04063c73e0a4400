/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate that is to be renewed. */
#ifndef TWCA_RENEWED_H
#define TWCA_RENEWED_H

#include <stdbool.h>

#include "lib/chain.h"
#include "lib/p11_own.h"
#include "lib/ra_renewal.h"

struct renewed {
	struct p11_own own;
	struct p11_key key;
	char *sha256, *identifier; /* hexadecimal; the CN */
	struct chain_text text;
	struct ra_renewal_info info;
	bool ordered; /* an earlier run has ordered the renewal */
};

#endif
