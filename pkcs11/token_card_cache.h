/* SPDX-License-Identifier: Apache-2.0 */
/* The folder where what is public on cards is kept between processes: one file a card, of the user
 * alone. Any trouble with it is as if nothing had been kept, and never an error. */
#ifndef PKCS11_TOKEN_CARD_CACHE_H
#define PKCS11_TOKEN_CARD_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cardos_card;

#define CARD_CACHE_FILE_MAX 262144 /* bytes */
#define CARD_CACHE_FILES_MAX 256   /* cards; beyond, those not seen for the longest time go */

/* Give card this user's folder, unless settings (TWCA_CARD_CACHE) or circumstances say no: NULL.
 * Else something for the caller to free after cardos_card_close(). */
char *token_card_cache(struct cardos_card *card);

/* In folder (an absolute path, made where it is missing): as struct cardos_cache wants them. */
uint8_t *card_cache_load(const char *folder, const char *name, size_t *ret_len);
void card_cache_save(const char *folder, const char *name, const uint8_t *bytes, size_t len);

#endif
