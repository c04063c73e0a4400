/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: certificates that are issued. */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "http.h"
#include "json.h"
#include "pin.h"
#include "ra_cert.h"
#include "ra_json.h"
#include "scope.h"
#include "text.h"

static struct ra_json *of(struct ra *ra)
{
	return (struct ra_json *)(void *)ra;
}

void ra_certs_clear(struct ra_certs *certs)
{
	free(certs->items);
	ra_release(&certs->owner);
	memset(certs, 0, sizeof *certs);
}

/* Every string of the document is cleaned in place, so that all of them may be shown. */
static void clean_strings(json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (json_is_object(value))
			clean_strings(value);
		CLEANUP(free_p) char *text = text_clean_line(json_string_value(value));
		if (text)
			json_string_set(value, text);
	}
}

static struct ra_cert cert_of(json_t *object)
{
	const json_t *host = json_object_get(object, "host_status");

	return (struct ra_cert){
		.id = json_text(object, "id"),
		.url = json_text(object, "url"),
		.profile = json_text(object, "profile"),
		.role = json_text(object, "role"),
		.status = json_text(object, "status"),
		.subject = json_text(object, "subject"),
		.issuer = json_text(object, "issuer"),
		.serial = json_text(object, "serial_number"),
		.not_before = json_text(object, "not_before"),
		.not_after = json_text(object, "not_after"),
		.sha256 = json_text(object, "sha256"),
		.card_serial = json_text(object, "card_serial"),
		.host_text = json_text(host, "text"),
		.host_code = (long)json_integer_value(json_object_get(host, "code")),
		.der = json_text(object, "der"),
	};
}

/* Takes answer over. What every certificate must have is there afterwards. */
static bool fill(json_t *answer, struct ra_certs *ret, struct fail *fail)
{
	CLEANUP(ra_certs_clear) struct ra_certs certs = { .owner = answer };
	json_t *list, *object;
	const char *needed;
	size_t i;

	if (!json_get_array(answer, "certificates", &list, fail))
		return false;
	certs.items = calloc(json_array_size(list) + 1, sizeof *certs.items);
	if (!certs.items)
		return fail_set(fail, FAIL_MEMORY, NULL);
	json_array_foreach(list, i, object)
	{
		if (!json_get_text(object, "subject", &needed, fail) ||
			!json_get_text(object, "issuer", &needed, fail) ||
			!json_get_text(object, "serial_number", &needed, fail) ||
			!json_get_text(object, "not_before", &needed, fail) ||
			!json_get_text(object, "not_after", &needed, fail) ||
			!json_get_text(object, "sha256", &needed, fail))
			return false;
		clean_strings(object);
		certs.items[certs.count++] = cert_of(object);
	}
	certs.more = json_flag(answer, "more");
	*ret = certs;
	certs = (struct ra_certs){ 0 };
	return true;
}

bool ra_cert_list(struct ra *base, struct ra_certs *ret, struct fail *fail)
{
	struct ra_json *ra = of(base);
	struct ra_call call = { .method = "GET", .repeatable = true };
	json_t *answer;

	return ra_json_resource(ra, "certificates", &call.url, fail) &&
	       ra_json_call(ra, &call, &answer, NULL, NULL, fail) && fill(answer, ret, fail);
}

bool ra_cert_bytes(struct ra *base, const struct ra_cert *cert, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	struct ra_call call = { .method = "GET",
		.url = cert->url,
		.accept = "application/pkix-cert",
		.repeatable = true };

	if (cert->der)
		return text_unbase64(cert->der, ret, ret_len) ||
		       fail_set(fail, FAIL_RA_REPLY, "der");
	if (!cert->url)
		return fail_set(fail, FAIL_RA_REPLY, "url");
	return ra_json_bytes(of(base), &call, ret, ret_len, fail);
}

/* POST to a resource; the answer lists certificates. Takes body over. */
static bool post(struct ra *base, const char *resource, json_t *body, struct ra_certs *ret,
	struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *owned = body;
	const char *url;
	json_t *answer;

	return ra_json_resource(of(base), resource, &url, fail) &&
	       ra_json_post(of(base), url, TAKE(owned), &answer, fail) && fill(answer, ret, fail);
}

bool ra_cert_query(struct ra *ra, const char *pattern, struct ra_certs *ret, struct fail *fail)
{
	return post(ra, "certificate_queries", json_pack("{s:s}", "pattern", pattern), ret, fail);
}

bool ra_cert_can_suspend(struct ra *base, struct ra_suspension *ret)
{
	struct ra_json *ra = of(base);
	const json_t *rules = json_object_get(json_object_get(ra->site, "rules"), "suspension");
	const char *what = json_text(rules, "what");

	*ret = (struct ra_suspension){
		.selected = what && strcmp(what, "selected") == 0,
		.password = json_flag(rules, "password"),
	};
	return json_text(ra->resources, "suspensions") != NULL;
}

bool ra_cert_can_revoke(struct ra *base)
{
	return json_text(of(base)->resources, "revocations") != NULL;
}

bool ra_cert_suspend(struct ra *ra, const char *const *ids, size_t count,
	const struct pin *password, struct ra_certs *ret, struct fail *fail)
{
	json_t *body = json_object();
	json_t *list = count ? json_array() : NULL;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_string(ids[i]));
	if (list)
		json_object_set_new(body, "certificates", list);
	if (password)
		json_object_set_new(
			body, "site_password", json_stringn(pin_text(password), pin_len(password)));
	return post(ra, "suspensions", body, ret, fail);
}

bool ra_cert_revoke(struct ra *ra, struct ra_certs *ret, struct fail *fail)
{
	return post(ra, "revocations", json_pack("{s:b}", "all", 1), ret, fail);
}

bool ra_cert_proof(struct ra *base, bool html, char **ret, struct fail *fail)
{
	struct ra_call call = {
		.method = "GET", .accept = html ? "text/html" : "text/plain", .repeatable = true
	};
	CLEANUP(free_p) uint8_t *bytes = NULL;
	size_t len;

	if (!ra_json_resource(of(base), "proof", &call.url, fail) ||
		!ra_json_bytes(of(base), &call, &bytes, &len, fail))
		return false;
	if (strlen((const char *)bytes) != len)
		return fail_set(fail, FAIL_RA_REPLY, "text");
	*ret = html ? (char *)TAKE(bytes) : text_clean((const char *)bytes);
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}
