/* SPDX-License-Identifier: Apache-2.0 */
/* DER from a template, for the PKCS#15 files of a card made by its maker. */
#ifndef VCARD_DER_H
#define VCARD_DER_H

#include "bytes.h"

/* Append what the template says: hex digits are bytes, { and } enclose a value whose length comes
 * before it, %s is a text, %b a struct vc_buf *, %u a byte, %w two bytes. Blanks are skipped. */
void vc_der(struct vc_buf *out, const char *template, ...);

#endif
