/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 7512 URIs: which token is meant, and how an object is called. */
#ifndef TWCA_TOOLS_URI_H
#define TWCA_TOOLS_URI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct p11_token;

/* Does the URI name this token? Errors: USAGE (no PKCS#11 URI). */
bool uri_match_token(
	const char *uri, const struct p11_token *token, bool *ret_match, struct fail *fail);

/* Does the URI name this certificate, or its key, on this token? Id and label count where it has
 * them. false: not, or it is no PKCS#11 URI. */
struct uri_object {
	const uint8_t *id;
	size_t id_len;
	const char *label; /* NULL: not known */
};
bool uri_is_object(const char *uri, const struct p11_token *token, const struct uri_object *object);

/* Where its pin-source says the PIN is, as pin_from_source() takes it; NULL: it says nothing, or
 * uri is NULL. The caller frees *ret. Errors: USAGE (no PKCS#11 URI; a PIN in it, which all users
 * of the computer could read). */
bool uri_pin_source(const char *uri, char **ret, struct fail *fail);

/* "pkcs11:model=...;serial=...;token=..." of a token. The caller frees; NULL: no memory. */
char *uri_of_token(const struct p11_token *token);

/* "pkcs11:token=...;serial=...;id=...;type=..." of an object ("cert", "private"). The caller frees;
 * NULL: no memory. */
char *uri_of_object(
	const struct p11_token *token, const uint8_t *id, size_t id_len, const char *type);

#endif
