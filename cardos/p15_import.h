/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a private key that was made elsewhere on a PKCS#15 card. */
#ifndef CARDOS_P15_IMPORT_H
#define CARDOS_P15_IMPORT_H

#include "p15_internal.h"

struct secret;

/* key: PrivateKeyInfo of PKCS#8, of params->type and ->bits. A key that an interrupted call
 * finished without telling is found by the next call with the same wishes (V5). Errors: ARGUMENT
 * (no such key), NOT_SUPPORTED (this card takes no keys, or none of this size), FULL, ... */
enum cardos_err p15_import(struct p15 *p15, const struct cardos_key_params *params,
	const struct secret *key, uint32_t *ret_private);

#endif
