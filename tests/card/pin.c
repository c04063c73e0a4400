/* SPDX-License-Identifier: Apache-2.0 */
/* PINs and PUKs: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER, logout.
 *
 * A try is spent, durably, before anything is compared; a right value gives it back afterwards. */
#include "commands.h"
#include "personality.h"

#include <openssl/crypto.h>
#include <string.h>

#define REF_SEARCH 0x80
#define PAD 0x00

static struct vc_object *find_pin(const struct vcard *card, uint8_t reference)
{
	unsigned id = reference & 0x7FU;

	if (reference & REF_SEARCH)
		return vc_object_search(card->df, VC_TEST, id);
	return vc_object_find(
		card->switches.value[VC_S_LOCAL_REF] == 1 ? card->mf : card->df, VC_TEST, id);
}

static bool is_limited(struct vc_object *object)
{
	unsigned max = *vc_param(object, VC_P_ERRORS) & 0x0FU;

	return max != 0 && max != 0x0F;
}

static unsigned tries(struct vc_object *object)
{
	return *vc_param(object, VC_P_FLAGS) & 0x0FU;
}

static void set_tries(struct vc_object *object, unsigned count)
{
	uint8_t *flags = vc_param(object, VC_P_FLAGS);

	*flags = (uint8_t)((*flags & 0xF0U) | count);
}

static enum vc_sw wrong(const struct vcard *card, struct vc_object *object)
{
	unsigned form = card->switches.value[VC_S_WRONG_PIN];
	bool tells = vc_tells_tries(card) && object->param_len == VC_PARAM_MAX &&
		     object->param[1] & VC_OPTION2_TRIES;

	object->verified = false;
	if (is_limited(object) && !tries(object) && card->switches.value[VC_S_LAST_TRY] == 1)
		return SW_BLOCKED;
	if (form == VC_WRONG_PIN_6300 || (form == VC_WRONG_PIN_OBJECT && !tells))
		return SW_AUTH_FAILED;
	return (enum vc_sw)(SW_TRIES | (is_limited(object) ? tries(object) : 0x0F));
}

/* Compare, with one try spent unless it is right. */
static enum vc_sw test(
	struct vcard *card, struct vc_object *object, const uint8_t *value, size_t len)
{
	bool limited = is_limited(object), right;

	if (*vc_param(object, VC_P_ALGORITHM) != VC_ALGORITHM_PIN)
		return SW_OBJECT_INVALID;
	if (limited && !tries(object))
		return SW_BLOCKED;
	if (len != object->body.len && card->switches.value[VC_S_PIN_LENGTH] == 1)
		return SW_LENGTH;
	if (limited) {
		if (vc_eeprom(card, 1) == 0)
			return SW_NONE;
		set_tries(object, tries(object) - 1);
		if (!vc_commit(card))
			return SW_MEMORY_FAILURE;
	}
	right = len == object->body.len && !CRYPTO_memcmp(value, object->body.data, len);
	if (!right)
		return wrong(card, object);
	if (limited) {
		if (vc_eeprom(card, 1) == 0)
			return SW_NONE;
		set_tries(object, *vc_param(object, VC_P_ERRORS) & 0x0FU);
	}
	object->verified = true;
	object->uses_left = *vc_param(object, VC_P_VALIDITY);
	return SW_OK;
}

/* V5: the status query, which costs nothing. */
static enum vc_sw status(const struct vcard *card, struct vc_object *object)
{
	if (object->verified && card->switches.value[VC_S_PIN_STATUS] == 0)
		return SW_OK;
	if (is_limited(object) && !tries(object))
		return SW_BLOCKED;
	return (enum vc_sw)(SW_TRIES | (is_limited(object) ? tries(object) : 0x0F));
}

enum vc_sw vc_cmd_verify(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	struct vc_object *object = find_pin(card, apdu->p2);

	(void)out;
	if (apdu->p1)
		return SW_P1P2;
	if (!object)
		return SW_FUNCTION;
	if (!apdu->lc && card->personality->v5)
		return status(card, object);
	if (!apdu->lc && card->switches.value[VC_S_EMPTY_VERIFY] == 1)
		return SW_LENGTH;
	if (!vc_object_allowed(card, card->df, object, VC_OBJECT_USE))
		return SW_SECURITY;
	return test(card, object, apdu->data, apdu->lc);
}

/* Bytes before the padding. */
static size_t typed_len(const uint8_t *value, size_t len)
{
	size_t typed = 0;

	while (typed < len && value[typed] != PAD)
		typed++;
	return typed;
}

