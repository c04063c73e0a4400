/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers and EXTERNAL AUTHENTICATE with a 3DES key (cardos-facts 5.6). */
#include "commands.h"
#include "des.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

enum vc_sw vc_cmd_challenge(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t random[256];

	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	size_t len = apdu->ne < sizeof(random) ? apdu->ne : sizeof(random);

	if (card->switches.value[VC_S_CHALLENGE] == 1 && len % 8)
		return SW_LENGTH;
	if (RAND_bytes(random, (int)len) != 1)
		return SW_TECHNICAL;
	memcpy(card->challenge, random, len);
	card->challenge_len = len;
	vc_buf_add(out, random, len);
	return SW_OK;
}

enum vc_sw vc_cmd_give_random(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)card;
	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (apdu->lc != 8)
		return SW_LENGTH;
	RAND_seed(apdu->data, (int)apdu->lc);
	return SW_OK;
}

enum vc_sw vc_cmd_external_auth(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	struct vc_object *object = vc_object_search(card->df, VC_TEST, apdu->p2 & 0x7FU);
	uint8_t mac[VC_DES_BLOCK];
	size_t len = card->challenge_len;

	(void)out;
	if (apdu->p1)
		return SW_P1P2;
	if (!object)
		return SW_FUNCTION;
	if (!len || len % VC_DES_BLOCK || len < *vc_param(object, VC_P_MINIMUM))
		return SW_NO_CHALLENGE;
	if (*vc_param(object, VC_P_ALGORITHM) != VC_ALGORITHM_3DES || object->body.len != 16)
		return SW_OBJECT_INVALID;
	uint8_t *flags = vc_param(object, VC_P_FLAGS);

	card->challenge_len = 0;
	if (!(*flags & 0x0F))
		return SW_BLOCKED;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	*flags = (uint8_t)(*flags - 1);
	if (!vc_commit(card))
		return SW_MEMORY_FAILURE;
	object->verified = vc_des_mac(object->body.data, card->challenge, len, mac) &&
			   apdu->lc == sizeof(mac) && !CRYPTO_memcmp(mac, apdu->data, sizeof(mac));
	if (!object->verified)
		return SW_AUTH_FAILED;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	*flags = (uint8_t)((*flags & 0xF0) | (*vc_param(object, VC_P_ERRORS) & 0x0F));
	object->uses_left = *vc_param(object, VC_P_VALIDITY);
	return SW_OK;
}
