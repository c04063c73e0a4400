/* SPDX-License-Identifier: Apache-2.0 */
/* Software identities through the module: their settings object, their password. */
#include "p11_identity.h"

#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "p11.h"
#include "pin.h"
#include "pkcs11/vendor.h"

static bool find(struct p11_session *session, CK_OBJECT_HANDLE *ret, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_HW_FEATURE_TYPE feature = CKH_TWCA_IDENTITY;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_HW_FEATURE_TYPE, &feature, sizeof feature) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count;

	if (!p11_find(session, template, 2, found, &count, fail))
		return false;
	if (count != 1)
		return fail_set(fail, FAIL_KEY_ON_CARD, NULL);
	*ret = found[0];
	return true;
}

bool p11_identity(struct p11_session *session, struct p11_identity *ret, struct fail *fail)
{
	CK_OBJECT_HANDLE object;
	CK_ULONG level = 0, now = 0;
	CK_BBOOL old = CK_FALSE;
	CK_ATTRIBUTE attributes[] = {
		{ CKA_TWCA_PROMPT_LEVEL, &level, sizeof level },
		{ CKA_TWCA_PROMPT_LEVEL_NOW, &now, sizeof now },
		{ CKA_TWCA_OLD_CIPHER, &old, sizeof old },
		{ CKA_TWCA_DIRECTORY, ret->directory, sizeof ret->directory - 1 },
	};

	memset(ret, 0, sizeof *ret);
	if (!find(session, &object, fail))
		return false;
	CK_RV rv = p11_functions(session)->C_GetAttributeValue(
		p11_handle(session), object, attributes, sizeof attributes / sizeof attributes[0]);
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("reading the settings of the identity"));
	ret->directory[attributes[3].ulValueLen] = '\0';
	ret->level = (unsigned)level;
	ret->level_now = (unsigned)now;
	ret->old_cipher = old == CK_TRUE;
	return true;
}

bool p11_identity_set_level(struct p11_session *session, unsigned level, struct fail *fail)
{
	CK_ULONG value = level;
	CK_ATTRIBUTE attribute = { CKA_TWCA_PROMPT_LEVEL, &value, sizeof value };
	CK_OBJECT_HANDLE object;

	if (!find(session, &object, fail))
		return false;
	CK_RV rv = p11_functions(session)->C_SetAttributeValue(
		p11_handle(session), object, &attribute, 1);
	return rv == CKR_OK || fail_ck(fail, rv, _("storing the security level"));
}

bool p11_identity_set_password(struct p11_session *session, const struct pin *old,
	const struct pin *new, struct fail *fail)
{
	CK_ATTRIBUTE before = p11_attr(0, pin_text(old), pin_len(old));
	CK_ATTRIBUTE after = p11_attr(0, pin_text(new), pin_len(new));
	CK_RV rv = p11_functions(session)->C_SetPIN(p11_handle(session), before.pValue,
		before.ulValueLen, after.pValue, after.ulValueLen);

	if (rv == CKR_OK)
		return true;
	fail_ck(fail, rv, _("changing the file password"));
	if (fail->code == FAIL_PIN_WRONG)
		return fail_set(fail, FAIL_FILE_PASSWORD, NULL);
	if (fail->code == FAIL_PIN_LENGTH)
		return fail_set(fail, FAIL_FILE_PASSWORD_RULE, NULL);
	return false;
}
