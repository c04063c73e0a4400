/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#11 module in memory for the tests of tools/lib. */
#include "module.h"

#include "unit.h"

#include "fail.h"
#include "p11.h"

struct module module;

static CK_OBJECT_HANDLE found[MODULE_OBJECTS];
static size_t found_count;

static CK_RV called(enum module_call call)
{
	CK_RV rv = module.rv[call];

	module.calls[call]++;
	if (module.rvs_left[call] && --module.rvs_left[call] == 0)
		module.rv[call] = CKR_OK;
	return rv;
}

static CK_RV nothing(void *args)
{
	(void)args;
	return CKR_OK;
}

static void pad(unsigned char *field, size_t size, const char *text)
{
	size_t len = strnlen(text, size);

	memset(field, ' ', size);
	memcpy(field, text, len);
}

static void keep(char *out, size_t cap, const unsigned char *bytes, CK_ULONG len)
{
	if (bytes)
		snprintf(out, cap, "%.*s", (int)len, (const char *)bytes);
	else
		snprintf(out, cap, "(null)");
}

static CK_RV slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_RV rv = called(MODULE_SLOT_LIST);

	(void)present;
	for (size_t i = 0; rv == CKR_OK && list && i < module.slot_count; i++)
		list[i] = i;
	*count = module.slot_count;
	return rv;
}

static CK_RV slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	CK_RV rv = called(MODULE_SLOT_INFO);

	assert_true(slot < module.slot_count);
	memset(info, 0, sizeof *info);
	pad(info->slotDescription, sizeof info->slotDescription, module.slots[slot].reader);
	info->flags = module.slots[slot].slot_flags;
	return rv;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	CK_RV rv = called(MODULE_TOKEN_INFO);
	const struct module_slot *at = &module.slots[slot];

	assert_true(slot < module.slot_count);
	memset(info, 0, sizeof *info);
	pad(info->label, sizeof info->label, at->label);
	pad(info->serialNumber, sizeof info->serialNumber, at->serial);
	info->flags = at->token_flags;
	return rv == CKR_OK ? at->token_rv : rv;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
	CK_SESSION_HANDLE *session)
{
	(void)application, (void)notify;
	assert_int_equal(flags, CKF_SERIAL_SESSION | CKF_RW_SESSION);
	module.opened = slot;
	*session = 100 + slot;
	return called(MODULE_OPEN);
}

static CK_RV close_session(CK_SESSION_HANDLE session)
{
	assert_true(session >= 100);
	return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
	(void)session;
	module.user = user;
	keep(module.pin, sizeof module.pin, pin, len);
	return called(MODULE_LOGIN);
}

static CK_RV logout(CK_SESSION_HANDLE session)
{
	(void)session;
	return called(MODULE_LOGOUT);
}

static CK_RV init_token(CK_SLOT_ID slot, unsigned char *pin, CK_ULONG len, unsigned char *label)
{
	(void)slot;
	keep(module.pin, sizeof module.pin, pin, len);
	keep(module.label, sizeof module.label, label, 32);
	return called(MODULE_INIT_TOKEN);
}

static CK_RV init_pin(CK_SESSION_HANDLE session, unsigned char *pin, CK_ULONG len)
{
	(void)session;
	keep(module.new_pin, sizeof module.new_pin, pin, len);
	return called(MODULE_INIT_PIN);
}

static CK_RV set_pin(CK_SESSION_HANDLE session, unsigned char *old, CK_ULONG old_len,
	unsigned char *new, CK_ULONG new_len)
{
	(void)session;
	keep(module.pin, sizeof module.pin, old, old_len);
	keep(module.new_pin, sizeof module.new_pin, new, new_len);
	return called(MODULE_SET_PIN);
}

static CK_RV mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	(void)slot, (void)type;
	memset(info, 0, sizeof *info);
	info->ulMaxKeySize = module.rsa_bits;
	return called(MODULE_MECHANISM);
}

/* ---- objects ---- */

static struct module_object *object_of(CK_OBJECT_HANDLE handle)
{
	assert_true(handle >= 1 && handle <= module.object_count);
	return &module.objects[handle - 1];
}

