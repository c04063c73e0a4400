/* SPDX-License-Identifier: Apache-2.0 */
/* Loads the module, lists readers and cards, opens a session and logs in. */
#include "p11.h"

#include <p11-kit/p11-kit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "pin.h"
#include "pkcs11/vendor.h"
#include "scope.h"
#include "text.h"

struct p11 {
	CK_FUNCTION_LIST *functions;
	bool loaded; /* by us */
};

struct p11_session {
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID slot;
};

CK_FUNCTION_LIST *p11_list(const struct p11 *p11)
{
	return p11->functions;
}

CK_FUNCTION_LIST *p11_functions(const struct p11_session *session)
{
	return session->functions;
}

CK_SESSION_HANDLE p11_handle(const struct p11_session *session)
{
	return session->handle;
}

CK_ATTRIBUTE p11_attr(CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	union {
		const void *in;
		void *out;
	} pointer = { .in = value };

	return (CK_ATTRIBUTE){ type, pointer.out, len };
}

bool p11_open(const char *path, struct p11 **ret, struct fail *fail)
{
	CK_FUNCTION_LIST *functions = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);

	if (!functions) {
		const char *why = p11_kit_message();
		return fail_set(fail, FAIL_MODULE, "%s%s%s", path, why ? ": " : "", why ? why : "");
	}
	CK_RV rv = p11_kit_module_initialize(functions);
	if (rv != CKR_OK) {
		p11_kit_module_release(functions);
		return fail_set(fail, FAIL_MODULE, "%s: %s", path, p11_kit_strerror(rv));
	}
	struct p11 *p11 = calloc(1, sizeof *p11);
	if (!p11) {
		p11_kit_module_finalize(functions);
		p11_kit_module_release(functions);
		return fail_set(fail, FAIL_MEMORY, NULL);
	}
	p11->functions = functions;
	p11->loaded = true;
	*ret = p11;
	return true;
}

bool p11_open_functions(CK_FUNCTION_LIST *functions, struct p11 **ret, struct fail *fail)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_RV rv = functions->C_Initialize(&args);

	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("starting the module"));
	struct p11 *p11 = calloc(1, sizeof *p11);
	if (!p11) {
		functions->C_Finalize(NULL);
		return fail_set(fail, FAIL_MEMORY, NULL);
	}
	p11->functions = functions;
	*ret = p11;
	return true;
}

struct p11 *p11_close(struct p11 *p11)
{
	if (!p11)
		return NULL;
	if (p11->loaded) {
		p11_kit_module_finalize(p11->functions);
		p11_kit_module_release(p11->functions);
	} else {
		p11->functions->C_Finalize(NULL);
	}
	free(p11);
	return NULL;
}

void p11_close_p(struct p11 **p11)
{
	*p11 = p11_close(*p11);
}

/* A padded field of PKCS#11 as a clean string; cap >= len + 1. */
static void unpad(char *out, size_t cap, const CK_UTF8CHAR *field, size_t len)
{
	while (len && (field[len - 1] == ' ' || field[len - 1] == '\0'))
		len--;
	memcpy(out, field, len);
	out[len] = '\0';
	CLEANUP(free_p) char *clean = text_clean_line(out);
	snprintf(out, cap, "%s", clean ? clean : "");
}

bool p11_describe(struct p11 *p11, char *buf, size_t cap, struct fail *fail)
{
	CK_INFO info;
	char description[33];
	CK_RV rv = p11->functions->C_GetInfo(&info);

	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("asking the module what it is"));
	unpad(description, sizeof description, info.libraryDescription,
		sizeof info.libraryDescription);
	snprintf(buf, cap, "%s %u.%u", description, info.libraryVersion.major,
		info.libraryVersion.minor);
	return true;
}

static bool read_slot(struct p11 *p11, CK_SLOT_ID slot, struct p11_token *ret, struct fail *fail)
{
	CK_SLOT_INFO slot_info;
	CK_TOKEN_INFO info;
	CK_RV rv = p11->functions->C_GetSlotInfo(slot, &slot_info);

	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("asking for the reader"));
	memset(ret, 0, sizeof *ret);
	ret->slot = slot;
	unpad(ret->reader, sizeof ret->reader, slot_info.slotDescription,
		sizeof slot_info.slotDescription);
	ret->removable = (slot_info.flags & CKF_REMOVABLE_DEVICE) != 0;
	ret->present = (slot_info.flags & CKF_TOKEN_PRESENT) != 0;
	if (!ret->present)
		return true;
	rv = p11->functions->C_GetTokenInfo(slot, &info);
	if (rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_DEVICE_REMOVED)
		ret->present = false;
	if (rv == CKR_TOKEN_NOT_RECOGNIZED || !ret->present)
		return true;
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("asking for the card"));
	ret->recognised = true;
	ret->flags = info.flags;
	ret->pin_min = info.ulMinPinLen;
	ret->pin_max = info.ulMaxPinLen;
	unpad(ret->label, sizeof ret->label, info.label, sizeof info.label);
	unpad(ret->manufacturer, sizeof ret->manufacturer, info.manufacturerID,
		sizeof info.manufacturerID);
	unpad(ret->model, sizeof ret->model, info.model, sizeof info.model);
	unpad(ret->serial, sizeof ret->serial, info.serialNumber, sizeof info.serialNumber);
	return true;
}

