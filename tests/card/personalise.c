/* SPDX-License-Identifier: Apache-2.0 */
/* A card as OpenSC's one-PIN profile leaves it (cardos-facts 7), made with the card's own commands.
 */
#include "card.h"
#include "personality.h"
#include "vcard.h"

#include <stdio.h>
#include <string.h>

#define PIN_MIN 4
#define PIN_LEN 8
#define PIN_TRIES 3
#define PUK_TRIES 10
#define LABEL_MAX 32

/* Sends commands until one is refused. */
struct maker {
	struct vcard *card;
	bool failed;
};

static void send(struct maker *maker, const char *header, const struct vc_buf *data)
{
	CLEANUP(vc_buf_clear) struct vc_buf apdu = { 0 }, answer = { 0 };

	vc_buf_hex(&apdu, header);
	if (data && data->len) {
		vc_buf_byte(&apdu, (unsigned)data->len);
		vc_buf_add(&apdu, data->data, data->len);
	}
	if (!maker->failed)
		vcard_apdu(maker->card, apdu.data, apdu.len, &answer);
	if (answer.len < 2 || vc_u16(answer.data + answer.len - 2) != SW_OK)
		maker->failed = true;
}

static void send_hex(struct maker *maker, const char *header, const char *hex)
{
	CLEANUP(vc_buf_clear) struct vc_buf data = { 0 };

	vc_buf_hex(&data, hex);
	send(maker, header, &data);
}

static void put_pin(
	struct maker *maker, unsigned id, unsigned tries, const char *conditions, const char *value)
{
	CLEANUP(vc_buf_clear) struct vc_buf data = { 0 };
	bool tells = vc_tells_tries(maker->card);
	uint8_t padded[PIN_LEN] = { 0 };

	memcpy(padded, value, strlen(value));
	vc_buf_hex(&data, "830200");
	vc_buf_byte(&data, id);
	vc_buf_hex(&data, tells ? "85090204" : "850802");
	vc_buf_byte(&data, tries);
	vc_buf_byte(&data, VC_ALGORITHM_PIN);
	vc_buf_byte(&data, tries);
	vc_buf_hex(&data, "FFFF0004 8603");
	vc_buf_hex(&data, conditions);
	vc_buf_tlv(&data, 0x8F, padded, sizeof(padded));
	send(maker, "00DA016E", &data);
	explicit_bzero(padded, sizeof(padded));
}

/* CREATE and fill one EF of the current DF. content: written at 0; the rest stays 00. */
static void put_file(struct maker *maker, unsigned fid, size_t size, const char *conditions,
	const struct vc_buf *content)
{
	CLEANUP(vc_buf_clear) struct vc_buf fcp = { 0 };

	vc_buf_hex(&fcp, "6219 8002");
	vc_buf_u16(&fcp, size);
	vc_buf_hex(&fcp, "820101 8302");
	vc_buf_u16(&fcp, fid);
	vc_buf_hex(&fcp, "850100 8609");
	vc_buf_hex(&fcp, conditions);
	send(maker, "00E00000", &fcp);
	/* The condition may ask for a PIN that nobody has given yet: the maker of the card writes
	 * its EEPROM directly. */
	if (!maker->failed && maker->card->ef)
		memcpy(maker->card->ef->data, content->data, content->len);
}

static void token_info(
	const struct vcard *card, const struct vcard_personalise *params, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };

	vc_buf_hex(&body, "020100");
	vc_buf_tlv(&body, 0x04, card->serial, sizeof(card->serial));
	vc_buf_tlv(&body, 0x0C, "OpenSC Project", 14);
	vc_buf_tlv(&body, 0x80, params->label, strlen(params->label));
	vc_buf_hex(&body, "03020410 A511 180F");
	vc_buf_add(&body, params->time, 15);
	vc_buf_tlv(out, 0x30, body.data, body.len);
}

/* Pin "User PIN", reference 01, authId 01, path 3F005015. */
static const char aodf[] = "3037 300E 0C08 557365722050494E 030206C0 3003 040101 A120 301E"
			   "0302024C 0A0101 020104 020108 020108 800101 040100 3006 04043F005015";

static void dir_entry(const struct vcard_personalise *params, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };

	vc_buf_hex(&body, "4F0C A000000063504B43532D3135");
	vc_buf_tlv(&body, 0x50, params->label, strlen(params->label));
	vc_buf_hex(&body, "51043F005015");
	vc_buf_tlv(out, 0x61, body.data, body.len);
}

static const char open_ac[] = "000000000000000000", guarded_ac[] = "000101010101010000";

static void put_files(struct maker *maker, const struct vcard_personalise *params)
{
	CLEANUP(vc_buf_clear) struct vc_buf pins = { 0 }, odf = { 0 }, root = { 0 }, token = { 0 };
	CLEANUP(vc_buf_clear) struct vc_buf own = { 0 };

	vc_buf_hex(&pins, aodf);
	vc_buf_hex(&odf, "A80A 3008 0406 3F0050154401");
	dir_entry(params, &root);
	token_info(maker->card, params, &token);
	vc_buf_tlv(&own, 0x01, "pkcs15", 6);
	vc_buf_tlv(&own, 0x02, "onepin", 6);
	send_hex(maker, "00A4080C", "5015");
	put_file(maker, 0x4401, 256, guarded_ac, &pins);
	put_file(maker, 0x5031, 256, open_ac, &odf);
	send_hex(maker, "00A4000C", "3F00");
	put_file(maker, 0x2F00, 128, open_ac, &root);
	send_hex(maker, "00A4080C", "5015");
	put_file(maker, 0x5032, token.len, open_ac, &token);
	put_file(maker, 0x4946, 128, guarded_ac, &own);
}

static bool pin_fits(const char *pin)
{
	return pin && strlen(pin) >= PIN_MIN && strlen(pin) <= PIN_LEN;
}

bool vcard_personalise(
	struct vcard *card, const struct vcard_personalise *params, const char **ret_why)
{
	struct maker maker = { .card = card };

	if (card->personality->v5)
		return vcard_personalise5(card, params, ret_why);
	*ret_why = "PIN and PUK have 4 to 8 characters";
	if (!pin_fits(params->pin) || !pin_fits(params->puk))
		return false;
	*ret_why = "the label has 1 to 32 bytes";
	if (!*params->label || strlen(params->label) > LABEL_MAX)
		return false;
	*ret_why = "the card refused (is it blank?)";
	vcard_reset(card);
	send_hex(&maker, "00E00000",
		"6227 81021000 820138 83025015 840CA000000063504B43532D3135 850100"
		"8609000000000000000000");
	send_hex(&maker, "00A4080C", "5015");
	send_hex(&maker, "00DA016D", "830101 86020000 8F06000000000000");
	send_hex(&maker, "00A4000C", "3F00");
	put_pin(&maker, 2, PUK_TRIES, "0002FF", params->puk);
	put_pin(&maker, 1, PIN_TRIES, "000102", params->pin);
	put_files(&maker, params);
	card->dirty = true;
	vcard_reset(card);
	return !maker.failed && vc_commit(card);
}