static bool has(const struct module_object *object, const CK_ATTRIBUTE *wanted)
{
	for (size_t i = 0; i < object->count; i++)
		if (object->attributes[i].type == wanted->type)
			return object->attributes[i].len == wanted->ulValueLen &&
			       (!wanted->ulValueLen ||
				       memcmp(object->attributes[i].value, wanted->pValue,
					       wanted->ulValueLen) == 0);
	return false;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
	found_count = 0;
	for (size_t i = 0; i < module.object_count; i++) {
		const struct module_object *object = &module.objects[i];
		bool match = !object->gone && object->slot == session - 100;
		for (CK_ULONG j = 0; j < count; j++)
			match = match && has(object, &template[j]);
		if (match)
			found[found_count++] = i + 1;
	}
	return called(MODULE_FIND);
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *list, CK_ULONG max, CK_ULONG *count)
{
	(void)session;
	*count = found_count < max ? found_count : max;
	memcpy(list, found, *count * sizeof *list);
	return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static CK_RV get_one(const struct module_object *object, CK_ATTRIBUTE *wanted)
{
	for (size_t i = 0; i < object->count; i++) {
		if (object->attributes[i].type != wanted->type)
			continue;
		size_t len = object->attributes[i].len;
		bool fits = !wanted->pValue || len <= wanted->ulValueLen;
		if (wanted->pValue && fits && len)
			memcpy(wanted->pValue, object->attributes[i].value, len);
		wanted->ulValueLen = fits ? len : CK_UNAVAILABLE_INFORMATION;
		return fits ? CKR_OK : CKR_BUFFER_TOO_SMALL;
	}
	wanted->ulValueLen = CK_UNAVAILABLE_INFORMATION;
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV get(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv = called(MODULE_GET);

	(void)session;
	for (CK_ULONG i = 0; i < count; i++) {
		CK_RV one = get_one(object_of(object), &template[i]);
		rv = rv == CKR_OK ? one : rv;
	}
	return rv;
}

static CK_RV set(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_RV rv = called(MODULE_SET);

	(void)session;
	for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++)
		module_give(object, template[i].type, template[i].pValue, template[i].ulValueLen);
	return rv;
}

static CK_RV create(
	CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *ret)
{
	CK_RV rv = called(MODULE_CREATE);
	CK_ATTRIBUTE some[MODULE_ATTRIBUTES];
	size_t kept = 0;

	for (CK_ULONG i = 0; i < count; i++)
		if (template[i].ulValueLen > 1 && kept < MODULE_ATTRIBUTES)
			some[kept++] = template[i]; /* flags are not of interest */
	if (rv == CKR_OK)
		*ret = module_add(session - 100, some, kept);
	return rv;
}

static CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
	CK_RV rv = called(MODULE_DESTROY);

	(void)session;
	object_of(object)->gone = rv == CKR_OK;
	return rv;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	(void)session, (void)mechanism, (void)key;
	return called(MODULE_SIGN);
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *bytes, CK_ULONG len,
	unsigned char *signature, CK_ULONG *signature_len)
{
	(void)session;
	keep(module.signed_bytes, sizeof module.signed_bytes, bytes, len);
	assert_true(*signature_len >= 4);
	memcpy(signature, "sign", 4);
	*signature_len = 4;
	return CKR_OK;
}

static CK_FUNCTION_LIST functions = {
	.version = { 2, 40 },
	.C_Initialize = nothing,
	.C_Finalize = nothing,
	.C_GetSlotList = slot_list,
	.C_GetSlotInfo = slot_info,
	.C_GetTokenInfo = token_info,
	.C_GetMechanismInfo = mechanism_info,
	.C_InitToken = init_token,
	.C_InitPIN = init_pin,
	.C_SetPIN = set_pin,
	.C_OpenSession = open_session,
	.C_CloseSession = close_session,
	.C_Login = login,
	.C_Logout = logout,
	.C_CreateObject = create,
	.C_DestroyObject = destroy,
	.C_GetAttributeValue = get,
	.C_SetAttributeValue = set,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_SignInit = sign_init,
	.C_Sign = sign,
};

void module_reset(void)
{
	for (size_t i = 0; i < module.object_count; i++)
		for (size_t j = 0; j < module.objects[i].count; j++)
			free(module.objects[i].attributes[j].value);
	memset(&module, 0, sizeof module);
	module_add_slot("Reader A", "Card", "0102030405060708");
}

CK_SLOT_ID module_add_slot(const char *reader, const char *label, const char *serial)
{
	assert_true(module.slot_count < MODULE_SLOTS);
	module.slots[module.slot_count] = (struct module_slot){ .reader = reader,
		.label = label,
		.serial = serial,
		.slot_flags = CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT,
		.token_flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED };
	return module.slot_count++;
}

CK_OBJECT_HANDLE module_add(CK_SLOT_ID slot, const CK_ATTRIBUTE *attributes, size_t count)
{
	assert_true(module.object_count < MODULE_OBJECTS);
	module.objects[module.object_count++] = (struct module_object){ .slot = slot };
	for (size_t i = 0; i < count; i++)
		module_give(module.object_count, attributes[i].type, attributes[i].pValue,
			attributes[i].ulValueLen);
	return module.object_count;
}

CK_OBJECT_HANDLE module_add_class(CK_SLOT_ID slot, CK_OBJECT_CLASS class)
{
	const CK_ATTRIBUTE attribute = { CKA_CLASS, &class, sizeof class };

	return module_add(slot, &attribute, 1);
}

void module_give(CK_OBJECT_HANDLE handle, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	struct module_object *object = object_of(handle);
	size_t at = 0;

	while (at < object->count && object->attributes[at].type != type)
		at++;
	assert_true(at < MODULE_ATTRIBUTES);
	if (at == object->count)
		object->count++;
	free(object->attributes[at].value);
	object->attributes[at].type = type;
	object->attributes[at].value = calloc(1, len + 1);
	object->attributes[at].len = len;
	if (len)
		memcpy(object->attributes[at].value, value, len);
}

size_t module_left(void)
{
	size_t left = 0;

	for (size_t i = 0; i < module.object_count; i++)
		left += !module.objects[i].gone;
	return left;
}

struct p11 *module_open(void)
{
	struct fail fail = FAIL_INIT;
	struct p11 *p11 = NULL;

	assert_true(p11_open_functions(&functions, &p11, &fail));
	return p11;
}

struct p11_session *module_session(struct p11 *p11, CK_SLOT_ID slot)
{
	struct fail fail = FAIL_INIT;
	struct p11_session *session = NULL;

	assert_true(p11_session_open(p11, slot, &session, &fail));
	return session;
}

void module_begin(struct p11 **ret_p11, struct p11_session **ret_session)
{
	module_reset();
	*ret_p11 = module_open();
	*ret_session = module_session(*ret_p11, 0);
}

void module_end(struct p11 **p11, struct p11_session **session)
{
	*session = p11_session_close(*session);
	*p11 = p11_close(*p11);
	module_reset();
}
