/* SPDX-License-Identifier: Apache-2.0 */
/* DES of the card: retail MAC and two-key triple DES, both in CBC with a zero IV. */
#ifndef VCARD_DES_H
#define VCARD_DES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VC_DES_BLOCK 8

/* DES-CBC with the first 8 key bytes, the last block decrypted with the next 8 and encrypted with
 * the first again. len: a multiple of 8, not 0. */
bool vc_des_mac(
	const uint8_t key[16], const uint8_t *data, size_t len, uint8_t ret_mac[VC_DES_BLOCK]);

/* len: a multiple of 8. out may be in. */
bool vc_des_cbc(const uint8_t key[16], bool encrypt, const uint8_t *in, size_t len, uint8_t *out);

#endif
