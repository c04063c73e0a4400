/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed-width, space-padded texts of PKCS#11. */
#include "text.h"

#include <string.h>

void text_pad(CK_UTF8CHAR *field, size_t width, const char *text)
{
	size_t len = strlen(text);

	if (len > width)
		len = width;
	/* byte 10xxxxxx continues a character: step back to where it begins */
	while (len && text[len] && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memset(field, ' ', width);
	if (len)
		memcpy(field, text, len);
}

void text_trim(const CK_UTF8CHAR *field, size_t width, char *out)
{
	size_t len = strnlen((const char *)field, width);

	while (len && field[len - 1] == ' ')
		len--;
	memcpy(out, field, len);
	out[len] = '\0';
}
