/* SPDX-License-Identifier: Apache-2.0 */
/* Cleans strings from outside and converts between bytes and text. */
#include "text.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"

#define BASE64_MAX (16u * 1024 * 1024)

/* Length of the UTF-8 sequence at s and its code point; 0: not UTF-8. */
static size_t utf8_next(const unsigned char *s, uint32_t *ret_point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80   ? 1
		     : s[0] < 0xC2 ? 0
		     : s[0] < 0xE0 ? 2
		     : s[0] < 0xF0 ? 3
		     : s[0] < 0xF5 ? 4
				   : 0;
	uint32_t point = len < 2 ? s[0] : s[0] & (0xFFu >> (len + 1));

	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3F);
	}
	if (!len || point < least[len] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
		return 0;
	*ret_point = point;
	return len;
}

static bool point_is_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C ||
	       point == 0x200E || point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

static char *clean(const char *text, bool one_line)
{
	if (!text)
		return NULL;
	char *out = malloc(strlen(text) + 1);
	if (!out)
		return NULL;
	size_t used = 0;
	for (const unsigned char *s = (const unsigned char *)text; *s;) {
		uint32_t point;
		size_t len = utf8_next(s, &point);
		if (!len) {
			out[used++] = '?';
			s++;
			continue;
		}
		if (point == '\n' || point == '\t') {
			out[used++] = one_line ? ' ' : (char)point;
		} else if (!point_is_unsafe(point)) {
			memcpy(out + used, s, len);
			used += len;
		}
		s += len;
	}
	out[used] = '\0';
	return out;
}

char *text_clean(const char *text)
{
	return clean(text, false);
}

char *text_clean_line(const char *text)
{
	return clean(text, true);
}

void text_end_whole(char *text)
{
	size_t len = strlen(text);
	size_t tail = 0;

	while (tail < len && tail < 3 && ((unsigned char)text[len - 1 - tail] & 0xC0) == 0x80)
		tail++;
	if (tail == len)
		return;
	unsigned char lead = (unsigned char)text[len - 1 - tail];
	size_t wanted = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
	if (tail < wanted)
		text[len - 1 - tail] = '\0';
}

char *text_hex(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *out = malloc(2 * len + 1);

	if (!out)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

bool text_unhex(const char *hex, uint8_t *bytes, size_t cap, size_t *ret_len)
{
	size_t digits = strlen(hex);

	if (digits % 2 || digits / 2 > cap)
		return false;
	for (size_t i = 0; i < digits; i += 2) {
		int high = OPENSSL_hexchar2int((unsigned char)hex[i]);
		int low = OPENSSL_hexchar2int((unsigned char)hex[i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	*ret_len = digits / 2;
	return true;
}

char *text_base64(const uint8_t *bytes, size_t len)
{
	if (len > BASE64_MAX)
		return NULL;
	unsigned char *out = malloc(4 * ((len + 2) / 3) + 1);
	if (!out)
		return NULL;
	EVP_EncodeBlock(out, bytes, (int)len);
	return (char *)out;
}

char *text_base64url(const uint8_t *bytes, size_t len)
{
	char *out = text_base64(bytes, len);

	for (char *c = out; c && *c; c++) {
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
		else if (*c == '=')
			*c = '\0';
	}
	return out;
}

bool text_unbase64(const char *text, uint8_t **ret, size_t *ret_len)
{
	size_t chars = strlen(text);

	size_t letters = strcspn(text, "=");

	if (chars % 4 || chars > BASE64_MAX || strpbrk(text, " \t\r\n") || chars - letters > 2 ||
		strspn(text + letters, "=") != chars - letters)
		return false;
	CLEANUP(free_p) uint8_t *out = malloc(chars / 4 * 3 + 1);
	if (!out)
		return false;
	size_t len = 0;
	if (chars) {
		int decoded = EVP_DecodeBlock(out, (const unsigned char *)text, (int)chars);
		if (decoded < 0)
			return false;
		len = (size_t)decoded;
		for (size_t i = 1; i <= 2 && text[chars - i] == '='; i++)
			len--;
	}
	*ret = TAKE(out);
	*ret_len = len;
	return true;
}

bool text_uuid(char buf[TEXT_UUID_SIZE])
{
	uint8_t b[16];

	if (RAND_bytes(b, sizeof b) != 1)
		return false;
	b[6] = (uint8_t)((b[6] & 0x0F) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
	snprintf(buf, TEXT_UUID_SIZE,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
	return true;
}
