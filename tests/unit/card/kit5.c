/* SPDX-License-Identifier: Apache-2.0 */
/* Making V5 cards and keys in hex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit5.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX 8192
#define CHUNK 64

struct vcard *kit5_card(const char *personality, const char *switches)
{
	struct vcard *card = kit_card(personality, switches);

	kit5_send(card, "00E00000",
		"626B 820138 C1022000 840CA000000063504B43532D3135" DF_RULES "83025015", false,
		"9000");
	kit5_send(card, "00DA016E", PUK_OCI, false, "9000");
	kit5_send(card, "00DA016E", PIN_OCI, false, "9000");
	return card;
}

void kit5_send(
	struct vcard *card, const char *header, const char *data, bool le, const char *pattern)
{
	CLEANUP(vc_buf_clear) struct vc_buf bytes = { 0 };
	static char apdu[TEXT_MAX];
	size_t at;

	kit_hex(data, &bytes);
	bool extended = bytes.len > 0xFF;

	at = (size_t)snprintf(
		apdu, sizeof(apdu), extended ? "%s00%04zX" : "%s%02zX", header, bytes.len);
	for (size_t i = 0; i < bytes.len && at + 8 < sizeof(apdu); i++)
		at += (size_t)snprintf(apdu + at, sizeof(apdu) - at, "%02X", bytes.data[i]);
	if (le)
		snprintf(apdu + at, sizeof(apdu) - at, "%s", extended ? "0000" : "00");
	kit_expect(card, apdu, pattern);
}

static void to_hex(const uint8_t *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02X", bytes[i]);
}

void kit5_accumulate(struct vcard *card, const char *data, char *ret_hash)
{
	CLEANUP(vc_buf_clear) struct vc_buf bytes = { 0 };
	size_t answer_len;

	kit_hex(data, &bytes);
	for (size_t at = 0; at < bytes.len; at += CHUNK) {
		size_t len = bytes.len - at < CHUNK ? bytes.len - at : CHUNK;
		char chunk[2 * CHUNK + 1], text[2 * CHUNK + 32];

		to_hex(bytes.data + at, len, chunk);
		if (at)
			snprintf(text, sizeof(text), "53%02zX%s", len, chunk);
		else
			snprintf(text, sizeof(text), "8002%04zX53%02zX%s", bytes.len, len, chunk);
		kit5_send(card, at ? "80E00000" : "80E00100", text, true, "CF20 * 9000");
	}
	const uint8_t *answer = kit_answer(&answer_len);

	assert_int_equal(answer_len, 34);
	to_hex(answer + 2, 32, ret_hash);
}

void kit5_curve(struct vcard *card)
{
	char hash[65], text[128];

	kit5_accumulate(card,
		"AF81D8" P256_OID "8120 FFFFFFFF00000001[00*12]FFFFFFFFFFFFFFFFFFFFFFFF"
		"8220 FFFFFFFF00000001[00*12]FFFFFFFFFFFFFFFFFFFFFFFC"
		"8320 5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"
		"8441 04 6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
		"4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
		"8520 FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 870101",
		hash);
	snprintf(text, sizeof(text), "830101 C4010D CF20%s", hash);
	kit5_send(card, "00DA016C", text, false, "9000");
}

void kit5_key(struct vcard *card, unsigned id, unsigned bits, char *ret_public, size_t size)
{
	const char *algorithm = bits ? "0108" : "0D00";
	char dummy[2][256], hash[65], text[512];
	size_t len;

	if (bits) {
		size_t n = bits / 8;

		snprintf(dummy[0], 256, "AF82%04zX 8182%04zX[FF*%zu] 8282%04zX[FF*%zu]", 2 * n + 8,
			n, n, n, n);
		snprintf(dummy[1], 256, "AF82%04zX 8182%04zX[FF*%zu] 8203FFFFFF", n + 9, n, n);
	} else {
		snprintf(dummy[0], 256, "AF2C" P256_OID "9020[FF*32]");
		snprintf(dummy[1], 256, "AF4D" P256_OID "864104[FF*64]");
	}
	for (unsigned i = 0; i < 2; i++) {
		kit5_accumulate(card, dummy[i], hash);
		snprintf(text, sizeof(text),
			"8301%02X 8503202000 C20103 9501%s C402%s 8A0101 %s CF20%s", id,
			i ? "80" : "40", algorithm, i ? "" : KEY_RULES, hash);
		kit5_send(card, "00DA016E", text, false, "9000");
	}
	snprintf(text, sizeof(text), "B615 8301%02X 8503202000 C20103 950140 C402%s 8A0101", id,
		algorithm);
	kit5_send(card, "00478200", text, false, "6982");
	kit_expect(card, VERIFY, "9000");
	kit5_send(card, "00478200", text, false, "9000");
	snprintf(text, sizeof(text),
		"00478300 000017 B615 8301%02X 8503200000 C20103 950180 C402%s"
		"8A0105 0000",
		id, algorithm);
	kit_expect(card, text, "7F49 * 9000");
	const uint8_t *answer = kit_answer(&len);

	assert_true(2 * len < size);
	to_hex(answer, len, ret_public);
}
