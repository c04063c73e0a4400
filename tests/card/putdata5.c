/* SPDX-License-Identifier: Apache-2.0 */
/* PUT DATA of V5: PINs, keys, security environments and curves (cardos-facts 4.6). */
#include "commands.h"
#include "key5.h"

#include <openssl/evp.h>
#include <string.h>

#define P2_ECD 0x6C
#define P2_SECI 0x6D
#define P2_OCI 0x6E
#define KIND_PIN 0x20
#define KIND_KEY 0x03
#define TRIES_MAX 0x0F
#define PIN_MAX 127
#define HASH_LEN 32

struct oci5 {
	uint8_t id, kind, use, life, tries, flags[3], algorithm[2];
	const uint8_t *rules, *body, *hash;
	size_t rules_len, body_len;
	unsigned seen; /* a bit for each of the fixed fields */
};

static const struct field {
	uint8_t tag, len;
	size_t at;
} fields[] = {
	{ 0x83, 1, offsetof(struct oci5, id) },
	{ 0x85, 3, offsetof(struct oci5, flags) },
	{ 0xC2, 1, offsetof(struct oci5, kind) },
	{ 0x95, 1, offsetof(struct oci5, use) },
	{ 0xC4, 2, offsetof(struct oci5, algorithm) },
	{ 0x8A, 1, offsetof(struct oci5, life) },
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))
#define ALL_FIELDS ((1U << FIELD_COUNT) - 1)

static bool collect_fixed(struct oci5 *oci, const struct vc_tlv *tlv)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (fields[i].tag != tlv->tag || fields[i].len != tlv->len)
			continue;
		memcpy((uint8_t *)oci + fields[i].at, tlv->value, tlv->len);
		oci->seen |= 1U << i;
		return true;
	}
	return false;
}

static bool collect(struct oci5 *oci, const struct vc_tlv *tlv)
{
	const uint8_t *tries;
	size_t len;

	switch (tlv->tag) {
	case 0xAB:
		oci->rules = tlv->value;
		oci->rules_len = tlv->len;
		return vc_rules_valid(tlv->value, tlv->len);
	case 0xA3:
		tries = vc_ber_find(tlv->value, tlv->len, 0x91, &len);
		oci->tries = tries && len == 1 ? tries[0] : 0;
		return oci->tries && oci->tries <= TRIES_MAX;
	case 0x8F:
		oci->body = tlv->value;
		oci->body_len = tlv->len;
		return tlv->len;
	case 0xCF:
		oci->hash = tlv->value;
		return tlv->len == HASH_LEN;
	default:
		return collect_fixed(oci, tlv);
	}
}

/* What was accumulated, if it is complete and the hash names it: the value of its AF. */
static const uint8_t *accumulated(const struct vcard *card, const uint8_t *hash, size_t *ret_len)
{
	uint8_t own[EVP_MAX_MD_SIZE];
	const struct vc_buf *all = &card->accumulated;

	*ret_len = 0;
	if (!all->len || all->len != card->accumulate_total ||
		!EVP_Q_digest(NULL, "SHA256", NULL, all->data, all->len, own, NULL) ||
		memcmp(own, hash, HASH_LEN) != 0)
		return NULL;
	return vc_ber_find(all->data, all->len, 0xAF, ret_len);
}

static uint8_t condition(const struct oci5 *oci, unsigned am, const char *header)
{
	if (!oci->rules)
		return VC_AC_ALWAYS;
	return vc_rules_condition(oci->rules, oci->rules_len, am, (const uint8_t *)header);
}

static enum vc_sw check_pin(const struct oci5 *oci)
{
	if (oci->use != 0x08 || vc_u16(oci->algorithm) != 0x0500 || !oci->tries || !oci->rules)
		return SW_DATA;
	return oci->body && oci->body_len <= PIN_MAX ? SW_OK : SW_DATA;
}

static enum vc_sw check_key(const struct vcard *card, struct oci5 *oci)
{
	unsigned algorithm = vc_u16(oci->algorithm);
	bool fresh = oci->flags[1] & VC_KEY5_TO_GENERATE;

