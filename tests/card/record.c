/* SPDX-License-Identifier: Apache-2.0 */
/* READ, UPDATE and APPEND RECORD on the current record EF. */
#include "commands.h"

#define P2_ABSOLUTE 0x04

static enum vc_sw current_records(struct vcard *card, unsigned condition)
{
	if (!card->ef)
		return SW_NO_EF;
	if (card->ef->structure == VC_TRANSPARENT)
		return SW_STRUCTURE;
	if (card->ef->deactivated)
		return SW_DEACTIVATED;
	return vc_file_allowed(card, card->ef, condition) ? SW_OK : SW_SECURITY;
}

/* Would the file's rules take this record, with used bytes in the others? */
static enum vc_sw fits(const struct vc_file *ef, const struct vc_apdu *apdu, size_t used)
{
	if (ef->structure != VC_LINEAR_TLV)
		return apdu->lc == ef->record_len ? SW_OK : SW_LENGTH;
	if (apdu->lc < 2 || apdu->data[1] != apdu->lc - 2)
		return SW_TLV;
	return used + apdu->lc <= ef->size ? SW_OK : SW_NO_MEMORY;
}

enum vc_sw vc_cmd_read_record(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	enum vc_sw sw = current_records(card, VC_EF_READ);

	if (apdu->p2 != P2_ABSOLUTE)
		return SW_P1P2;
	if (sw != SW_OK)
		return sw;
	if (!apdu->p1 || apdu->p1 > card->ef->record_count)
		return SW_NO_RECORD;
	const struct vc_bytes *record = &card->ef->records[apdu->p1 - 1];

	vc_buf_add(out, record->data, record->len);
	return SW_OK;
}

enum vc_sw vc_cmd_update_record(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	enum vc_sw sw = current_records(card, VC_EF_UPDATE);

	(void)out;
	if (apdu->p2 != P2_ABSOLUTE)
		return SW_P1P2;
	if (sw != SW_OK)
		return sw;
	if (!apdu->p1 || apdu->p1 > card->ef->record_count)
		return SW_NO_RECORD;
	struct vc_bytes *record = &card->ef->records[apdu->p1 - 1];

	sw = fits(card->ef, apdu, vc_file_record_bytes(card->ef) - record->len);
	if (sw != SW_OK)
		return sw;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	vc_bytes_set(record, apdu->data, apdu->lc);
	return SW_OK;
}

enum vc_sw vc_cmd_append_record(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	enum vc_sw sw = current_records(card, VC_EF_APPEND);
	struct vc_file *ef = card->ef;

	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (sw != SW_OK)
		return sw;
	sw = fits(ef, apdu, vc_file_record_bytes(ef));
	if (sw != SW_OK)
		return sw;
	bool full = ef->structure == VC_LINEAR_TLV ? ef->record_count == 0xFE
						   : ef->record_count == ef->record_max;

	if (full && ef->structure != VC_CYCLIC)
		return SW_NO_MEMORY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (full)
		vc_bytes_clear(&ef->records[--ef->record_count]);
	/* The newest record of a cyclic file is its first. */
	vc_file_insert(ef, ef->structure == VC_CYCLIC ? 0 : ef->record_count, apdu->data, apdu->lc);
	return SW_OK;
}
