/* SPDX-License-Identifier: Apache-2.0 */
/* READ, UPDATE and WRITE BINARY on the current transparent EF. */
#include "commands.h"

#include <string.h>

#define INS_WRITE_BINARY 0xD0

static enum vc_sw current_transparent(
	struct vcard *card, const struct vc_apdu *apdu, unsigned condition)
{
	if (apdu->p1 > 0x7F)
		return SW_P1P2;
	if (!card->ef)
		return SW_NO_EF;
	if (card->ef->structure != VC_TRANSPARENT)
		return SW_STRUCTURE;
	if (card->ef->deactivated)
		return SW_DEACTIVATED;
	return vc_file_allowed(card, card->ef, condition) ? SW_OK : SW_SECURITY;
}

enum vc_sw vc_cmd_read_binary(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	enum vc_sw sw = current_transparent(card, apdu, VC_EF_READ);
	size_t offset = (size_t)apdu->p1 << 8 | apdu->p2;

	if (sw != SW_OK)
		return sw;
	if (offset >= card->ef->size)
		return card->switches.value[VC_S_READ_END] == 1 ? SW_OK : SW_OFFSET;
	size_t rest = card->ef->size - offset, field = vc_data_field(card);
	size_t len = apdu->ne;

	/* Le 00 asks for what there is, an extended one for what one answer can carry. */
	if (len > field)
		len = field;
	if (len > rest && apdu->ne != 256 && apdu->ne != 65536 &&
		card->switches.value[VC_S_READ_ACROSS_END] == 1)
		return SW_OFFSET;
	vc_buf_add(out, card->ef->data + offset, len < rest ? len : rest);
	return SW_OK;
}

enum vc_sw vc_cmd_update_binary(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	enum vc_sw sw = current_transparent(
		card, apdu, apdu->ins == INS_WRITE_BINARY ? VC_EF_APPEND : VC_EF_UPDATE);
	size_t offset = (size_t)apdu->p1 << 8 | apdu->p2;

	(void)out;
	if (sw != SW_OK)
		return sw;
	if (offset > card->ef->size || apdu->lc > card->ef->size - offset)
		return card->switches.value[VC_S_UPDATE_PAST_END] == 1 ? SW_LENGTH : SW_NO_MEMORY;
	memcpy(card->ef->data + offset, apdu->data, vc_eeprom(card, apdu->lc));
	return card->no_power ? SW_NONE : SW_OK;
}
