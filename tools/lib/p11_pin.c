/* SPDX-License-Identifier: Apache-2.0 */
/* PINs of a card through the module: status, change, PUK, a new PIN. */
#include "p11_pin.h"

#include "fail.h"
#include "i18n.h"
#include "p11.h"
#include "pin.h"
#include "pkcs11/vendor.h"

static bool number_of(
	struct p11_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, int *ret)
{
	CK_ULONG number = CK_UNAVAILABLE_INFORMATION;
	CK_ATTRIBUTE attr = { type, &number, sizeof number };
	CK_RV rv =
		p11_functions(session)->C_GetAttributeValue(p11_handle(session), object, &attr, 1);

	if (rv != CKR_OK || attr.ulValueLen != sizeof number || number > 255)
		return false;
	*ret = (int)number;
	return true;
}

bool p11_pin_state(struct p11_session *session, CK_USER_TYPE user, struct p11_pin_state *ret)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_HW_FEATURE_TYPE feature = CKH_TWCA_PIN;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_HW_FEATURE_TYPE, &feature, sizeof feature),
		p11_attr(CKA_TWCA_PIN_USER_TYPE, &user, sizeof user) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	CK_BBOOL locked = CK_FALSE;
	CK_ATTRIBUTE attr = { CKA_TWCA_PIN_LOCKED, &locked, sizeof locked };
	struct fail ignored = FAIL_INIT;
	size_t count = 0;

	*ret = (struct p11_pin_state){ .tries_left = -1, .tries_max = -1 };
	if (!p11_find(session, template, 3, found, &count, &ignored) || count != 1)
		return false;
	number_of(session, found[0], CKA_TWCA_PIN_TRIES_LEFT, &ret->tries_left);
	number_of(session, found[0], CKA_TWCA_PIN_TRIES_MAX, &ret->tries_max);
	number_of(session, found[0], CKA_TWCA_PIN_MIN_LEN, &ret->min_len);
	number_of(session, found[0], CKA_TWCA_PIN_MAX_LEN, &ret->max_len);
	if (p11_functions(session)->C_GetAttributeValue(p11_handle(session), found[0], &attr, 1) ==
		CKR_OK)
		ret->locked = locked == CK_TRUE;
	if (ret->locked)
		ret->tries_left = 0;
	ret->locked = ret->tries_left == 0;
	return true;
}

/* The codes of one PIN's failures instead of the user PIN's, and the tries left. */
static bool refused(struct p11_session *session, CK_USER_TYPE user, CK_RV rv, const char *doing,
	struct fail *fail)
{
	bool puk = user == CKU_SO;
	struct p11_pin_state state;

	fail_ck(fail, rv, doing);
	if (fail->code != FAIL_PIN_WRONG && fail->code != FAIL_PIN_LOCKED)
		return false;
	p11_pin_state(session, user, &state);
	bool locked = fail->code == FAIL_PIN_LOCKED || state.tries_left == 0;
	if (locked)
		fail_set(fail, puk ? FAIL_PUK_LOCKED : FAIL_PIN_LOCKED, NULL);
	else
		fail_set(fail, puk ? FAIL_PUK_WRONG : FAIL_PIN_WRONG, "%s",
			state.tries_left < 0 ? _("the card does not tell how many tries are left")
					     : "");
	fail->tries_left = locked ? 0 : state.tries_left;
	return false;
}

/* A value for the module; NULL: it is typed at the reader. */
static CK_ATTRIBUTE value_of(const struct pin *pin)
{
	return pin ? p11_attr(0, pin_text(pin), pin_len(pin)) : p11_attr(0, NULL, 0);
}

/* At a keypad the module sees no values, only that the two new ones differed. */
static bool refused_new(struct p11_session *session, CK_USER_TYPE user, CK_RV rv,
	const struct pin *new, const char *doing, struct fail *fail)
{
	if (rv == CKR_PIN_INVALID && !new)
		return fail_set(fail, FAIL_NEW_PIN_UNEQUAL, NULL);
	return refused(session, user, rv, doing, fail);
}

bool p11_login_puk(struct p11_session *session, const struct pin *puk, struct fail *fail)
{
	CK_ATTRIBUTE value = value_of(puk);
	CK_RV rv = p11_functions(session)->C_Login(
		p11_handle(session), CKU_SO, value.pValue, value.ulValueLen);

	return rv == CKR_OK || refused(session, CKU_SO, rv, _("checking the PUK"), fail);
}

bool p11_set_pin(struct p11_session *session, const struct pin *new, struct fail *fail)
{
	CK_ATTRIBUTE value = value_of(new);
	CK_RV rv = p11_functions(session)->C_InitPIN(
		p11_handle(session), value.pValue, value.ulValueLen);

	return rv == CKR_OK ||
	       refused_new(session, CKU_SO, rv, new, _("setting the card PIN"), fail);
}

static bool change(struct p11_session *session, CK_USER_TYPE user, const struct pin *old,
	const struct pin *new, struct fail *fail)
{
	CK_ATTRIBUTE before = value_of(old);
	CK_ATTRIBUTE after = value_of(new);
	CK_RV rv = p11_functions(session)->C_SetPIN(p11_handle(session), before.pValue,
		before.ulValueLen, after.pValue, after.ulValueLen);

	return rv == CKR_OK ||
	       refused_new(session, user, rv, new,
		       user == CKU_SO ? _("changing the PUK") : _("changing the card PIN"), fail);
}

bool p11_change_pin(struct p11_session *session, const struct pin *old, const struct pin *new,
	struct fail *fail)
{
	return change(session, CKU_USER, old, new, fail);
}

bool p11_change_puk(struct p11_session *session, const struct pin *old, const struct pin *new,
	struct fail *fail)
{
	return change(session, CKU_SO, old, new, fail);
}

void p11_logout(struct p11_session *session)
{
	p11_functions(session)->C_Logout(p11_handle(session));
}

bool p11_rsa_bits(
	struct p11_session *session, CK_SLOT_ID slot, unsigned *ret_bits, struct fail *fail)
{
	CK_MECHANISM_INFO info;
	CK_RV rv = p11_functions(session)->C_GetMechanismInfo(slot, CKM_RSA_PKCS, &info);

	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("asking what the card can do"));
	*ret_bits = (unsigned)info.ulMaxKeySize;
	return true;
}

bool p11_wants_pin(struct p11_session *session, CK_OBJECT_HANDLE key)
{
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE attr = { CKA_ALWAYS_AUTHENTICATE, &always, sizeof always };

	return p11_functions(session)->C_GetAttributeValue(p11_handle(session), key, &attr, 1) ==
		       CKR_OK &&
	       always;
}
