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

/* The EF that says which key is begun, there before the key. */
enum cardos_err p15_mark_key(struct p15 *p15, const struct cos_key_new *key, uint8_t *ret_kind);
/* That EF is there: the last key was interrupted. Half a pair is removed, a key that is not listed
 * deleted, then the EF; a whole pair that fits params goes to *ret_numbers (private, public), which
 * stay as they are if there is none. */
enum cardos_err p15_settle_generation(
	struct p15 *p15, const struct cardos_key_params *params, uint32_t *ret_numbers);

/* What OpenSC writes too: a raw RSA key that signs also signs with recovery, and so on. */
unsigned p15_private_usage(enum cardos_key_type type, unsigned usage);

#endif
