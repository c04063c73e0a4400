/* SPDX-License-Identifier: Apache-2.0 */
/* Matches and writes PKCS#11 URIs with p11-kit. */
#include "uri.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
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

static bool parse(const char *uri, P11KitUri **ret, struct fail *fail)
{
	*ret = p11_kit_uri_new();
	if (!*ret)
		return fail_set(fail, FAIL_MEMORY, NULL);
	int error = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, *ret);
	return error == P11_KIT_URI_OK ||
	       fail_set(fail, FAIL_USAGE, "%s: %s", uri, p11_kit_uri_message(error));
}

/* Token, reader and slot; what nobody understands fits nothing (RFC 7512, section 2.5). */
static bool is_token(P11KitUri *uri, const struct p11_token *token)
{
	CK_SLOT_ID slot = p11_kit_uri_get_slot_id(uri);
	CK_TOKEN_INFO info;
	CK_SLOT_INFO reader = { 0 };

	token_info(token, &info);
	pad(reader.slotDescription, sizeof reader.slotDescription, token->reader);
	return !p11_kit_uri_any_unrecognized(uri) && p11_kit_uri_match_token_info(uri, &info) &&
	       p11_kit_uri_match_slot_info(uri, &reader) &&
	       (slot == (CK_SLOT_ID)-1 || slot == token->slot);
}

bool uri_match_token(
	const char *uri, const struct p11_token *token, bool *ret_match, struct fail *fail)
{
	CLEANUP(uri_free_p) P11KitUri *parsed = NULL;

	if (!parse(uri, &parsed, fail))
		return false;
	*ret_match = is_token(parsed, token);
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

/* What the URI says of an attribute is so; where it says nothing, everything fits. */
static bool says(P11KitUri *uri, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	const CK_ATTRIBUTE *named = p11_kit_uri_get_attribute(uri, type);

	return !named ||
	       (value && named->ulValueLen == len && memcmp(named->pValue, value, len) == 0);
}

bool uri_is_object(const char *uri, const struct p11_token *token, const struct uri_object *object)
{
	CLEANUP(uri_free_p) P11KitUri *parsed = NULL;
	struct fail ignored = FAIL_INIT;
	const char *label = object->label;

	return parse(uri, &parsed, &ignored) && is_token(parsed, token) &&
	       says(parsed, CKA_ID, object->id, object->id_len) &&
	       says(parsed, CKA_LABEL, label, label ? strlen(label) : 0);
}

bool uri_pin_source(const char *uri, char **ret, struct fail *fail)
{
	CLEANUP(uri_free_p) P11KitUri *parsed = NULL;

	*ret = NULL;
	if (!uri)
		return true;
	if (!parse(uri, &parsed, fail))
		return false;
	if (p11_kit_uri_get_pin_value(parsed))
		return fail_set(fail, FAIL_USAGE,
			_("a PIN in the URI can be read by everybody here; name its place with "
			  "pin-source=file:PATH"));
	const char *source = p11_kit_uri_get_pin_source(parsed);
	if (!source)
		return true;
	if (asprintf(ret, "%s%s", *source == '/' ? "file:" : "", source) < 0)
		*ret = NULL;
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}
