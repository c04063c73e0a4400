/* SPDX-License-Identifier: Apache-2.0 */
/* Encodes header and payload, has both signed, and puts all three together. */
#include "jws.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "json.h"
#include "scope.h"
#include "text.h"

static char *encode_header(const struct jws_header *header)
{
	CLEANUP(free_p) char *thumbprint = text_base64url(header->certificate, JWS_SHA256_LEN);
	CLEANUP(json_decref_p)
	json_t *object =
		thumbprint ? json_pack("{s:s, s:s, s:s, s:s}", "alg", "RS256", "nonce",
				     header->nonce, "url", header->url, "x5t#S256", thumbprint)
			   : NULL;
	CLEANUP(json_text_free_p)
	char *text = object ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	return text ? text_base64url((const uint8_t *)text, strlen(text)) : NULL;
}

static char *flatten(const char *protected, const char *payload, const char *signature)
{
	CLEANUP(json_decref_p)
	json_t *object = json_pack("{s:s, s:s, s:s}", "protected", protected, "payload", payload,
		"signature", signature);
	CLEANUP(json_text_free_p)
	char *text = object ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	return text ? strdup(text) : NULL;
}

bool jws_make(const struct jws_header *header, const char *payload, request_sign_fn *sign,
	void *arg, char **ret, struct fail *fail)
{
	CLEANUP(free_p) char *protected = encode_header(header);
	CLEANUP(free_p)
	char *encoded = text_base64url((const uint8_t *)payload, strlen(payload));
	CLEANUP(free_p) char *input = NULL;
	CLEANUP(free_p) uint8_t *signature = NULL;
	size_t len;

	if (!protected || !encoded || asprintf(&input, "%s.%s", protected, encoded) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!sign(arg, (const uint8_t *)input, strlen(input), &signature, &len, fail))
		return false;
	CLEANUP(free_p) char *proof = text_base64url(signature, len);
	*ret = proof ? flatten(protected, encoded, proof) : NULL;
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}
