/* SPDX-License-Identifier: Apache-2.0 */
/* Object management: create, destroy, sizes, attributes. Search: api_find.c. */
#include "api.h"

#include "ahead.h"
#include "attr.h"
#include "create.h"
#include "gate.h"
#include "object.h"
#include "object_load.h"
#include "object_read.h"
#include "scope.h"
#include "session.h"
#include "settings.h"
#include "slot.h"
#include "slot_transaction.h"

CK_RV api_create_object(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG count,
	CK_OBJECT_HANDLE *ret_object)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!ret_object)
		return CKR_ARGUMENTS_BAD;
	rv = attr_check(template, count);
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = create_object(gate.slot, gate.session, template, count, ret_object);
	while (ahead_again(&ahead, &rv));
	return rv;
}

CK_RV api_copy_object(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template,
	CK_ULONG count, CK_OBJECT_HANDLE *ret_object)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!ret_object)
		return CKR_ARGUMENTS_BAD;
	rv = attr_check(template, count);
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = create_copy(gate.slot, gate.session, object, template, count, ret_object);
	while (ahead_again(&ahead, &rv));
	return rv;
}

static CK_RV destroy_on_token(struct slot *slot, struct object *object)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CK_OBJECT_HANDLE handle = object->handle;
	CK_RV rv = slot_begin(slot, &held);

	if (rv == CKR_OK)
		rv = object_sync(slot);
	object = rv == CKR_OK ? object_find(slot, handle, NULL) : object;
	if (!object)
		return CKR_OBJECT_HANDLE_INVALID;
	if (rv == CKR_OK)
		rv = slot_note(slot, slot->token->ops->destroy(slot->token, object->meta.number));
	return rv == CKR_OK ? object_reread(slot) : rv;
}

/* The object behind a handle, with which this session may do what allowed() says. */
static CK_RV find_to_change(struct gate *gate, CK_OBJECT_HANDLE handle,
	bool (*allowed)(const struct object *), struct object **ret_object)
{
	bool hidden;
	struct object *object = object_find(gate->slot, handle, &hidden);
	CK_RV rv = CKR_OK;

	if (!object)
		return hidden ? CKR_USER_NOT_LOGGED_IN : CKR_OBJECT_HANDLE_INVALID;
	if (object->on_token)
		rv = create_may_write(gate->slot, gate->session);
	if (rv == CKR_OK && !allowed(object))
		rv = CKR_ACTION_PROHIBITED;
	if (rv == CKR_OK)
		*ret_object = object;
	return rv;
}

static CK_RV destroy(struct gate *gate, CK_OBJECT_HANDLE handle)
{
	struct object *object = NULL;
	CK_RV rv = find_to_change(gate, handle, object_destroyable, &object);

	if (rv != CKR_OK)
		return rv;
	if (object->on_token)
		return destroy_on_token(gate->slot, object);
	object_remove(gate->slot, object);
	return CKR_OK;
}

CK_RV api_destroy_object(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = destroy(&gate, object);
	while (ahead_again(&ahead, &rv));
	return rv;
}

CK_RV api_get_object_size(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object_handle, CK_ULONG *size)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct object *object;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!size)
		return CKR_ARGUMENTS_BAD;
	object = object_find(gate.slot, object_handle, NULL);
	if (!object)
		return CKR_OBJECT_HANDLE_INVALID;
	rv = object_load(object);
	if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
		return rv;
	*size = object->value.bytes ? object->value.len : CK_UNAVAILABLE_INFORMATION;
	return CKR_OK;
}

CK_RV api_get_attribute_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object_handle,
	CK_ATTRIBUTE *template, CK_ULONG count)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct object *object;
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!template || !count)
		return CKR_ARGUMENTS_BAD;
	object = object_find(gate.slot, object_handle, NULL);
	return object ? attr_show(object, template, count) : CKR_OBJECT_HANDLE_INVALID;
}

static CK_RV change(
	struct gate *gate, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *template, CK_ULONG count)
{
	struct object *object = object_find(gate->slot, handle, NULL);
	CK_RV rv;

	if (object && settings_are(object))
		return settings_change(object, gate->session, template, count);
	rv = find_to_change(gate, handle, object_modifiable, &object);
	return rv == CKR_OK ? create_change(object, template, count) : rv;
}

CK_RV api_set_attribute_value(
	CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_session(&gate, handle);

	if (rv != CKR_OK)
		return rv;
	if (!template || !count)
		return CKR_ARGUMENTS_BAD;
	rv = attr_check(template, count);
	if (rv != CKR_OK)
		return rv;
	CLEANUP(ahead_end) struct ahead ahead = ahead_begin(gate.slot, gate.session);
	do
		rv = change(&gate, object, template, count);
	while (ahead_again(&ahead, &rv));
	return rv;
}
