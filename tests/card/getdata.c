/* SPDX-License-Identifier: Apache-2.0 */
/* GET DATA 01xx (cardos-facts 1.4). */
#include "commands.h"
#include "personality.h"

#include <string.h>

#define PRODUCTION_LEN 76

static void path_of(const struct vc_file *df, struct vc_buf *out)
{
	if (!df->parent)
		return;
	path_of(df->parent, out);
	vc_buf_u16(out, df->fid);
}

static void serial_number(const struct vcard *card, struct vc_buf *out)
{
	vc_buf_hex(out, card->personality->serial_head);
	vc_buf_add(out, card->serial, sizeof(card->serial));
	vc_buf_hex(out, card->personality->serial_tail);
}

/* One byte for each verified TEST object between the current DF and the MF. */
static void security_status(const struct vcard *card, struct vc_buf *out)
{
	for (const struct vc_file *df = card->df; df; df = df->parent) {
		for (const struct vc_object *object = df->objects; object; object = object->next) {
			if (object->verified)
				vc_buf_byte(out, object->id);
		}
	}
}

/* PackageLoadKey version and tries, StartKey version and tries, two internal bytes. */
static void key_versions(const struct vcard *card, struct vc_buf *out)
{
	vc_buf_hex(out, "000AFF");
	vc_buf_byte(out, card->start_key_tries);
	vc_buf_hex(out, "0000");
}

static void free_memory(const struct vcard *card, struct vc_buf *out)
{
	size_t len = card->df ? vc_free_in_df(card, card->df) : vc_free_eeprom(card);

	vc_buf_u16(out, len < 0xFFFF ? len : 0xFFFF);
}

/* V5: the serial number lies scattered in the 76 bytes. */
static void production_data(const struct vcard *card, struct vc_buf *out)
{
	static const uint8_t places[] = { 13, 14, 15, 16, 17, 18, 20, 22 };
	CLEANUP(vc_buf_clear) struct vc_buf serial = { 0 };

	serial_number(card, &serial);
	vc_buf_hex(out, card->personality->production);
	while (out->len < PRODUCTION_LEN)
		vc_buf_byte(out, 0);
	for (size_t i = 0; i < sizeof(places); i++)
		out->data[places[i]] = serial.data[i];
}

enum vc_sw vc_cmd_get_data(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	const struct vc_personality *personality = card->personality;

	if (apdu->p1 != 0x01)
		return SW_P1P2;
	switch (apdu->p2) {
	case 0x80:
		vc_buf_add(out, card->switches.text, strlen(card->switches.text) + 1);
		return SW_OK;
	case 0x81:
		serial_number(card, out);
		return SW_OK;
	case 0x82:
		vc_buf_u16(out, personality->version);
		return SW_OK;
	case 0x83:
		vc_buf_byte(out, card->phase);
		return SW_OK;
	case 0x84:
		security_status(card, out);
		return SW_OK;
	case 0x85:
		free_memory(card, out);
		return SW_OK;
	case 0x86:
		vc_buf_byte(out, 0);
		return SW_OK;
	case 0x87:
		if (!card->df)
			return SW_INS;
		path_of(card->df, out);
		return SW_OK;
	case 0x88:
		if (vc_tells_tries(card))
			vc_buf_hex(out, personality->packages);
		return SW_OK;
	case 0x89:
		vc_buf_hex(out, personality->chip);
		return SW_OK;
	case 0x8A:
		if (personality->v5)
			vc_buf_u16(out, vc_free_eeprom(card) >> 16);
		vc_buf_u16(out, vc_free_eeprom(card));
		return SW_OK;
	case 0x8B:
		if (!personality->v5)
			return SW_NO_OBJECT;
		production_data(card, out);
		return SW_OK;
	case 0x8D:
		vc_buf_u16(out, vc_data_field(card));
		return SW_OK;
	case 0x96:
		key_versions(card, out);
		return SW_OK;
	default:
		return SW_NO_OBJECT;
	}
}
