/* SPDX-License-Identifier: Apache-2.0 */
/* ACCUMULATE OBJECT DATA and SET DATA FIELD LENGTH of V5. */
#include "commands.h"

#include <openssl/evp.h>

#define TOTAL_MAX 0x1000
#define CHUNK_MAX 64
#define FIELD_MIN 0x80
#define FIELD_MAX 0x1000

enum vc_sw vc_cmd_accumulate5(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	const uint8_t header[] = { 0x80, 0xE0, apdu->p1, 0x00 };
	const struct vc_bytes *rules = &card->df->rules;
	size_t total_len, chunk_len;
	const uint8_t *total = vc_ber_find(apdu->data, apdu->lc, 0x80, &total_len);
	const uint8_t *chunk = vc_ber_find(apdu->data, apdu->lc, 0x53, &chunk_len);
	uint8_t hash[EVP_MAX_MD_SIZE];

	if (apdu->p1 > 1 || apdu->p2)
		return SW_P1P2;
	if (!chunk || !chunk_len || chunk_len > CHUNK_MAX)
		return SW_DATA;
	if (apdu->p1 == 1 && (!total || total_len != 2 || vc_u16(total) > TOTAL_MAX))
		return SW_DATA;
	if (!vc_allowed(card, card->df, vc_rules_condition(rules->data, rules->len, 0, header)))
		return SW_SECURITY;
	if (apdu->p1 == 1) {
		vc_buf_clear(&card->accumulated);
		card->accumulate_total = vc_u16(total);
	}
	if (card->accumulated.len + chunk_len > card->accumulate_total)
		return SW_DATA;
	vc_buf_add(&card->accumulated, chunk, chunk_len);
	if (!EVP_Q_digest(NULL, "SHA256", NULL, card->accumulated.data, card->accumulated.len, hash,
		    NULL))
		return SW_TECHNICAL;
	vc_buf_tlv(out, 0xCF, hash, 32);
	return SW_OK;
}

enum vc_sw vc_cmd_set_data_field5(
	struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	size_t len = (size_t)apdu->p1 << 8 | apdu->p2;

	(void)out;
	if (len < FIELD_MIN || len > FIELD_MAX)
		return SW_P1P2;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (!card->data_field_until_reset)
		card->data_field_until_reset = card->switches.value[VC_S_DATA_FIELD];
	card->switches.value[VC_S_DATA_FIELD] = (unsigned)len;
	return SW_OK;
}

size_t vc_data_field(const struct vcard *card)
{
	return card->data_field_until_reset ? card->data_field_until_reset
					    : card->switches.value[VC_S_DATA_FIELD];
}
