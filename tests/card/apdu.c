/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing of command APDUs, and command chaining. */
#include "apdu.h"

#include "personality.h"

#include <string.h>

#define CLA_CHAIN 0x10
#define INS_PSO 0x2A
#define CHAIN_MAX 0x1000

static size_t ne_short(uint8_t le)
{
	return le ? le : 256;
}

static size_t ne_extended(const uint8_t *le)
{
	return vc_u16(le) ? vc_u16(le) : 65536;
}

/* After 00 in the length's place: hi lo [data] [hi lo]. */
static bool parse_extended(const uint8_t *body, size_t len, struct vc_apdu *apdu)
{
	apdu->extended = true;
	if (len == 3) {
		apdu->ne = ne_extended(body + 1);
		return true;
	}
	apdu->lc = vc_u16(body + 1);
	apdu->data = body + 3;
	if (!apdu->lc || (len != 3 + apdu->lc && len != 5 + apdu->lc))
		return false;
	if (len == 5 + apdu->lc)
		apdu->ne = ne_extended(body + 3 + apdu->lc);
	return true;
}

bool vc_apdu_parse(const uint8_t *bytes, size_t len, struct vc_apdu *ret_apdu)
{
	struct vc_apdu apdu = { 0 };
	bool ok = true;

	if (len < 4)
		return false;
	apdu = (struct vc_apdu){ bytes[0], bytes[1], bytes[2], bytes[3], NULL, 0, 0, false };
	const uint8_t *body = bytes + 4;

	len -= 4;
	if (len == 1) {
		apdu.ne = ne_short(body[0]);
	} else if (len >= 3 && body[0] == 0) {
		ok = parse_extended(body, len, &apdu);
	} else if (len) {
		apdu.lc = body[0];
		apdu.data = body + 1;
		ok = apdu.lc && (len == 1 + apdu.lc || len == 2 + apdu.lc);
		if (ok && len == 2 + apdu.lc)
			apdu.ne = ne_short(body[1 + apdu.lc]);
	}
	if (ok)
		*ret_apdu = apdu;
	return ok;
}

void vc_chain_drop(struct vcard *card)
{
	vc_buf_clear(&card->chain);
	card->chaining = false;
}

static bool may_chain(const struct vcard *card, const struct vc_apdu *apdu)
{
	switch (card->switches.value[VC_S_CHAINING]) {
	case VC_CHAINING_ALL:
		return true;
	case VC_CHAINING_CDS:
		return apdu->ins == INS_PSO && apdu->p1 == 0x9E;
	default:
		return false;
	}
}

enum vc_sw vc_chain(struct vcard *card, struct vc_apdu *apdu)
{
	bool part = apdu->cla & CLA_CHAIN && !(apdu->cla & 0x80);
	uint8_t header[4] = { (uint8_t)(apdu->cla & ~CLA_CHAIN), apdu->ins, apdu->p1, apdu->p2 };

	if (card->chaining && (apdu->cla & 0x80 || memcmp(header, card->chain_header, 4) != 0)) {
		vc_chain_drop(card);
		if (card->switches.value[VC_S_CHAIN_BREAK] == 1)
			return SW_CHAINING;
	}
	if (!part && !card->chaining)
		return SW_OK;
	if (part && !may_chain(card, apdu))
		return SW_CLA;
	vc_buf_add(&card->chain, apdu->data, apdu->lc);
	/* On V5 a chain may be longer than one command: RSA 4096 needs it. */
	if (card->chain.len > (card->personality->v5 ? CHAIN_MAX : vc_data_field(card))) {
		vc_chain_drop(card);
		return SW_LENGTH;
	}
	memcpy(card->chain_header, header, sizeof(header));
	card->chaining = part;
	if (part)
		return SW_MORE;
	apdu->data = card->chain.data;
	apdu->lc = card->chain.len;
	return SW_OK;
}
