/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings: hexadecimal, base64, random names, SHA-256, RFC 3339 times. Knows no resource. */
#include "text.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void text_hex(const void *bytes, size_t len, char *ret_hex)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	for (size_t i = 0; i < len; i++) {
		ret_hex[2 * i] = digits[p[i] >> 4];
		ret_hex[2 * i + 1] = digits[p[i] & 15];
	}
	ret_hex[2 * len] = 0;
}

void text_sha256(const void *bytes, size_t len, char ret_hex[SHA256_HEX])
{
	unsigned char md[32];
	if (!EVP_Digest(bytes, len, md, NULL, EVP_sha256(), NULL))
		abort();
	text_hex(md, sizeof md, ret_hex);
}

void text_random_id(char ret_id[ID_HEX])
{
	unsigned char bytes[16];
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		abort();
	text_hex(bytes, sizeof bytes, ret_id);
}

void text_random_token(char ret_token[44])
{
	unsigned char bytes[32];
	unsigned char out[45];
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		abort();
	EVP_EncodeBlock(out, bytes, sizeof bytes);
	for (size_t i = 0; i < 43; i++)
		ret_token[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : (char)out[i];
	ret_token[43] = 0;
}

char *text_base64(const void *bytes, size_t len)
{
	unsigned char *out = malloc((len + 2) / 3 * 4 + 1);
	if (out)
		EVP_EncodeBlock(out, bytes, (int)len);
	return (char *)out;
}

unsigned char *text_unbase64(const char *text, size_t *ret_len)
{
	size_t len = strlen(text);
	size_t used =
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	size_t pad = len - used;
	if (!used || len % 4 || pad > 2 || strspn(text + used, "=") != pad)
		return NULL;
	unsigned char *out = malloc(len / 4 * 3 + 1);
	if (!out || EVP_DecodeBlock(out, (const unsigned char *)text, (int)len) < 0) {
		free(out);
		return NULL;
	}
	*ret_len = len / 4 * 3 - pad;
	return out;
}

unsigned char *text_unbase64url(const char *text, size_t *ret_len)
{
	size_t len = strlen(text);
	if (strpbrk(text, "+/=") || len % 4 == 1)
		return NULL;
	char *copy = calloc(1, len + 4);
	if (!copy)
		return NULL;
	for (size_t i = 0; i < len; i++)
		copy[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
	while (len % 4)
		copy[len++] = '=';
	unsigned char *out = text_unbase64(copy, ret_len);
	free(copy);
	return out;
}

void text_time(int64_t when, char ret_text[TIME_TEXT])
{
	time_t t = when;
	struct tm tm;
	if (!gmtime_r(&t, &tm) || strftime(ret_text, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		abort();
}

int64_t text_parse_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return end && !*end ? (int64_t)timegm(&tm) : -1;
}
