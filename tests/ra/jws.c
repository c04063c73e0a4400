/* SPDX-License-Identifier: Apache-2.0 */
/* Flattened JWS (RFC 7515), as an old key signs a renewal. */
#include "jws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "signature.h"
#include "text.h"

static json_t *json_of(const char *base64url)
{
	size_t len = 0;
	CLEANUP(bytes_p) unsigned char *bytes = text_unbase64url(base64url, &len);
	json_t *json =
		bytes ? json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

const char *jws_parse(json_t *body, struct jws *ret)
{
	const char *protected = NULL;
	const char *payload = NULL;
	const char *signature = NULL;
	const char *thumbprint = NULL;
	size_t len = 0;
	if (json_unpack(body, "{s:s,s:s,s:s!}", "protected", &protected, "payload", &payload,
		    "signature", &signature) != 0)
		return "The body must be a flattened JWS.";
	ret->header = json_of(protected);
	ret->payload = json_of(payload);
	ret->signature = text_unbase64url(signature, &ret->signature_len);
	if (!ret->header || !ret->payload || !ret->signature)
		return "protected, payload or signature cannot be decoded.";
	if (json_unpack(ret->header, "{s:s,s:s,s:s,s:s!}", "alg", &ret->alg, "nonce", &ret->nonce,
		    "url", &ret->url, "x5t#S256", &thumbprint) != 0 ||
		!signature_alg(ret->alg))
		return "The protected header needs just alg, nonce, url and x5t#S256.";
	CLEANUP(bytes_p) unsigned char *hash = text_unbase64url(thumbprint, &len);
	if (!hash || len != 32)
		return "x5t#S256 is no SHA-256.";
	text_hex(hash, len, ret->sha256);
	if (asprintf(&ret->signed_text, "%s.%s", protected, payload) < 0)
		abort();
	return NULL;
}

void jws_clear(struct jws *jws)
{
	json_decref(jws->header);
	json_decref(jws->payload);
	free(jws->signed_text);
	free(jws->signature);
	*jws = (struct jws){ 0 };
}

bool jws_verifies(const struct jws *jws, const X509 *cert)
{
	return signature_verifies(
		cert, jws->alg, jws->signed_text, jws->signature, jws->signature_len);
}
