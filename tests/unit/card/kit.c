/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the virtual card in hex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct vc_buf last;

void kit_hex(const char *text, struct vc_buf *out)
{
	unsigned byte, count;
	int used;

	out->len = 0;
	while (*text) {
		if (sscanf(text, "[%2x*%u]%n", &byte, &count, &used) == 2) {
			while (count--)
				vc_buf_byte(out, byte);
			text += used;
		} else if (sscanf(text, "%2x%n", &byte, &used) == 1) {
			vc_buf_byte(out, byte);
			text += used;
		} else if (*text == ' ') {
			text++;
		} else {
			fail_msg("no hex: %s", text);
		}
	}
}

/* Does pattern (no blanks, no repetitions) fit the hex digits? */
static bool fits(const char *pattern, const char *digits)
{
	for (; *pattern; pattern++, digits++) {
		if (*pattern == '*') {
			for (; *digits; digits += 2) {
				if (fits(pattern + 1, digits))
					return true;
			}
			return fits(pattern + 1, digits);
		}
		if (!*digits || (*pattern != '.' && *pattern != *digits))
			return false;
	}
	return !*digits;
}

static void expand(const char *pattern, char *out, size_t size)
{
	size_t len = 0;
	unsigned byte, count;
	int used;

	for (; *pattern && len + 3 < size; pattern++) {
		if (sscanf(pattern, "[%2x*%u]%n", &byte, &count, &used) == 2) {
			for (; count && len + 3 < size; count--, len += 2)
				snprintf(out + len, 3, "%02X", byte);
			pattern += used - 1;
		} else if (*pattern != ' ') {
			out[len++] = *pattern;
		}
	}
	out[len] = 0;
}

void kit_expect_at(
	struct vcard *card, const char *apdu, const char *pattern, const char *file, int line)
{
	CLEANUP(vc_buf_clear) struct vc_buf command = { 0 };
	static char digits[4096], expected[4096];

	kit_hex(apdu, &command);
	vcard_apdu(card, command.data, command.len, &last);
	for (size_t i = 0; i < last.len && 2 * i + 3 < sizeof(digits); i++)
		snprintf(digits + 2 * i, 3, "%02X", last.data[i]);
	if (!last.len)
		digits[0] = 0;
	expand(pattern, expected, sizeof(expected));
	if (!fits(expected, digits))
		fail_msg("%s:%d: %s answered %s, not %s", file, line, apdu, digits, pattern);
}

const uint8_t *kit_answer(size_t *ret_len)
{
	*ret_len = last.len >= 2 ? last.len - 2 : 0;
	return last.data;
}

struct vcard *kit_card(const char *personality, const char *switches)
{
	struct vcard *card = vcard_new(personality, (const uint8_t *)"\x20\x81\xEE\x14\x1A\x27");
	char copy[256], *rest = NULL;
	const char *why;

	assert_non_null(card);
	snprintf(copy, sizeof(copy), "%s", switches ? switches : "");
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (!vcard_switch(card, word, &why))
			fail_msg("%s: %s", word, why);
	}
	return card;
}

struct vcard *kit_pin_card(const char *personality, const char *switches)
{
	struct vcard *card = kit_card(personality, switches);

	kit_expect(card,
		"00E0000029 6227 81021000 820138 83025015 840CA000000063504B43532D3135"
		"850100 8609000000000000000000",
		"9000");
	kit_expect(card, "00A4000C023F00", "9000");
	kit_expect(card, "00DA016E1D 83020002 8508020A870AFFFF0004 86030002FF 8F08" PUK8, "9000");
	kit_expect(card, "00DA016E1D 83020001 8508020387 03FFFF0004 8603000102 8F08" PIN8, "9000");
	kit_expect(card, "00A4080C025015", "9000");
	return card;
}

void kit_key(struct vcard *card, unsigned id, unsigned algorithm, uint8_t *ret_modulus)
{
	char apdu[256];
	size_t len;

	for (unsigned n = 0; n < 2; n++) {
		snprintf(apdu, sizeof(apdu),
			"00DA016E9B 8302%02X%02X 8508%s00%02X00FFFF0000 860701010100000000"
			"8F82 8100 [FF*128]",
			0x20 + n, id, n ? "02" : "22", algorithm);
		kit_expect(card, apdu, "9000");
	}
	kit_expect(card, "00E000001B 6219 80020200 820105 83027EAD 850100 8609[00*9]", "9000");
	kit_expect(card, VERIFY, "9000");
	snprintf(apdu, sizeof(apdu), "0046000008 20%02X 7EAD 0010 0020", id);
	kit_expect(card, apdu, "9000");
	kit_expect(card, "00A4080C0450157EAD", "9000");
	kit_expect(card, "00B2010400", "10828100 * 9000");
	const uint8_t *record = kit_answer(&len);

	assert_int_equal(len, 132);
	memcpy(ret_modulus, record + 4, 128);
	kit_expect(card, "00B2020400", "1105 0400 010001 9000");
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "00E4000002 7EAD", "9000");
}
