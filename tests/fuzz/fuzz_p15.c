/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a card: its directories entry by entry, TokenInfo, file control parameters. What is
 * understood is written again, and understood again.
 *
 * Input: what it is (1 byte), then the bytes of the card. */
#include "fuzz.h"

#include <stdlib.h>

#include "cleanup.h"
#include "iso_fcp.h"
#include "iso_tlv.h"
#include "p15_asn1.h"

#define ROOM 65536

static void must(bool true_here)
{
	if (!true_here)
		abort();
}

static void token(const uint8_t *bytes, size_t len)
{
	CLEANUP(buf_done) struct buf again = { 0 };
	struct p15_token read;

	buf_init(&again, ROOM);
	if (p15_token_decode(bytes, len, &read) == CARDOS_OK &&
		p15_token_encode(&read, &again) == CARDOS_OK)
		must(p15_token_decode(again.bytes, again.len, &read) == CARDOS_OK);
}

static void odf(const uint8_t *bytes, size_t len)
{
	CLEANUP(buf_done) struct buf again = { 0 };
	struct cos_path path, other;
	enum p15_df df, same;

	buf_init(&again, ROOM);
	if (p15_odf_decode(bytes, len, &df, &path) != CARDOS_OK ||
		p15_odf_encode(df, &path, &again) != CARDOS_OK)
		return;
	must(p15_odf_decode(again.bytes, again.len, &same, &other) == CARDOS_OK);
	must(df == same && cos_path_equal(&path, &other));
}

static void pin(const uint8_t *bytes, size_t len)
{
	CLEANUP(buf_done) struct buf again = { 0 };
	struct p15_pin read, same;

	buf_init(&again, ROOM);
	if (p15_pin_decode(bytes, len, &read) != CARDOS_OK ||
		p15_pin_encode(&read, &again) != CARDOS_OK)
		return;
	must(p15_pin_decode(again.bytes, again.len, &same) == CARDOS_OK);
	must(read.reference == same.reference && read.flags == same.flags);
}

static void entry(enum p15_df df, const uint8_t *bytes, size_t len)
{
	CLEANUP(buf_done) struct buf again = { 0 };
	struct p15_entry read, same;

	buf_init(&again, ROOM);
	if (p15_entry_decode(df, bytes, len, &read) != CARDOS_OK ||
		p15_entry_encode(df, &read, &again) != CARDOS_OK)
		return;
	must(p15_entry_decode(df, again.bytes, again.len, &same) == CARDOS_OK);
	must(read.object.usage == same.object.usage && read.object.id_len == same.object.id_len);
}

static void rename_entry(const uint8_t *bytes, size_t len)
{
	CLEANUP(buf_done) struct buf again = { 0 };
	const enum p15_df df = len ? (enum p15_df)(bytes[0] % P15_DF_COUNT) : P15_PRKDF;
	const struct cardos_dates dates = { "20260101", "" };
	const struct cardos_change change = { "named", bytes, 1, &dates };
	struct p15_entry read;

	buf_init(&again, ROOM);
	if (len == 0 || p15_entry_decode(df, bytes + 1, len - 1, &read) != CARDOS_OK ||
		p15_entry_rename(df, bytes + 1, len - 1, &change, &again) != CARDOS_OK)
		return;
	must(p15_entry_decode(df, again.bytes, again.len, &read) == CARDOS_OK);
	must(read.object.id_len == 1 && read.object.id[0] == bytes[0]);
}

static void walk(const uint8_t *bytes, size_t len, int depth)
{
	struct cursor cursor;
	struct iso_tlv tlv;

	cursor_init(&cursor, bytes, len);
	while (iso_tlv_next(&cursor, &tlv)) {
		must(tlv.value >= bytes && tlv.len <= (size_t)(bytes + len - tlv.value));
		if (depth > 0)
			walk(tlv.value, tlv.len, depth - 1);
	}
}

static void objects(const uint8_t *bytes, size_t len)
{
	walk(bytes, len, 3);
}

static void fcp(const uint8_t *bytes, size_t len)
{
	struct iso_fcp read;

	if (iso_fcp_parse(bytes, len, &read))
		must(read.ac_len <= sizeof(read.ac) && read.rules_len <= sizeof(read.rules));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static void (*const parts[])(
		const uint8_t *bytes, size_t len) = { token, odf, pin, fcp, objects, rename_entry };
	const unsigned count = sizeof(parts) / sizeof(parts[0]);
	unsigned what;

	if (len == 0)
		return 0;
	what = bytes[0] % (count + P15_DF_COUNT); /* after those: each kind of directory */
	if (what < count)
		parts[what](bytes + 1, len - 1);
	else
		entry((enum p15_df)(what - count), bytes + 1, len - 1);
	return 0;
}
