/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE KEY with P1 82 and 83, and DELETE KEY of V5. */
#include "commands.h"
#include "key5.h"

#include <stdlib.h>

#define P1_GENERATE 0x82
#define P1_EXPORT 0x83
#define REF_SEARCH 0x80

/* The template B6: which key, and that it says of it what is true. */
static enum vc_sw read_template(
	const struct vcard *card, const struct vc_apdu *apdu, uint8_t *ret_id)
{
	size_t len, id_len, flags_len, algorithm_len, use_len;
	const uint8_t *body = vc_ber_find(apdu->data, apdu->lc, 0xB6, &len);
	unsigned use = apdu->p1 == P1_GENERATE ? VC_KEY5_USE_PRIVATE : VC_KEY5_USE_PUBLIC;

	if (!body)
		return SW_DATA;
	const uint8_t *id = vc_ber_find(body, len, 0x83, &id_len);
	const uint8_t *flags = vc_ber_find(body, len, 0x85, &flags_len);
	const uint8_t *algorithm = vc_ber_find(body, len, 0xC4, &algorithm_len);
	const uint8_t *used = vc_ber_find(body, len, 0x95, &use_len);

	if (!id || id_len != 1 || !flags || flags_len != 3 || !algorithm || algorithm_len != 2 ||
		!used || use_len != 1 || *used != use)
		return SW_DATA;
	const struct vc_object *key = vc_object_find(card->df, VC_KEY5_PUBLIC, *id);

	if (!key)
		return SW_NO_OBJECT;
	*ret_id = *id;
	return vc_u16(algorithm) == vc_u16(key->param + VC_P5_ALGORITHM) ? SW_OK : SW_DATA;
}

static void make_operational(struct vc_object *key)
{
	key->param[VC_P5_FLAGS + 1] = 0;
	key->param[VC_P5_LIFE] = VC_KEY5_OPERATIONAL;
}

static enum vc_sw generate(struct vcard *card, uint8_t id)
{
	CLEANUP(vc_bytes_clear) struct vc_bytes secret = { 0 };
	CLEANUP(vc_bytes_clear) struct vc_bytes open = { 0 };
	struct vc_object *key = vc_object_find(card->df, VC_KEY5_PRIVATE, id);
	struct vc_object *public = vc_object_find(card->df, VC_KEY5_PUBLIC, id);

	if (!key)
		return SW_NO_OBJECT;
	if (!(key->param[VC_P5_FLAGS + 1] & VC_KEY5_TO_GENERATE) ||
		!(public->param[VC_P5_FLAGS + 1] & VC_KEY5_TO_GENERATE) ||
		vc_u16(public->param + VC_P5_ALGORITHM) != vc_u16(key->param + VC_P5_ALGORITHM))
		return SW_OBJECT_INVALID;
	if (!vc_object_allowed(card, card->df, key, VC_OBJECT_CHANGE))
		return SW_SECURITY;
	enum vc_sw sw = vc_key5_generate(key, &secret, &open);

	if (sw != SW_OK)
		return sw;
	/* Power lost between the two leaves a private key whose public half is still the dummy. */
	size_t written = vc_eeprom(card, 2);

	if (written > 0) {
		vc_bytes_set(&key->body, secret.data, secret.len);
		make_operational(key);
	}
	if (written < 2)
		return SW_NONE;
	vc_bytes_set(&public->body, open.data, open.len);
	make_operational(public);
	return SW_OK;
}

static enum vc_sw export(struct vcard *card, uint8_t id, struct vc_buf *out) {
	const struct vc_object *key = vc_object_find(card->df, VC_KEY5_PRIVATE, id);
		const struct vc_object *public = vc_object_find(card->df, VC_KEY5_PUBLIC, id);

		if (public->param[VC_P5_LIFE] != VC_KEY5_OPERATIONAL) return SW_OBJECT_INVALID;
		if (key && !vc_allowed(card, card->df, key->ac[VC_KEY5_EXPORT])) return SW_SECURITY;
		return vc_key5_export(public, out);
}

enum vc_sw vc_cmd_generate5(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	uint8_t id = 0;

	if ((apdu->p1 != P1_GENERATE && apdu->p1 != P1_EXPORT) || apdu->p2)
		return SW_P1P2;
	enum vc_sw sw = read_template(card, apdu, &id);

	if (sw != SW_OK)
		return sw;
	return apdu->p1 == P1_GENERATE ? generate(card, id) : export(card, id, out);
}

static void drop(struct vc_file *df, unsigned class_byte, unsigned id)
{
	for (struct vc_object **link = &df->objects; *link; link = &(*link)->next) {
		struct vc_object *object = *link;

		if (object->class_byte != class_byte || object->id != id)
			continue;
		*link = object->next;
		vc_bytes_clear(&object->body);
		free(object);
		return;
	}
}

enum vc_sw vc_cmd_delete_key5(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	unsigned id = apdu->p2 & 0x7FU;
	const struct vc_object *key = vc_object_find(card->df, VC_KEY5_PRIVATE, id);

	(void)out;
	if (apdu->p1 != 0x58)
		return SW_P1P2;
	if (!(apdu->p2 & REF_SEARCH) || (!key && !vc_object_find(card->df, VC_KEY5_PUBLIC, id)))
		return SW_NO_OBJECT;
	if (key && !vc_allowed(card, card->df, key->ac[VC_KEY5_DELETE]))
		return SW_SECURITY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	drop(card->df, VC_KEY5_PRIVATE, id);
	drop(card->df, VC_KEY5_PUBLIC, id);
	return SW_OK;
}