	if (oci->use != VC_KEY5_USE_PRIVATE && oci->use != VC_KEY5_USE_PUBLIC)
		return SW_DATA;
	if (algorithm != VC_KEY5_RSA && algorithm != VC_KEY5_EC)
		return SW_DATA;
	if (oci->life != (fresh ? VC_KEY5_CREATION : VC_KEY5_OPERATIONAL) || !oci->hash)
		return SW_DATA;
	oci->body = accumulated(card, oci->hash, &oci->body_len);
	return oci->body ? SW_OK : SW_DATA;
}

static struct vc_object *new_object(const struct oci5 *oci, struct vc_object *object)
{
	bool pin = oci->kind == KIND_PIN;
	const uint8_t pin_param[VC_PARAM_MAX] = { 0x02, VC_OPTION2_TRIES, oci->tries,
		VC_ALGORITHM_PIN, oci->tries, 0xFF, 0xFF, 0x00, 0x00 };
	const uint8_t key_param[VC_PARAM_MAX] = { oci->flags[0], oci->flags[1], oci->flags[2],
		oci->kind, oci->use, oci->algorithm[0], oci->algorithm[1], oci->life, 0x00 };

	memcpy(object->param, pin ? pin_param : key_param, VC_PARAM_MAX);
	object->param_len = VC_PARAM_MAX;
	object->ac[VC_OBJECT_USE] = condition(oci, 0xC0, NULL);
	object->ac[VC_OBJECT_CHANGE] = condition(oci, 0xA0, NULL);
	object->ac[VC_OBJECT_UNBLOCK] = condition(oci, pin ? 0x88 : 0x82, NULL);
	object->ac[VC_KEY5_DELETE] = condition(oci, 0x81, NULL);
	object->ac[VC_KEY5_EXPORT] = condition(oci, 0, "\0\x47\x83");
	object->ac_len = pin ? 3 : VC_KEY5_AC_COUNT;
	vc_bytes_set(&object->body, oci->body, oci->body_len);
	object->verified = false;
	return object;
}

/* Does the card know the curve of this key: stored from its DF upward, or by the switch? */
static bool curve_known(const struct vcard *card, const struct vc_object *key)
{
	size_t len = 0, other_len = 0;
	const uint8_t *oid = vc_ber_find(key->body.data, key->body.len, 0x06, &len);

	if (card->switches.value[VC_S_CURVES] == 1)
		return true;
	for (const struct vc_file *df = card->df; oid && df; df = df->parent) {
		for (const struct vc_object *it = df->objects; it; it = it->next) {
			const uint8_t *other = it->class_byte != VC_KEY5_CURVE
						       ? NULL
						       : vc_ber_find(it->body.data, it->body.len,
								 0x06, &other_len);

			if (other && other_len == len && !memcmp(other, oid, len))
				return true;
		}
	}
	return false;
}

static enum vc_sw may_put(struct vcard *card, const struct vc_object *fresh, struct vc_object *old)
{
	size_t extra = vc_object_cost(fresh), freed = old ? vc_object_cost(old) : 0;
	bool key = fresh->class_byte == VC_KEY5_PRIVATE || fresh->class_byte == VC_KEY5_PUBLIC;

	if (key && !vc_key5_is_rsa(fresh) && !curve_known(card, fresh))
		return SW_NO_OBJECT;
	if (key && !vc_key5_len(fresh))
		return SW_DATA;
	if (key && vc_key5_len(fresh) > VC_KEY5_MAX)
		return SW_DATA;
	if (!vc_file_allowed(card, card->df, old ? VC_DF_UPDATE : VC_DF_APPEND))
		return SW_SECURITY;
	if (old && key && !vc_allowed(card, card->df, old->ac[VC_KEY5_UPDATE]))
		return SW_SECURITY;
	return vc_has_room(card, card->df, extra > freed ? extra - freed : 0) ? SW_OK
									      : SW_NO_MEMORY;
}

/* Put fresh, which is cleared, in the place of the object of its address. */
static enum vc_sw store(struct vcard *card, struct vc_object *fresh)
{
	struct vc_object *old = vc_object_find(card->df, fresh->class_byte, fresh->id);
	enum vc_sw sw = may_put(card, fresh, old);

