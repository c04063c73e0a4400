/* SPDX-License-Identifier: Apache-2.0 */
/* Matches and writes PKCS#11 URIs with p11-kit. */
#include "uri.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "p11.h"
#include "scope.h"

static void uri_free_p(P11KitUri **uri)
{
	p11_kit_uri_free(*uri);
}

static void pad(CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	memset(field, ' ', size);
	memcpy(field, text, len < size ? len : size);
}

static void token_info(const struct p11_token *token, CK_TOKEN_INFO *info)
{
	memset(info, 0, sizeof *info);
	pad(info->label, sizeof info->label, token->label);
	pad(info->manufacturerID, sizeof info->manufacturerID, token->manufacturer);
	pad(info->model, sizeof info->model, token->model);
	pad(info->serialNumber, sizeof info->serialNumber, token->serial);
}

bool uri_match_token(
	const char *uri, const struct p11_token *token, bool *ret_match, struct fail *fail)
{
	CLEANUP(uri_free_p) P11KitUri *parsed = p11_kit_uri_new();
	CK_TOKEN_INFO info;

	if (!parsed)
		return fail_set(fail, FAIL_MEMORY, NULL);
	int error = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, parsed);
	if (error != P11_KIT_URI_OK)
		return fail_set(fail, FAIL_USAGE, "%s: %s", uri, p11_kit_uri_message(error));
	token_info(token, &info);
	*ret_match = !p11_kit_uri_any_unrecognized(parsed) &&
		     p11_kit_uri_match_token_info(parsed, &info);
	return true;
}

char *uri_of_object(
	const struct p11_token *token, const uint8_t *id, size_t id_len, const char *type)
{
	CLEANUP(uri_free_p) P11KitUri *uri = p11_kit_uri_new();
	CK_OBJECT_CLASS class = strcmp(type, "cert") == 0 ? CKO_CERTIFICATE : CKO_PRIVATE_KEY;
	CK_ATTRIBUTE attributes[] = { p11_attr(CKA_ID, id, id_len),
		p11_attr(CKA_CLASS, &class, sizeof class) };
	char *text = NULL;

	if (!uri || p11_kit_uri_set_attribute(uri, &attributes[0]) != P11_KIT_URI_OK ||
		p11_kit_uri_set_attribute(uri, &attributes[1]) != P11_KIT_URI_OK)
		return NULL;
	token_info(token, p11_kit_uri_get_token_info(uri));
	return p11_kit_uri_format(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, &text) == P11_KIT_URI_OK
		       ? text
		       : NULL;
}

char *uri_of_token(const struct p11_token *token)
{
	CLEANUP(uri_free_p) P11KitUri *uri = p11_kit_uri_new();
	char *text = NULL;

	if (!uri)
		return NULL;
	token_info(token, p11_kit_uri_get_token_info(uri));
	return p11_kit_uri_format(uri, P11_KIT_URI_FOR_TOKEN, &text) == P11_KIT_URI_OK ? text
										       : NULL;
}

bool uri_is_object(const char *uri, const struct p11_token *token, const uint8_t *id, size_t id_len)
{
	CLEANUP(uri_free_p) P11KitUri *parsed = p11_kit_uri_new();
	CK_ATTRIBUTE wanted = p11_attr(CKA_ID, id, id_len);
	CK_TOKEN_INFO info;
	CK_ATTRIBUTE *named;

	if (!parsed || p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, parsed) != P11_KIT_URI_OK ||
		p11_kit_uri_any_unrecognized(parsed))
		return false;
	token_info(token, &info);
	named = p11_kit_uri_get_attribute(parsed, CKA_ID);
	return named && p11_kit_uri_match_token_info(parsed, &info) &&
	       named->ulValueLen == wanted.ulValueLen &&
	       memcmp(named->pValue, wanted.pValue, id_len) == 0;
}
