/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to objects: names of all, and of a session's keys also dates, uses and secrecy. */
#include "create.h"

#include <string.h>

#include "attr.h"
#include "mech.h"
#include "object.h"
#include "object_read.h"
#include "scope.h"
#include "slot.h"
#include "slot_transaction.h"

struct change {
	char label[TOKEN_LABEL_MAX + 1];
	bool has_label;
	const CK_ATTRIBUTE *id;
	bool has_dates;
	struct token_dates dates;
};

/* Of a secret or private key: it may become more secret only, and its uses are the session's
 * affair; the classes of objects know which uses are theirs. */
static bool of_secret(CK_ATTRIBUTE_TYPE type)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_SENSITIVE, CKA_EXTRACTABLE,
		CKA_WRAP_WITH_TRUSTED, CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_SIGN_RECOVER,
		CKA_VERIFY, CKA_WRAP, CKA_UNWRAP, CKA_DERIVE };

	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

static bool changeable(const struct object *object, CK_ATTRIBUTE_TYPE type)
{
	if (type == CKA_LABEL || type == CKA_ID)
		return true;
	if (object->meta.class == CKO_CERTIFICATE)
		return false;
	if (type == CKA_START_DATE || type == CKA_END_DATE)
		return true;
	if (!object->owner)
		return false;
	if (type == CKA_SUBJECT)
		return true;
	return (object->key || (object->secret && type != CKA_DERIVE)) && of_secret(type);
}

static CK_RV read_change(const struct object *object, struct change *change,
	const CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv = attr_check_twice(template, count);

	for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++) {
		if (!attr_row_of(object->meta.class, template[i].type))
			rv = CKR_ATTRIBUTE_TYPE_INVALID;
		else if (!changeable(object, template[i].type))
			rv = CKR_ATTRIBUTE_READ_ONLY;
	}
	if (rv != CKR_OK)
		return rv;
	change->id = attr_find(template, count, CKA_ID);
	if (change->id && (!change->id->ulValueLen || change->id->ulValueLen > TOKEN_ID_MAX))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	change->has_label = attr_find(template, count, CKA_LABEL) != NULL;
	change->has_dates = attr_find(template, count, CKA_START_DATE) ||
			    attr_find(template, count, CKA_END_DATE);
	change->dates = object->meta.dates;
	rv = create_check_kept(template, count);
	if (rv != CKR_OK)
		return rv;
	create_read_dates(template, count, &change->dates);
	return create_read_text(template, count, CKA_LABEL, change->label);
}

static CK_RV change_on_token(struct object *object, const struct change *change)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct slot *slot = object->slot;
	struct token_block id = { 0 };
	const struct token_change asked = {
		.label = change->has_label ? change->label : NULL,
		.id = change->id ? &id : NULL,
		.dates = change->has_dates ? &change->dates : NULL,
	};
	CK_OBJECT_HANDLE handle = object->handle;
	CK_RV rv = slot_begin(slot, &held);

	if (rv == CKR_OK)
		rv = object_sync(slot);
	if (rv != CKR_OK)
		return rv;
	object = object_find(slot, handle, NULL);
	if (!object)
		return CKR_OBJECT_HANDLE_INVALID;
	if (change->id)
		id = (struct token_block){ change->id->pValue, change->id->ulValueLen };
	rv = slot_note(slot, slot->token->ops->change(slot->token, object->meta.number, &asked));
	return rv == CKR_OK ? object_reread(slot) : rv;
}

/* Sensitive and unextractable are for ever. */
static CK_RV read_secrecy(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	bool sensitive = object->meta.sensitive;
	bool extractable = object->meta.extractable;
	bool trusted = object->wrap_with_trusted;
	CK_RV rv = attr_optional(attr_get_bool(template, count, CKA_SENSITIVE, &sensitive));

	if (rv == CKR_OK)
		rv = attr_optional(attr_get_bool(template, count, CKA_EXTRACTABLE, &extractable));
	if (rv == CKR_OK)
		rv = attr_optional(attr_get_bool(template, count, CKA_WRAP_WITH_TRUSTED, &trusted));
	if (rv != CKR_OK)
		return rv;
	if ((object->meta.sensitive && !sensitive) || (!object->meta.extractable && extractable) ||
		(object->wrap_with_trusted && !trusted))
		return CKR_ATTRIBUTE_READ_ONLY;
	object->meta.sensitive = sensitive;
	object->meta.extractable = extractable;
	object->wrap_with_trusted = trusted;
	return CKR_OK;
}

/* All of it or nothing: what cannot fail comes last. */
static CK_RV change_in_session(struct object *object, const struct change *change,
	const CK_ATTRIBUTE *template, CK_ULONG count)
{
	unsigned usage = object->meta.usage;
	bool hides = object->secret || object->key;
	CK_RV rv = hides ? create_secret_usage(template, count, &usage) : CKR_OK;

	if (rv == CKR_OK && hides)
		rv = read_secrecy(object, template, count);
	if (rv == CKR_OK)
		rv = create_read_kept(object, template, count);
	if (rv != CKR_OK)
		return rv;
	if (object->meta.sensitive || !object->meta.extractable)
		object_hide_numbers(object);
	object_index_remove(object->slot, object);
	object->meta.usage = usage;
	if (change->has_label)
		memcpy(object->meta.label, change->label, sizeof(change->label));
	if (change->id) {
		memcpy(object->meta.id, change->id->pValue, change->id->ulValueLen);
		object->meta.id_len = change->id->ulValueLen;
	}
	object_index_add(object->slot, object);
	object->mech_count = mech_for_object(object, object->mechs, OBJECT_MECHS_MAX);
	return CKR_OK;
}

CK_RV create_change(struct object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	struct change change = { 0 };
	CK_RV rv = read_change(object, &change, template, count);

	if (rv != CKR_OK)
		return rv;
	if (object->on_token)
		return change_on_token(object, &change);
	return object->owner ? change_in_session(object, &change, template, count)
			     : CKR_ACTION_PROHIBITED;
}
