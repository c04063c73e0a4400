/* SPDX-License-Identifier: Apache-2.0 */
/* RSA of the card on key components as PUT DATA brings them. */
#ifndef VCARD_RSA_H
#define VCARD_RSA_H

#include "card.h"

/* Bytes of the modulus of the key id in df by its components' sizes; 0: no such key. */
size_t vc_rsa_len(const struct vc_file *df, unsigned id);

/* The private operation on len = vc_rsa_len() bytes, out likewise.
 * Errors: SW_DATA (input not below the modulus), SW_OBJECT_INVALID (the components are no key). */
enum vc_sw vc_rsa_private(
	const struct vc_file *df, unsigned id, const uint8_t *in, uint8_t *out, size_t len);

/* A fresh key: values for its count components (2: modulus, d; 5: p q dp dq iqmp), and the modulus.
 * The caller clears them. false: the size cannot be made. */
bool vc_rsa_generate(
	unsigned bits, unsigned count, struct vc_bytes *components, struct vc_bytes *ret_modulus);

#endif
