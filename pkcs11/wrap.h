/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that leave and arrive enciphered, or come out of a key agreement.
 * All functions: slot lock held. */
#ifndef PKCS11_WRAP_H
#define PKCS11_WRAP_H

#include "ck.h"

struct session;
struct slot;

struct wrap_template {
	const CK_ATTRIBUTE *attrs;
	CK_ULONG count;
};

/* C_WrapKey(), by the two-call rule. Errors: its own. */
CK_RV wrap_key(struct slot *slot, struct session *session, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_len);

/* C_UnwrapKey(): a secret key is the session's, a private key (PrivateKeyInfo of PKCS#8) the
 * token's. Errors: its own. */
struct wrap_job {
	const CK_BYTE *wrapped;
	CK_ULONG len;
	const struct wrap_template *template;
};
CK_RV unwrap_key(struct slot *slot, struct session *session, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE unwrapping, const struct wrap_job *job, CK_OBJECT_HANDLE *ret_handle);
/* C_DeriveKey(); the new key is the session's. derive.c */
CK_RV derive_key(struct slot *slot, struct session *session, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE base, const struct wrap_template *template, CK_OBJECT_HANDLE *ret_handle);

#endif
