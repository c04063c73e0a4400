/* SPDX-License-Identifier: Apache-2.0 */
/* ERASE FILES and FORMAT, under the StartKey's secure messaging SM_4h (cardos-facts 8.11). */
#include "commands.h"
#include "des.h"

#include <openssl/crypto.h>
#include <string.h>

#define PLAIN_MAX 248

/* Decrypt the data field, take padding and MAC off. A wrong MAC costs a try of the StartKey. */
static enum vc_sw unwrap(
	struct vcard *card, const struct vc_apdu *apdu, uint8_t *plain, size_t *ret_len)
{
	uint8_t input[PLAIN_MAX + 16] = { apdu->ins, apdu->p1, apdu->p2 }, mac[VC_DES_BLOCK];
	size_t len = apdu->lc;

	if (!len || len % VC_DES_BLOCK || len > PLAIN_MAX)
		return SW_LENGTH;
	if (!card->start_key_tries)
		return SW_BLOCKED;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	card->start_key_tries--;
	if (!vc_commit(card))
		return SW_MEMORY_FAILURE;
	if (!vc_des_cbc(card->start_key, false, apdu->data, len, plain))
		return SW_TECHNICAL;
	while (len && plain[len - 1] == 0)
		len--;
	enum vc_sw wrong = card->switches.value[VC_S_SM_ERROR] == 1 ? SW_SM_MISSING : SW_SM_WRONG;

	if (len < VC_DES_BLOCK + 1 || plain[len - 1] != 0x80)
		return wrong;
	len -= VC_DES_BLOCK + 1;
	input[3] = (uint8_t)(len + VC_DES_BLOCK);
	memcpy(input + 4, plain, len);
	size_t padded = (4 + len + VC_DES_BLOCK - 1) / VC_DES_BLOCK * VC_DES_BLOCK;

	if (!vc_des_mac(card->start_key, input, padded, mac))
		return SW_TECHNICAL;
	if (CRYPTO_memcmp(mac, plain + len, sizeof(mac)) != 0)
		return wrong;
	card->start_key_tries = 0x0A;
	*ret_len = len;
	return SW_OK;
}

enum vc_sw vc_cmd_erase_files(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t plain[PLAIN_MAX];
	size_t len = 0;

	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (card->phase == VC_OPERATIONAL)
		return vc_wrong_phase(card);
	enum vc_sw sw = unwrap(card, apdu, plain, &len);

	if (sw != SW_OK)
		return sw;
	if (len)
		return SW_LENGTH;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	card->mf = vc_file_free(card->mf);
	card->phase = VC_MANUFACTURING;
	vc_forget_volatile(card);
	return SW_OK;
}

/* The MF's parameters: 62 { 81 size, 85 properties, 86 access bytes }. */
static struct vc_file *parse_mf(const uint8_t *data, size_t len)
{
	struct vc_file *mf;
	struct vc_tlv tlv;
	size_t size = 0;
	const uint8_t *ac = NULL;
	size_t ac_len = 0;

	if (len < 2 || data[0] != 0x62 || data[1] != len - 2)
		return NULL;
	vc_tlv_start(&tlv, data + 2, len - 2);
	while (vc_tlv_next(&tlv)) {
		if (tlv.tag == 0x81 && tlv.len == 2) {
			size = vc_u16(tlv.value);
		} else if (tlv.tag == 0x86) {
			ac = tlv.value;
			ac_len = tlv.len;
		} else if (tlv.tag != 0x85) {
			return NULL;
		}
	}
	if (tlv.broken || !size || !ac)
		return NULL;
	mf = vc_file_new(VC_DF, 0x3F00, size);
	memset(mf->ac, VC_AC_NEVER, sizeof(mf->ac));
	memcpy(mf->ac, ac, ac_len < VC_AC_COUNT ? ac_len : VC_AC_COUNT);
	return mf;
}

enum vc_sw vc_cmd_format(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t plain[PLAIN_MAX];
	size_t len = 0;

	(void)out;
	if (apdu->p1 || (apdu->p2 != 0x00 && apdu->p2 != 0x01))
		return SW_P1P2;
	if (card->phase != VC_MANUFACTURING)
		return vc_wrong_phase(card);
	enum vc_sw sw = unwrap(card, apdu, plain, &len);

	if (sw != SW_OK)
		return sw;
	struct vc_file *mf = parse_mf(plain, len);

	if (!mf)
		return SW_DATA;
	if (vc_file_cost(mf) > vc_free_eeprom(card)) {
		vc_file_free(mf);
		return SW_NO_MEMORY;
	}
	if (vc_eeprom(card, 1) == 0) {
		vc_file_free(mf);
		return SW_NONE;
	}
	card->mf = mf;
	/* P2 01: the card is in administration afterwards. */
	card->phase = apdu->p2 == 0x01 ? VC_ADMINISTRATION : VC_OPERATIONAL;
	vc_forget_volatile(card);
	return SW_OK;
}
