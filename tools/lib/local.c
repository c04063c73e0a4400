/* SPDX-License-Identifier: Apache-2.0 */
/* Looks through every token for certificates of people. */
#include "local.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fail.h"
#include "pkcs11/vendor.h"
#include "scope.h"
#include "tool.h"

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

void local_clear(struct local_certs *certs)
{
	for (size_t i = 0; i < certs->count; i++) {
		free(certs->items[i].cert.der);
		chain_text_clear(&certs->items[i].text);
	}
	free(certs->items);
	*certs = (struct local_certs){ 0 };
}

/* Takes der over. */
static bool add(struct local_certs *certs, const struct local_cert *found, struct fail *fail)
{
	struct local_cert *more = realloc(certs->items, (certs->count + 1) * sizeof *certs->items);

	if (!more)
		return fail_set(fail, FAIL_MEMORY, NULL);
	certs->items = more;
	certs->items[certs->count++] = *found;
	return true;
}

/* Is it a person's certificate? Fills cn and text. */
static bool describe(struct local_cert *found, struct fail *ignored)
{
	const unsigned char *der = found->cert.der;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &der, (long)found->cert.len);

	if (!x509 || chain_is_authority(&found->cert))
		return false;
	if (X509_NAME_get_text_by_NID(
		    X509_get_subject_name(x509), NID_commonName, found->cn, sizeof found->cn) < 0)
		found->cn[0] = '\0';
	return chain_describe(&found->cert, &found->text, ignored);
}

/* What the module tells of a software identity (vendor.h); a card has no such object. */
static void ask_identity(
	struct p11_session *session, struct local_cert *found, struct fail *ignored)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_ULONG type = CKH_TWCA_IDENTITY;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_HW_FEATURE_TYPE, &type, sizeof type) };
	CK_OBJECT_HANDLE objects[P11_FIND_MAX];
	CLEANUP(free_p) uint8_t *directory = NULL;
	CLEANUP(free_p) uint8_t *level = NULL;
	CK_ULONG number = 0;
	size_t count, len;

	if (!p11_find(session, template, 2, objects, &count, ignored) || count != 1)
		return;
	if (p11_get(session, objects[0], CKA_TWCA_DIRECTORY, &directory, &len, ignored) &&
		len < sizeof found->directory) {
		memcpy(found->directory, directory, len);
		found->directory[len] = '\0';
	}
	if (p11_get(session, objects[0], CKA_TWCA_PROMPT_LEVEL, &level, &len, ignored) &&
		len == sizeof number) {
		memcpy(&number, level, len);
		found->level = number;
	}
}

static void read_label(struct p11_session *session, CK_OBJECT_HANDLE object,
	struct local_cert *found, struct fail *ignored)
{
	CLEANUP(free_p) uint8_t *label = NULL;
	size_t len;

	if (p11_get(session, object, CKA_LABEL, &label, &len, ignored) && len < sizeof found->label)
		memcpy(found->label, label, len);
}

static bool look_at(struct p11_session *session, CK_OBJECT_HANDLE object,
	const struct p11_token *token, struct local_certs *certs, struct fail *ignored,
	struct fail *fail)
{
	struct local_cert found = { .token = *token };
	CLEANUP(free_p) uint8_t *id = NULL;
	size_t id_len = 0;

	if (!p11_get(session, object, CKA_VALUE, &found.cert.der, &found.cert.len, ignored))
		return true;
	if (p11_get(session, object, CKA_ID, &id, &id_len, ignored) && id_len <= LOCAL_ID_MAX) {
		memcpy(found.id, id, id_len);
		found.id_len = id_len;
	}
	read_label(session, object, &found, ignored);
	ask_identity(session, &found, ignored);
	if (describe(&found, ignored) && add(certs, &found, fail))
		return true;
	free(found.cert.der);
	chain_text_clear(&found.text);
	return fail->code == FAIL_NONE;
}

static bool look_into(struct tool *tool, const struct p11_token *token, struct local_certs *certs,
	struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class) };
	CK_OBJECT_HANDLE objects[P11_FIND_MAX];
	CLEANUP(p11_session_close_p) struct p11_session *session = NULL;
	struct fail ignored = FAIL_INIT;
	size_t count;

	if (!p11_session_open(tool->p11, token->slot, &session, &ignored) ||
		!p11_find(session, template, 1, objects, &count, &ignored))
		return true;
	for (size_t i = 0; i < count; i++)
		if (!look_at(session, objects[i], token, certs, &ignored, fail))
			return false;
	return true;
}

/* Files are here without a smart card service, too; without both there is nothing to look at. */
static bool list(struct tool *tool, struct p11_token *tokens, size_t *ret_count, struct fail *fail)
{
	if (p11_tokens(tool->p11, tokens, ret_count, fail))
		return true;
	if (fail->code != FAIL_NO_SERVICE && fail->code != FAIL_NO_ACCESS)
		return false;
	struct fail no_service = *fail;
	*fail = (struct fail)FAIL_INIT;
	if (!p11_soft_tokens(tool->p11, tokens, ret_count, fail))
		return false;
	if (!*ret_count)
		*fail = no_service;
	return *ret_count > 0;
}

bool local_find(struct tool *tool, struct local_certs *ret, struct fail *fail)
{
	CLEANUP(local_clear) struct local_certs certs = { 0 };
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	size_t count;

	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(tool, fail) || !list(tool, tokens, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++)
		if (tokens[i].present && tokens[i].recognised &&
			!look_into(tool, &tokens[i], &certs, fail))
			return false;
	*ret = certs;
	certs = (struct local_certs){ 0 };
	return true;
}

const struct local_cert *local_by_hash(const struct local_certs *certs, const char *sha256)
{
	for (size_t i = 0; i < certs->count; i++)
		if (strcasecmp(certs->items[i].text.sha256, sha256) == 0)
			return &certs->items[i];
	return NULL;
}
