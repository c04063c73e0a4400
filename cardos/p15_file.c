/* SPDX-License-Identifier: Apache-2.0 */
/* Reading directory files. They are zero filled to their size: reading stops at the first zero tag
 * instead of the file's end, and the header of an entry tells what to read next. */
#include "p15_file.h"

#include "cleanup.h"
#include "iso_tlv.h"

#define SLACK 24 /* read beyond an entry, so that the zero or the next header comes with it */
#define RECORDS_MAX 255
#define RECORD_MAX 2048

enum cardos_err p15_read_some(struct p15 *p15, const struct cos_path *path, size_t len,
	size_t *size, struct buf *buf, size_t *ret_len)
{
	size_t offset = buf->len;
	struct iso_fcp fcp;
	if (*size && len > *size - (offset < *size ? offset : *size))
		len = offset < *size ? *size - offset : 0;
	*ret_len = 0;
	if (len == 0)
		return CARDOS_OK;
	enum cardos_err err = cos_read(p15->cos, offset, len, buf, ret_len);
	if (err == CARDOS_E_NOT_FOUND && offset > 0)
		return CARDOS_OK; /* at the end of the file */
	if ((err != CARDOS_E_LENGTH && err != CARDOS_E_NOT_FOUND && err != CARDOS_E_INPUT) || *size)
		return err;
	err = cos_select_fcp(p15->cos, path, &fcp);
	if (err != CARDOS_OK || fcp.size == 0)
		return err;
	*size = fcp.size;
	return p15_read_some(p15, path, len, size, buf, ret_len);
}

/* Where the whole entries in buf end. *ret_want: bytes to have before the next look; 0: done. */
static enum cardos_err scan(const struct buf *buf, size_t from, size_t *ret_end, size_t *ret_want)
{
	size_t at = from;
	*ret_want = buf->len + 1;
	while (at < buf->len) {
		bool bad = false;
		if (buf->bytes[at] == 0x00 || buf->bytes[at] == 0xFF) {
			*ret_want = 0;
			break;
		}
		size_t whole = iso_tlv_peek(buf->bytes + at, buf->len - at, &bad);
		if (bad || whole > P15_DIR_MAX)
			return CARDOS_E_CORRUPT;
		if (whole == 0 || at + whole > buf->len) {
			*ret_want = whole == 0 ? buf->len + 1 : at + whole;
			break;
		}
		at += whole;
	}
	*ret_end = at;
	return CARDOS_OK;
}

/* One record: the entry, with the record's own header (SIMPLE-TLV) in front of it or not. */
static void put_record(struct buf *buf, const struct buf *record)
{
	const uint8_t *bytes = record->bytes;
	size_t skip = 0;
	bool bad = false;
	if (record->len > 4 && bytes[1] == 0xFF &&
		((size_t)bytes[2] << 8 | bytes[3]) == record->len - 4)
		skip = 4;
	else if (record->len > 2 && bytes[1] == record->len - 2)
		skip = 2;
	/* An entry of the ODF looks like such a header around its path. */
	if (skip == 2 && bytes[0] >= 0xA0 && bytes[0] <= 0xA8 && bytes[2] == 0x30)
		skip = 0;
	if (skip > 0 && iso_tlv_peek(bytes + skip, record->len - skip, &bad) != record->len - skip)
		skip = 0;
	if (bytes[skip] != 0x00 && bytes[skip] != 0xFF) /* else an entry nobody uses */
		buf_put(buf, bytes + skip, record->len - skip);
}

/* A directory kept as records, one entry each. */
static enum cardos_err read_records(struct p15 *p15, struct buf *buf, size_t *ret_used)
{
	for (unsigned n = 1; n < RECORDS_MAX; n++) {
		CLEANUP(buf_done) struct buf record = { 0 };
		buf_init(&record, RECORD_MAX);
		enum cardos_err err = cos_read_record(p15->cos, (uint8_t)n, &record);
		if (err == CARDOS_E_NOT_FOUND)
			break;
		if (err != CARDOS_OK)
			return err;
		if (record.len > 0)
			put_record(buf, &record);
		if (buf->bad)
			return CARDOS_E_CORRUPT;
	}
	*ret_used = buf->len;
	return CARDOS_OK;
}

enum cardos_err p15_read_entries(struct p15 *p15, const struct cos_path *path, size_t first,
	struct buf *buf, size_t *ret_used)
{
	size_t end = 0, want = 1, size = 0;
	p15->records = false;
	enum cardos_err err = cos_select_ef(p15->cos, path);
	while (err == CARDOS_OK) {
		size_t len = want + SLACK - buf->len, got = 0;
		if (len < first)
			len = first;
		if (len > cos_read_max(p15->cos))
			len = cos_read_max(p15->cos);
		if (len > buf->limit - buf->len)
			len = buf->limit - buf->len;
		if (len == 0)
			return CARDOS_E_CORRUPT;
		err = p15_read_some(p15, path, len, &size, buf, &got);
		if (err == CARDOS_E_NOT_SUPPORTED && buf->len == 0) {
			p15->records = true;
			return read_records(p15, buf, ret_used);
		}
		if (err == CARDOS_OK)
			err = scan(buf, end, &end, &want);
		if (err != CARDOS_OK || want == 0)
			break;
		if (got < len) { /* the file ends here */
			if (end != buf->len)
				err = CARDOS_E_CORRUPT;
			break;
		}
	}
	if (err == CARDOS_OK)
		*ret_used = end;
	return err;
}
