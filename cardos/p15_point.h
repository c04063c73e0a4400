/* SPDX-License-Identifier: Apache-2.0 */
/* The point of an EC public key as SubjectPublicKeyInfo. */
#ifndef CARDOS_P15_POINT_H
#define CARDOS_P15_POINT_H

#include "buf.h"

/* value: an OCTET STRING with 04 X Y, on P-256, P-384 or P-521 by its length; becomes a
 * SubjectPublicKeyInfo. Another value (perhaps it is one already) stays as it is. false: no
 * memory. */
bool p15_point_to_spki(struct buf *value);

/* Append the SubjectPublicKeyInfo of 04 X Y. false: not a point of those curves. */
bool p15_point_put_spki(struct buf *buf, const uint8_t *point, size_t len);

/* The field's bits in a SubjectPublicKeyInfo. 0: it is none, or of another curve. */
unsigned p15_point_bits(const uint8_t *spki, size_t len);

#endif