/* The new value, checked against the object's length and minimum. */
static enum vc_sw check_new(
	const struct vcard *card, struct vc_object *object, const uint8_t *value, size_t len)
{
	unsigned form = card->switches.value[VC_S_SHORT_PIN];

	if (!len || len != object->body.len)
		return SW_LENGTH;
	if (form != VC_SHORT_PIN_TAKE && typed_len(value, len) < *vc_param(object, VC_P_MINIMUM))
		return form == VC_SHORT_PIN_6700 ? SW_LENGTH : SW_DATA;
	return SW_OK;
}

/* Who has to be asked: the object a condition names, NULL for "nobody". */
static enum vc_sw find_authority(struct vcard *card, struct vc_object *object,
	enum vc_object_ac which, struct vc_object **ret_authority)
{
	uint8_t condition = vc_object_ac(object, which);

	*ret_authority = NULL;
	if (condition == VC_AC_ALWAYS)
		return SW_OK;
	if (condition <= 0x7F)
		*ret_authority = vc_object_search(card->df, VC_TEST, condition);
	return *ret_authority ? SW_OK : SW_SECURITY;
}

/* Split "authority's value, new value" and test the first; *ret_new, *ret_len: the second. */
static enum vc_sw test_first(struct vcard *card, struct vc_object *object, enum vc_object_ac which,
	const struct vc_apdu *apdu, struct vc_bytes *ret_new)
{
	struct vc_object *authority;
	enum vc_sw sw = find_authority(card, object, which, &authority);

	if (sw != SW_OK)
		return sw;
	if (!authority)
		authority = object;
	if (apdu->lc < authority->body.len)
		return SW_LENGTH;
	size_t first = authority->body.len;

	*ret_new = (struct vc_bytes){ (uint8_t *)(uintptr_t)apdu->data + first, apdu->lc - first };
	if (ret_new->len) {
		sw = check_new(card, object, ret_new->data, ret_new->len);
		/* The authority's counter goes first: a blocked one tells nothing about the new
		 * value. */
		if (sw != SW_OK && !(is_limited(authority) && !tries(authority)))
			return sw;
	}
	return test(card, authority, apdu->data, first);
}

enum vc_sw vc_cmd_change(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	struct vc_object *object = find_pin(card, apdu->p2);
	struct vc_bytes fresh = { (uint8_t *)(uintptr_t)apdu->data, apdu->lc };
	enum vc_sw sw;

	(void)out;
	if (apdu->p1 > 1)
		return SW_P1P2;
	if (!object)
		return SW_FUNCTION;
	if (apdu->p1 == 0) {
		sw = test_first(card, object, VC_OBJECT_CHANGE, apdu, &fresh);
		if (sw == SW_OK && !fresh.len)
			sw = SW_LENGTH;
	} else {
		sw = vc_object_allowed(card, card->df, object, VC_OBJECT_CHANGE) ? SW_OK
										 : SW_SECURITY;
		if (sw == SW_OK)
			sw = check_new(card, object, fresh.data, fresh.len);
	}
	if (sw != SW_OK)
		return sw;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	vc_bytes_set(&object->body, fresh.data, fresh.len);
	set_tries(object, *vc_param(object, VC_P_ERRORS) & 0x0FU);
	return SW_OK;
}

enum vc_sw vc_cmd_reset_retry(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	struct vc_object *object = find_pin(card, apdu->p2);
	struct vc_bytes fresh = { (uint8_t *)(uintptr_t)apdu->data, apdu->lc };
	bool has_puk = apdu->p1 == 0 || apdu->p1 == 1, has_new = apdu->p1 == 0 || apdu->p1 == 2;
	enum vc_sw sw;

	(void)out;
	if (apdu->p1 > 3)
		return SW_P1P2;
	if (!object)
		return SW_FUNCTION;
	if (has_puk) {
		sw = test_first(card, object, VC_OBJECT_UNBLOCK, apdu, &fresh);
	} else {
		sw = vc_object_allowed(card, card->df, object, VC_OBJECT_UNBLOCK) ? SW_OK
										  : SW_SECURITY;
		if (sw == SW_OK && has_new)
			sw = check_new(card, object, fresh.data, fresh.len);
	}
	if (sw == SW_OK && has_new != (fresh.len != 0))
		sw = SW_LC_P1P2;
	if (sw != SW_OK)
		return sw;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (has_new)
		vc_bytes_set(&object->body, fresh.data, fresh.len);
	set_tries(object, *vc_param(object, VC_P_ERRORS) & 0x0FU);
	return SW_OK;
}

enum vc_sw vc_cmd_logout(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	vc_forget_verified(card->mf);
	return SW_OK;
}
