/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings: hexadecimal, base64, random names, SHA-256, RFC 3339 times. */
#ifndef RA_TEXT_H
#define RA_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65
#define ID_HEX 33
#define TIME_TEXT 21

void text_hex(const void *bytes, size_t len, char *ret_hex); /* 2 * len + 1 bytes */
void text_sha256(const void *bytes, size_t len, char ret_hex[SHA256_HEX]);
void text_random_id(char ret_id[ID_HEX]);
void text_random_token(char ret_token[44]);       /* 32 random bytes in base64url */
char *text_base64(const void *bytes, size_t len); /* caller frees; NULL: no memory */
unsigned char *text_unbase64(
	const char *text, size_t *ret_len); /* NULL: not base64; caller frees */
unsigned char *text_unbase64url(const char *text, size_t *ret_len); /* without padding */
void text_time(int64_t when, char ret_text[TIME_TEXT]);
int64_t text_parse_time(const char *text); /* -1: not a time */

#endif
