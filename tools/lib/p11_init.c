/* SPDX-License-Identifier: Apache-2.0 */
/* Initialises a token that has nothing on it. */
#include "p11_init.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "pin.h"
#include "scope.h"

#define SO_PIN_LEN 32
#define LABEL_LEN 32

static void logout(CK_FUNCTION_LIST *functions, CK_SESSION_HANDLE session)
{
	functions->C_Logout(session);
	functions->C_CloseSession(session);
}

/* As SO: set the user PIN. */
static bool set_pin(CK_FUNCTION_LIST *functions, CK_SLOT_ID slot, CK_UTF8CHAR *so,
	const struct pin *pin, struct fail *fail)
{
	CK_SESSION_HANDLE session;
	CK_ATTRIBUTE value = p11_attr(0, pin_text(pin), pin_len(pin));

	CK_RV rv = functions->C_OpenSession(
		slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("opening a session with the card"));
	rv = functions->C_Login(session, CKU_SO, so, SO_PIN_LEN);
	if (rv == CKR_OK)
		rv = functions->C_InitPIN(session, value.pValue, value.ulValueLen);
	logout(functions, session);
	return rv == CKR_OK || fail_ck(fail, rv, _("setting the password"));
}

bool p11_token_init(struct p11 *p11, CK_SLOT_ID slot, const char *label, const struct pin *pin,
	struct fail *fail)
{
	static const char digits[] = "0123456789abcdef";
	CK_FUNCTION_LIST *functions = p11_list(p11);
	CK_UTF8CHAR padded[LABEL_LEN], so[SO_PIN_LEN];
	size_t len = strnlen(label, LABEL_LEN);

	memset(padded, ' ', sizeof padded);
	memcpy(padded, label, len);
	if (RAND_bytes(so, sizeof so) != 1)
		return fail_set(fail, FAIL_INTERNAL, NULL);
	for (size_t i = 0; i < sizeof so; i++)
		so[i] = (CK_UTF8CHAR)digits[so[i] & 15];
	CK_RV rv = functions->C_InitToken(slot, so, sizeof so, padded);
	bool ok = rv == CKR_OK ? set_pin(functions, slot, so, pin, fail)
			       : fail_ck(fail, rv, _("making the software identity"));
	OPENSSL_cleanse(so, sizeof so);
	return ok;
}