	if (sw == SW_OK && vc_eeprom(card, 1) == 0)
		sw = SW_NONE;
	if (sw != SW_OK) {
		vc_bytes_clear(&fresh->body);
		return sw;
	}
	if (!old)
		old = vc_object_add(card->df, fresh->class_byte, fresh->id);
	vc_bytes_clear(&old->body);
	fresh->next = old->next;
	*old = *fresh;
	return SW_OK;
}

static enum vc_sw put_oci(struct vcard *card, const struct vc_apdu *apdu)
{
	struct oci5 oci = { 0 };
	struct vc_object fresh = { 0 };
	struct vc_tlv tlv;

	vc_ber_start(&tlv, apdu->data, apdu->lc);
	while (vc_tlv_next(&tlv)) {
		if (!collect(&oci, &tlv))
			return SW_DATA;
	}
	if (tlv.broken)
		return SW_TLV;
	if (oci.seen != ALL_FIELDS || !oci.id || oci.id > 0x7F)
		return SW_DATA;
	if (oci.kind != KIND_PIN && oci.kind != KIND_KEY)
		return SW_DATA;
	enum vc_sw sw = oci.kind == KIND_PIN ? check_pin(&oci) : check_key(card, &oci);

	if (sw != SW_OK)
		return sw;
	fresh.id = oci.id;
	fresh.class_byte = oci.kind == KIND_PIN             ? VC_TEST
			   : oci.use == VC_KEY5_USE_PRIVATE ? VC_KEY5_PRIVATE
							    : VC_KEY5_PUBLIC;
	return store(card, new_object(&oci, &fresh));
}

static enum vc_sw put_ecd(struct vcard *card, const struct vc_apdu *apdu)
{
	static const uint8_t header[] = { 0x00, 0xDA, 0x01, P2_ECD };
	size_t id_len, alg_len, hash_len, len;
	const uint8_t *id = vc_ber_find(apdu->data, apdu->lc, 0x83, &id_len);
	const uint8_t *algorithm = vc_ber_find(apdu->data, apdu->lc, 0xC4, &alg_len);
	const uint8_t *hash = vc_ber_find(apdu->data, apdu->lc, 0xCF, &hash_len);
	const struct vc_bytes *rules = &card->df->rules;

	if (!id || id_len != 1 || !algorithm || alg_len != 1 || *algorithm != 0x0D || !hash ||
		hash_len != HASH_LEN)
		return SW_DATA;
	const uint8_t *body = accumulated(card, hash, &len);

	if (!body || !vc_key5_curve_valid(body, len))
		return SW_DATA;
	if (!vc_allowed(card, card->df, vc_rules_condition(rules->data, rules->len, 0, header)))
		return SW_SECURITY;
	if (!vc_has_room(card, card->df, len))
		return SW_NO_MEMORY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	struct vc_object *curve = vc_object_find(card->df, VC_KEY5_CURVE, *id);

	if (!curve)
		curve = vc_object_add(card->df, VC_KEY5_CURVE, *id);
	curve->param_len = VC_PARAM_MAX;
	vc_bytes_set(&curve->body, body, len);
	return SW_OK;
}

static enum vc_sw put_seci(struct vcard *card, const struct vc_apdu *apdu)
{
	size_t len;
	const uint8_t *id = vc_ber_find(apdu->data, apdu->lc, 0x83, &len);
	struct vc_se *se = id && len == 1 ? vc_se_find(card->df, *id) : NULL;

	if (!id || len != 1)
		return SW_DATA;
	if (!vc_file_allowed(card, card->df, se ? VC_DF_UPDATE : VC_DF_APPEND))
		return SW_SECURITY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (!se)
		vc_se_add(card->df, *id);
	return SW_OK;
}

enum vc_sw vc_cmd_put_data5(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	if (apdu->p1 != 0x01)
		return SW_P1P2;
	if (card->phase != VC_ADMINISTRATION &&
		card->switches.value[VC_S_ADMIN_ONLY] != VC_ADMIN_NONE)
		return vc_wrong_phase(card);
	switch (apdu->p2) {
	case P2_OCI:
		return put_oci(card, apdu);
	case P2_SECI:
		return put_seci(card, apdu);
	case P2_ECD:
		return put_ecd(card, apdu);
	default:
		return SW_P1P2;
	}
}
