/* SPDX-License-Identifier: Apache-2.0 */
/* PUT DATA: object control information (OCI) and security environments (SECI). */
#include "commands.h"
#include "personality.h"

#include <string.h>

#define P2_SECI 0x6D
#define P2_OCI 0x6E
#define SM_LEN 16

struct oci {
	const uint8_t *address, *param, *ac, *body;
	size_t param_len, ac_len, body_len;
};

static bool collect(struct oci *oci, const struct vc_tlv *tlv)
{
	switch (tlv->tag) {
	case 0x83:
		oci->address = tlv->value;
		return tlv->len == 2;
	case 0x85:
		oci->param = tlv->value;
		oci->param_len = tlv->len;
		return tlv->len == VC_PARAM_MAX - 1 || tlv->len == VC_PARAM_MAX;
	case 0x86:
		oci->ac = tlv->value;
		oci->ac_len = tlv->len;
		return tlv->len <= VC_OBJECT_AC_MAX;
	case 0x8B: /* secure messaging: only "none" */
		for (size_t i = 0; i < tlv->len; i++) {
			if (tlv->value[i] != 0xFF)
				return false;
		}
		return tlv->len == SM_LEN;
	case 0x8F:
		oci->body = tlv->value;
		oci->body_len = tlv->len;
		return tlv->len;
	default:
		return false;
	}
}

static enum vc_sw check_address(const struct vcard *card, const uint8_t *address)
{
	unsigned class = address[0] & 0xF0U, component = address[0] & 0x0FU, id = address[1];

	if (class != VC_TEST && class != VC_SM && class != VC_PSO)
		return SW_DATA;
	if (component >= VC_COMPONENTS || (class == VC_TEST && component))
		return SW_DATA;
	if (id == 0x00 || id > 0x7F)
		return SW_DATA;
	if (id == 0x1F && card->switches.value[VC_S_ID_1F] == 1)
		return SW_DATA;
	return SW_OK;
}

static enum vc_sw parse_oci(
	const struct vcard *card, const struct vc_apdu *apdu, struct oci *ret_oci)
{
	struct oci oci = { 0 };
	struct vc_tlv tlv;

	vc_tlv_start(&tlv, apdu->data, apdu->lc);
	while (vc_tlv_next(&tlv)) {
		if (!collect(&oci, &tlv))
			return SW_DATA;
	}
	if (tlv.broken)
		return SW_TLV;
	if (!oci.address)
		return SW_DATA;
	/* The second options byte is the package's. */
	if (oci.param_len == VC_PARAM_MAX && !vc_tells_tries(card))
		return SW_DATA;
	*ret_oci = oci;
	return check_address(card, oci.address);
}

static enum vc_sw may_put(struct vcard *card, const struct oci *oci, const struct vc_object *old)
{
	size_t extra;

	if (!old && (!oci->param || !oci->ac || !oci->body))
		return SW_DATA;
	if (!vc_file_allowed(card, card->df, old ? VC_DF_UPDATE : VC_DF_APPEND))
		return SW_SECURITY;
	if (old)
		extra = oci->body_len > old->body.len ? oci->body_len - old->body.len : 0;
	else
		extra = vc_object_cost(&(struct vc_object){ .body = { .len = oci->body_len } });
	return vc_has_room(card, card->df, extra) ? SW_OK : SW_NO_MEMORY;
}

static void store(struct vcard *card, const struct oci *oci, struct vc_object *object)
{
	if (oci->param) {
		memcpy(object->param, oci->param, oci->param_len);
		object->param_len = oci->param_len;
	}
	if (oci->ac) {
		memcpy(object->ac, oci->ac, oci->ac_len);
		object->ac_len = oci->ac_len;
	}
	if (oci->body)
		vc_bytes_set(&object->body, oci->body, oci->body_len);
	object->verified = false;
	if (oci->param && !(oci->param[0] & VC_OPTION_MORE) &&
		card->switches.value[VC_S_OCI_EXISTING] == 0)
		vc_object_trim(card->df, object->class_byte & 0xF0U, object->id,
			object->class_byte & 0x0FU);
}

static enum vc_sw put_oci(struct vcard *card, const struct vc_apdu *apdu)
{
	struct oci oci;
	enum vc_sw sw = parse_oci(card, apdu, &oci);

	if (sw != SW_OK)
		return sw;
	struct vc_object *object = vc_object_find(card->df, oci.address[0], oci.address[1]);

	sw = may_put(card, &oci, object);
	if (sw != SW_OK)
		return sw;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (!object)
		object = vc_object_add(card->df, oci.address[0], oci.address[1]);
	store(card, &oci, object);
	return SW_OK;
}

static enum vc_sw put_seci(struct vcard *card, const struct vc_apdu *apdu)
{
	const uint8_t *id = NULL, *ac = NULL, *component = NULL;
	struct vc_tlv tlv;

	vc_tlv_start(&tlv, apdu->data, apdu->lc);
	while (vc_tlv_next(&tlv)) {
		if (tlv.tag == 0x83 && tlv.len == 1)
			id = tlv.value;
		else if (tlv.tag == 0x86 && tlv.len == 2)
			ac = tlv.value;
		else if (tlv.tag == 0x8F && tlv.len == 6)
			component = tlv.value;
		else
			return SW_DATA;
	}
	if (tlv.broken)
		return SW_TLV;
	struct vc_se *se = id ? vc_se_find(card->df, *id) : NULL;

	if (!id || (!se && (!ac || !component)))
		return SW_DATA;
	if (!vc_file_allowed(card, card->df, se ? VC_DF_UPDATE : VC_DF_APPEND))
		return SW_SECURITY;
	if (!se && !vc_has_room(card, card->df, sizeof(se->component) + 4))
		return SW_NO_MEMORY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (!se)
		se = vc_se_add(card->df, *id);
	if (ac)
		memcpy(se->ac, ac, sizeof(se->ac));
	if (component)
		memcpy(se->component, component, sizeof(se->component));
	return SW_OK;
}

enum vc_sw vc_cmd_put_data(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	if (apdu->p1 != 0x01 || (apdu->p2 != P2_OCI && apdu->p2 != P2_SECI))
		return SW_P1P2;
	if (card->phase != VC_ADMINISTRATION &&
		card->switches.value[VC_S_ADMIN_ONLY] != VC_ADMIN_NONE)
		return vc_wrong_phase(card);
	return apdu->p2 == P2_OCI ? put_oci(card, apdu) : put_seci(card, apdu);
}
