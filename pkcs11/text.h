/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed-width, space-padded texts of PKCS#11. */
#ifndef PKCS11_TEXT_H
#define PKCS11_TEXT_H

#include <stddef.h>

#include "ck.h"

/* Copy text into field, cut between characters of UTF-8 if too long, filled up with spaces. */
void text_pad(CK_UTF8CHAR *field, size_t width, const char *text);

/* The other way: without trailing spaces, ended by NUL. out: width + 1 bytes. */
void text_trim(const CK_UTF8CHAR *field, size_t width, char *out);

#endif