static bool is_no_service(const struct p11_token *token)
{
	return strcmp(token->reader, TWCA_SLOT_NO_SERVICE) == 0 ||
	       strcmp(token->reader, TWCA_SLOT_ACCESS_DENIED) == 0;
}

static bool refuse_service(const struct p11_token *token, struct fail *fail)
{
	bool denied = strcmp(token->reader, TWCA_SLOT_ACCESS_DENIED) == 0;

	return fail_set(fail, denied ? FAIL_NO_ACCESS : FAIL_NO_SERVICE, "%s", token->reader);
}

static bool read_slots(struct p11 *p11, bool soft_only, struct p11_token *tokens, size_t *ret_count,
	struct fail *fail)
{
	CK_ULONG count = P11_READERS_MAX;
	CK_SLOT_ID slots[P11_READERS_MAX];
	CK_ULONG fresh;
	size_t kept = 0;

	CK_RV rv = p11->functions->C_GetSlotList(CK_FALSE, NULL, &fresh);
	if (rv == CKR_OK)
		rv = p11->functions->C_GetSlotList(CK_FALSE, slots, &count);
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("listing the readers"));
	for (CK_ULONG i = 0; i < count; i++) {
		if (!read_slot(p11, slots[i], &tokens[kept], fail))
			return false;
		if (!soft_only && is_no_service(&tokens[kept]))
			return refuse_service(&tokens[kept], fail);
		kept += !soft_only || (!tokens[kept].removable && !is_no_service(&tokens[kept]));
	}
	*ret_count = kept;
	return true;
}

bool p11_tokens(struct p11 *p11, struct p11_token *tokens, size_t *ret_count, struct fail *fail)
{
	return read_slots(p11, false, tokens, ret_count, fail);
}

bool p11_soft_tokens(
	struct p11 *p11, struct p11_token *tokens, size_t *ret_count, struct fail *fail)
{
	return read_slots(p11, true, tokens, ret_count, fail);
}

bool p11_token(struct p11 *p11, CK_SLOT_ID slot, struct p11_token *ret, struct fail *fail)
{
	struct p11_token token;

	if (!read_slot(p11, slot, &token, fail))
		return false;
	if (!token.present)
		return fail_set(fail, FAIL_NO_CARD, "%s", token.reader);
	if (!token.recognised)
		return fail_set(fail, FAIL_CARD_UNKNOWN, "%s", token.reader);
	*ret = token;
	return true;
}

bool p11_session_open(struct p11 *p11, CK_SLOT_ID slot, struct p11_session **ret, struct fail *fail)
{
	CLEANUP(free_p) struct p11_session *session = calloc(1, sizeof *session);

	if (!session)
		return fail_set(fail, FAIL_MEMORY, NULL);
	session->functions = p11->functions;
	session->slot = slot;
	CK_RV rv = p11->functions->C_OpenSession(
		slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session->handle);
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("opening a session with the card"));
	*ret = TAKE(session);
	return true;
}

struct p11_session *p11_session_close(struct p11_session *session)
{
	if (session)
		session->functions->C_CloseSession(session->handle);
	free(session);
	return NULL;
}

void p11_session_close_p(struct p11_session **session)
{
	*session = p11_session_close(*session);
}

int p11_tries_left(struct p11_session *session)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_HW_FEATURE_TYPE feature = CKH_TWCA_PIN;
	CK_USER_TYPE user = CKU_USER;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_HW_FEATURE_TYPE, &feature, sizeof feature),
		p11_attr(CKA_TWCA_PIN_USER_TYPE, &user, sizeof user) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	CK_TOKEN_INFO info;
	size_t count = 0;
	struct fail ignored = FAIL_INIT;

	if (p11_find(session, template, 3, found, &count, &ignored) && count == 1) {
		CK_ULONG tries = CK_UNAVAILABLE_INFORMATION;
		CK_ATTRIBUTE attr = { CKA_TWCA_PIN_TRIES_LEFT, &tries, sizeof tries };
		if (session->functions->C_GetAttributeValue(session->handle, found[0], &attr, 1) ==
				CKR_OK &&
			attr.ulValueLen == sizeof tries && tries <= 255)
			return (int)tries;
	}
	if (session->functions->C_GetTokenInfo(session->slot, &info) != CKR_OK)
		return -1;
	if (info.flags & CKF_USER_PIN_LOCKED)
		return 0;
	return info.flags & CKF_USER_PIN_FINAL_TRY ? 1 : -1;
}

bool p11_login(struct p11_session *session, const struct pin *pin, struct fail *fail)
{
	CK_ATTRIBUTE value = p11_attr(0, pin ? pin_text(pin) : NULL, pin ? pin_len(pin) : 0);
	CK_RV rv = session->functions->C_Login(
		session->handle, CKU_USER, value.pValue, value.ulValueLen);

	if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
		return true;
	fail_ck(fail, rv, _("checking the card PIN"));
	if (fail->code == FAIL_PIN_WRONG || fail->code == FAIL_PIN_LOCKED) {
		int tries = fail->code == FAIL_PIN_LOCKED ? 0 : p11_tries_left(session);
		if (tries == 0)
			fail_set(fail, FAIL_PIN_LOCKED, NULL);
		else
			fail_set(fail, FAIL_PIN_WRONG, "%s",
				tries < 0 ? _("the card does not tell how many tries are left")
					  : "");
		fail->tries_left = tries;
	}
	return false;
}
