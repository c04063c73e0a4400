/* SPDX-License-Identifier: Apache-2.0 */
/* Slot and token management: lists, descriptions, events, mechanisms, C_InitToken. PINs:
 * api_session.c. */
#include "api.h"

#include <string.h>

#include "event.h"
#include "gate.h"
#include "login.h"
#include "mech.h"
#include "module.h"
#include "scope.h"
#include "session.h"
#include "slot.h"
#include "text.h"

#include "cardos/secret.h"

CK_RV api_get_slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_SLOT_ID ids[SLOTS_MAX];
	CK_ULONG found = 0;
	CK_ULONG room;
	CK_RV rv = gate_module(&gate);

	if (rv != CKR_OK)
		return rv;
	if (!count)
		return CKR_ARGUMENTS_BAD;
	/* the list may grow only when no list is asked for (PKCS#11, C_GetSlotList) */
	rv = slots_list(module_slots(gate.module), !list, present != CK_FALSE, ids, &found);
	if (rv != CKR_OK)
		return rv;
	room = *count;
	*count = found;
	if (!list)
		return CKR_OK;
	if (room < found)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(list, ids, found * sizeof(ids[0]));
	return CKR_OK;
}

CK_RV api_get_slot_info(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	struct slot *slot;
	uint64_t event;
	CK_RV rv = gate_module(&gate);

	if (rv != CKR_OK)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	/* without the slot's lock: a busy card must not hold up the list of readers */
	slot = slots_find(module_slots(gate.module), id);
	if (!slot)
		return CKR_SLOT_ID_INVALID;
	rv = slots_scan(module_slots(gate.module));
	if (rv != CKR_OK)
		return rv;
	bool fixed = slot->source && slot->source->fixed;
	*info = (CK_SLOT_INFO){ .flags = fixed ? 0 : CKF_REMOVABLE_DEVICE | CKF_HW_SLOT };
	if (slot_present(slot, &event))
		info->flags |= CKF_TOKEN_PRESENT;
	text_pad(info->slotDescription, sizeof(info->slotDescription), slot->name);
	text_pad(info->manufacturerID, sizeof(info->manufacturerID), fixed ? "TWCA" : "PC/SC");
	return CKR_OK;
}

CK_RV api_wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID *slot, CK_VOID_PTR reserved)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_module(&gate);

	if (rv != CKR_OK)
		return rv;
	if (!slot || reserved)
		return CKR_ARGUMENTS_BAD;
	return event_wait(gate.module, !(flags & CKF_DONT_BLOCK), slot);
}

/* Fewer tries than this are low on a card that does not tell its maximum: OpenSC, the makers and
 * the RA's rule all give a PIN three. */
#define TRIES_USUAL 3

/* The flags that one PIN's state gives; shift 0 for the user's, 4 for the SO's. */
static CK_FLAGS pin_flags(const struct token_pin *pin, unsigned shift)
{
	CK_FLAGS flags = 0;

	if (!pin->exists)
		return 0;
	if (pin->locked || pin->tries_left == 0)
		flags |= CKF_USER_PIN_LOCKED;
	else if (pin->tries_left == 1)
		flags |= CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW;
	else if (pin->tries_left > 0 &&
		 pin->tries_left < (pin->tries_max < 0 ? TRIES_USUAL : pin->tries_max))
		flags |= CKF_USER_PIN_COUNT_LOW;
	if (pin->to_be_changed)
		flags |= CKF_USER_PIN_TO_BE_CHANGED;
	return flags << shift;
}

static CK_FLAGS token_flags(const struct slot *slot)
{
	CK_FLAGS flags = pin_flags(&slot->pins[TOKEN_USER], 0);

	flags |= pin_flags(&slot->pins[TOKEN_SO], 4);
	if (slot->info.initialised)
		flags |= CKF_TOKEN_INITIALIZED;
	if (slot->info.login_required)
		flags |= CKF_LOGIN_REQUIRED;
	if (slot->info.random)
		flags |= CKF_RNG;
	if (slot->info.pinpad)
		flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	if (slot->info.write_protected)
		flags |= CKF_WRITE_PROTECTED;
	if (slot->pins[TOKEN_USER].exists)
		flags |= CKF_USER_PIN_INITIALIZED;
	return flags;
}

static void fill_token(const struct slot *slot, CK_TOKEN_INFO *info)
{
	enum token_role role = slot->pins[TOKEN_USER].exists ? TOKEN_USER : TOKEN_SO;
	const struct token_pin *pin = &slot->pins[role];
	CK_ULONG read_only;

	*info = (CK_TOKEN_INFO){
		.flags = token_flags(slot),
		.ulMaxSessionCount = slot->sessions_max,
		.ulMaxRwSessionCount = slot->sessions_max,
		.ulMinPinLen = pin->min_len,
		.ulMaxPinLen = pin->max_len,
		.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.hardwareVersion = { slot->info.version_major, slot->info.version_minor },
		.firmwareVersion = { slot->info.version_major, slot->info.version_minor },
	};
	info->ulSessionCount = session_count(slot, &read_only);
	info->ulRwSessionCount = info->ulSessionCount - read_only;
	text_pad(info->label, sizeof(info->label), slot->info.label);
	text_pad(info->manufacturerID, sizeof(info->manufacturerID), slot->info.manufacturer);
	text_pad(info->model, sizeof(info->model), slot->info.model);
	text_pad(info->serialNumber, sizeof(info->serialNumber), slot->info.serial);
	memset(info->utcTime, ' ', sizeof(info->utcTime));
}

CK_RV api_get_token_info(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_token(&gate, id);

	if (rv != CKR_OK)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	fill_token(gate.slot, info);
	return CKR_OK;
}

CK_RV api_get_mechanism_list(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_ULONG found = 0;
	CK_ULONG room;
	CK_RV rv = gate_token(&gate, id);

	if (rv != CKR_OK)
		return rv;
	if (!count)
		return CKR_ARGUMENTS_BAD;
	room = *count;
	for (size_t i = 0; i < mech_table_len; i++) {
		if (!mech_offered(&mech_table[i], &gate.slot->info))
			continue;
		if (list && found < room)
			list[found] = mech_table[i].type;
		found++;
	}
	*count = found;
	return list && room < found ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

CK_RV api_get_mechanism_info(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	const struct mech *mech = mech_find(type);
	CK_RV rv = gate_token(&gate, id);

	if (rv != CKR_OK)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	if (!mech || !mech_offered(mech, &gate.slot->info))
		return CKR_MECHANISM_INVALID;
	mech_info(mech, &gate.slot->info, info);
	return CKR_OK;
}

CK_RV api_init_token(CK_SLOT_ID id, CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *label)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CLEANUP(secret_free_p) struct secret *so_pin = NULL;
	char name[33];
	CK_RV rv = gate_token(&gate, id);

	if (rv != CKR_OK)
		return rv;
	if (!pin || !label)
		return CKR_ARGUMENTS_BAD;
	if (pin_len > SECRET_MAX)
		return CKR_PIN_LEN_RANGE;
	so_pin = secret_new(pin, pin_len);
	if (!so_pin)
		return CKR_HOST_MEMORY;
	text_trim(label, 32, name);
	return login_init_token(gate.slot, so_pin, name);
}
