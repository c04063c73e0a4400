/* SPDX-License-Identifier: Apache-2.0 */
/* Strings from outside made safe for a terminal, hexadecimal, and random names. */
#ifndef TWCA_TOOLS_TEXT_H
#define TWCA_TOOLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A copy of text without control characters (C0 but newline and tab, DEL, C1, direction overrides);
 * bytes that are no UTF-8 become '?'. The caller frees; NULL: no memory, or text is NULL. */
char *text_clean(const char *text);

/* The same, with newlines and tabs turned into blanks. */
char *text_clean_line(const char *text);

/* Take a UTF-8 character off the end of text if it is not whole there (text was cut to fit). */
void text_end_whole(char *text);

/* Lower-case hexadecimal of len bytes. The caller frees; NULL: no memory. */
char *text_hex(const uint8_t *bytes, size_t len);

/* Upper- or lower-case hexadecimal into bytes; false when it is none or longer than cap. */
bool text_unhex(const char *hex, uint8_t *bytes, size_t cap, size_t *ret_len);

/* Standard base64 without line breaks. The caller frees; NULL: no memory. */
char *text_base64(const uint8_t *bytes, size_t len);

/* The same in the alphabet for URLs, without padding (RFC 7515, section 2). */
char *text_base64url(const uint8_t *bytes, size_t len);

/* The caller frees *ret; false when text is no base64 or there is no memory. */
bool text_unbase64(const char *text, uint8_t **ret, size_t *ret_len);

/* A random UUID (version 4) in buf, with the final NUL. */
#define TEXT_UUID_SIZE 37
bool text_uuid(char buf[TEXT_UUID_SIZE]);

#endif
