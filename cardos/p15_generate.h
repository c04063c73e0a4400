/* SPDX-License-Identifier: Apache-2.0 */
/* Generating a key pair on a PKCS#15 card. */
#ifndef CARDOS_P15_GENERATE_H
#define CARDOS_P15_GENERATE_H

#include "p15_internal.h"

/* OK as soon as the pair is whole, also if the card went while it was tidied up. A pair that an
 * interrupted call finished without telling is found by the next call with the same wishes. */
enum cardos_err p15_generate(struct p15 *p15, const struct cardos_key_params *params,
	uint32_t *ret_private, uint32_t *ret_public);

/* A reference that no key has, neither listed nor, as far as the card tells, there. */
enum cardos_err p15_free_reference(const struct p15 *p15, struct cos_key_new *key);

/* What OpenSC writes too: a raw RSA key that signs also signs with recovery, and so on. */
unsigned p15_private_usage(enum cardos_key_type type, unsigned usage);

#endif
