/* SPDX-License-Identifier: Apache-2.0 */
/* Key objects of V5 and their mathematics (cardos-facts 4.6, 6.2, 6.4).
 *
 * A key is two objects of one id: VC_KEY5_PRIVATE and VC_KEY5_PUBLIC. Their body is what was
 * accumulated for them, without the outer AF. */
#ifndef VCARD_KEY5_H
#define VCARD_KEY5_H

#include "card.h"

#define VC_KEY5_PRIVATE 0x20
#define VC_KEY5_PUBLIC 0x21
#define VC_KEY5_CURVE 0x30
#define VC_KEY5_MAX 512 /* bytes of the largest modulus */

/* The parameter bytes of a V5 key. */
enum vc_key5_param {
	VC_P5_FLAGS = 0, /* 85: three bytes */
	VC_P5_KIND = 3,  /* C2 */
	VC_P5_USE,       /* 95 */
	VC_P5_ALGORITHM, /* C4: two bytes */
	VC_P5_LIFE = 7,  /* 8A */
};
#define VC_KEY5_TO_GENERATE 0x20 /* in the second byte of 85 */
#define VC_KEY5_USE_PRIVATE 0x40
#define VC_KEY5_USE_PUBLIC 0x80
#define VC_KEY5_CREATION 0x01
#define VC_KEY5_OPERATIONAL 0x05
#define VC_KEY5_RSA 0x0108
#define VC_KEY5_EC 0x0D00

bool vc_key5_is_rsa(const struct vc_object *key);
/* Bytes of the modulus, or of a coordinate; 0: the body makes no sense. */
size_t vc_key5_len(const struct vc_object *key);

/* The private operation on vc_key5_len() bytes. */
enum vc_sw vc_key5_rsa(const struct vc_object *key, const uint8_t *in, uint8_t *out, size_t len);
/* ECDSA: r and s, tail zeros behind each. */
enum vc_sw vc_key5_sign(const struct vc_object *key, const uint8_t *hash, size_t len, size_t tail,
	struct vc_buf *out);
/* ECDH with the point X || Y: the x coordinate. */
enum vc_sw vc_key5_agree(
	const struct vc_object *key, const uint8_t *point, size_t len, struct vc_buf *out);

/* Give both objects a fresh pair of values, of the size their bodies have. */
enum vc_sw vc_key5_generate(
	const struct vc_object *key, struct vc_bytes *ret_private, struct vc_bytes *ret_public);
/* Print a public key as GENERATE KEY with P1 83 answers it. */
enum vc_sw vc_key5_export(const struct vc_object *key, struct vc_buf *out);

/* The value of ECD for a curve by its name in OpenSSL; false: not one of this card. */
bool vc_key5_curve_print(int nid, struct vc_buf *out);
/* Is this the value of an ECD with the parameters its OID stands for? */
bool vc_key5_curve_valid(const uint8_t *body, size_t len);

#endif
