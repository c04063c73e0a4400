/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the certificates of every token, without a PIN: what a browser is going to show. */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/chain.h"
#include "lib/i18n.h"
#include "lib/scope.h"
#include "lib/uri.h"

void export_tokens_clear(struct export *export)
{
	for (size_t i = 0; i < export->token_count; i++) {
		struct export_token *token = &export->tokens[i];
		for (size_t j = 0; j < token->count; j++) {
			free(token->certificates[j].subject);
			free(token->certificates[j].not_after);
			free(token->certificates[j].uri);
		}
		free(token->certificates);
	}
	free(export->tokens);
	export->tokens = NULL;
	export->token_count = 0;
}

static bool is_authority(struct p11_session *session, CK_OBJECT_HANDLE object)
{
	CLEANUP(free_p) uint8_t *bytes = NULL;
	struct fail none = FAIL_INIT;
	CK_ULONG category = 0;
	size_t len = 0;

	if (p11_get(session, object, CKA_CERTIFICATE_CATEGORY, &bytes, &len, &none) &&
		len == sizeof category)
		memcpy(&category, bytes, sizeof category);
	return category == 2; /* CK_CERTIFICATE_CATEGORY_AUTHORITY */
}

static bool read_one(struct p11_session *session, const struct p11_token *from,
	CK_OBJECT_HANDLE object, struct export_certificate *ret, struct fail *fail)
{
	CLEANUP(free_p) uint8_t *der = NULL;
	CLEANUP(free_p) uint8_t *id = NULL;
	struct chain_text text = { 0 };
	size_t len, id_len;

	if (!p11_get(session, object, CKA_VALUE, &der, &len, fail) ||
		!p11_get(session, object, CKA_ID, &id, &id_len, fail) ||
		!chain_describe(&(struct chain_cert){ der, len }, &text, fail))
		return false;
	ret->subject = TAKE(text.subject);
	ret->not_after = TAKE(text.not_after);
	ret->uri = uri_of_object(from, id, id_len, "cert");
	ret->authority = is_authority(session, object);
	chain_text_clear(&text);
	return ret->uri || fail_set(fail, FAIL_MEMORY, NULL);
}

static bool read_token(struct export *export, const struct p11_token *from, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	CLEANUP(p11_session_close_p) struct p11_session *session = NULL;
	struct export_token *token = &export->tokens[export->token_count++];
	size_t count;

	memcpy(token->label, from->label, sizeof token->label);
	memcpy(token->serial, from->serial, sizeof token->serial);
	memcpy(token->reader, from->reader, sizeof token->reader);
	if (!p11_session_open(export->tool.p11, from->slot, &session, fail) ||
		!p11_find(session, template, 1, found, &count, fail))
		return false;
	token->certificates = calloc(count + 1, sizeof *token->certificates);
	if (!token->certificates)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < count; i++)
		if (!read_one(session, from, found[i], &token->certificates[token->count++], fail))
			return false;
	return true;
}

bool export_tokens_read(struct export *export, struct fail *fail)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct fail trouble = FAIL_INIT;
	size_t count = 0;

	export->tokens = calloc(P11_READERS_MAX, sizeof *export->tokens);
	if (!tokens || !export->tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(&export->tool, fail))
		return false;
	if (!p11_tokens(export->tool.p11, tokens, &count, &trouble)) {
		tool_warn(&export->tool, &trouble);
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		struct fail one = FAIL_INIT;
		if (tokens[i].present && tokens[i].recognised &&
			!read_token(export, &tokens[i], &one))
			tool_warn(&export->tool, &one);
	}
	return true;
}
