/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of a token that are shown as a hardware feature object. */
#include "settings.h"

#include "attr.h"
#include "create.h"
#include "object.h"
#include "scope.h"
#include "slot.h"
#include "slot_transaction.h"
#include "vendor.h"

#define LEVEL_MAX 3

bool settings_are(const struct object *object)
{
	return object->feature == CKH_TWCA_IDENTITY;
}

static CK_RV only_settable(const CK_ATTRIBUTE *template, CK_ULONG count)
{
	for (CK_ULONG i = 0; i < count; i++) {
		if (!attr_row_find(template[i].type))
			return CKR_ATTRIBUTE_TYPE_INVALID;
		if (template[i].type != CKA_TWCA_PROMPT_LEVEL &&
			template[i].type != CKA_TWCA_OLD_CIPHERS_ALLOWED)
			return CKR_ATTRIBUTE_READ_ONLY;
	}
	return CKR_OK;
}

static CK_RV read_wanted(
	const CK_ATTRIBUTE *template, CK_ULONG count, struct token_settings *wanted)
{
	CK_ULONG level = wanted->level;
	CK_RV rv = attr_get_ulong(template, count, CKA_TWCA_PROMPT_LEVEL, &level);

	if (rv == CKR_OK || rv == CKR_TEMPLATE_INCOMPLETE)
		rv = attr_get_bool(template, count, CKA_TWCA_OLD_CIPHERS_ALLOWED,
			&wanted->old_ciphers_allowed);
	if (rv != CKR_OK && rv != CKR_TEMPLATE_INCOMPLETE)
		return rv;
	if (level < 1 || level > LEVEL_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	wanted->level = (unsigned)level;
	return CKR_OK;
}

CK_RV settings_change(struct object *object, const struct session *session,
	const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct slot *slot = object->slot;
	struct token_settings wanted = slot->settings;
	CK_RV rv = only_settable(template, count);

	if (rv == CKR_OK)
		rv = read_wanted(template, count, &wanted);
	if (rv == CKR_OK)
		rv = create_may_write(slot, session);
	/* ... which asks for the user's login, also where keys need none: the password is proved */
	if (rv == CKR_OK)
		rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = slot_note(slot, slot->token->ops->set(slot->token, &wanted));
	return rv == CKR_OK ? slot_refresh(slot) : rv;
}
