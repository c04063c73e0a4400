/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: registration, terms, cards, orders, certificates, receipts. */
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "fail.h"
#include "http.h"
#include "i18n.h"
#include "json.h"
#include "pin.h"
#include "ra_json.h"
#include "scope.h"
#include "text.h"

static struct ra_json *of(struct ra *ra)
{
	return (struct ra_json *)(void *)ra;
}

static bool get_resource(
	struct ra_json *ra, const char *name, const char *language, json_t **ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET", .language = language, .repeatable = true };

	return ra_json_resource(ra, name, &call.url, fail) &&
	       ra_json_call(ra, &call, ret, NULL, NULL, fail);
}

bool ra_json_registration(struct ra *base, struct ra_registration *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_registration registration = { 0 };
	json_t *subject;

	if (!get_resource(of(base), "registration", NULL, &answer, fail) ||
		!json_get_text(answer, "account", &registration.account, fail) ||
		!json_get_text(answer, "name", &registration.name, fail) ||
		!json_get_text(answer, "certificate_identifier", &registration.identifier, fail) ||
		!json_get_object(answer, "subject", &subject, fail) ||
		!json_get_text(subject, "text", &registration.subject, fail) ||
		!json_get_bytes(
			subject, "der", &registration.subject_der, &registration.subject_len, fail))
		return false;
	const char *carrier = json_text(answer, "carrier");
	registration.carrier = carrier && strcmp(carrier, "file") == 0 ? RA_FILE : RA_CARD;
	registration.organization = json_text(answer, "organization");
	registration.email = json_text(answer, "email");
	registration.owner = TAKE(answer);
	*ret = registration;
	return true;
}

bool ra_json_terms(struct ra *base, const char *language, struct ra_terms *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_terms terms = { 0 };

	if (!get_resource(of(base), "terms", language, &answer, fail) ||
		!json_get_text(answer, "id", &terms.id, fail) ||
		!json_get_text(answer, "title", &terms.title, fail) ||
		!json_get_text(answer, "text", &terms.text, fail) ||
		!json_get_text(answer, "sha256", &terms.sha256, fail) ||
		!json_get_text(answer, "accept_label", &terms.accept_label, fail))
		return false;
	terms.owner = TAKE(answer);
	*ret = terms;
	return true;
}

bool ra_json_card(struct ra *base, const char *serial, const char *order_url,
	struct ra_challenge *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_challenge card = { 0 };
	const char *url, *state;

	if (!ra_json_resource(of(base), "card_verifications", &url, fail))
		return false;
	json_t *body =
		json_pack("{s:s, s:s, s:s*}", "purpose", order_url ? "after_issue" : "before_key",
			"card_serial", serial, "order_url", order_url);
	if (!ra_json_post(of(base), url, body, &answer, fail) ||
		!json_get_text(answer, "id", &card.id, fail) ||
		!json_get_text(answer, "card_serial", &card.card_serial, fail) ||
		!json_get_text(answer, "state", &state, fail))
		return false;
	if (strcmp(state, "challenged") == 0 &&
		(!json_get_text(answer, "challenge", &card.challenge, fail) ||
			!json_get_text(answer, "answer_url", &card.answer_url, fail)))
		return false;
	card.owner = TAKE(answer);
	*ret = card;
	return true;
}

bool ra_json_answer(struct ra *base, const struct ra_challenge *challenge, const uint8_t *signature,
	size_t len, struct fail *fail)
{
	CLEANUP(free_p) char *base64 = text_base64(signature, len);
	CLEANUP(json_decref_p) json_t *answer = NULL;
	const char *state;

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	json_t *body = json_pack("{s:s, s:s}", "alg", "RS256", "signature", base64);
	if (!ra_json_post(of(base), challenge->answer_url, body, &answer, fail) ||
		!json_get_text(answer, "state", &state, fail))
		return false;
	if (strcmp(state, "verified") != 0)
		return fail_set(fail, FAIL_RA_REPLY, _("the card was not verified"));
	return true;
}

static json_t *parts_json(const struct ra_request *request)
{
	CLEANUP(json_decref_p) json_t *parts = json_array();

	for (size_t i = 0; parts && i < request->count; i++) {
		CLEANUP(free_p)
		char *csr = text_base64(request->parts[i].csr, request->parts[i].csr_len);
		json_t *part = csr ? json_pack("{s:s, s:s}", "profile", request->parts[i].profile,
					     "csr", csr)
				   : NULL;
		if (json_array_append_new(parts, part) != 0)
			return NULL;
	}
	return TAKE(parts);
}

bool ra_json_order_text(const struct ra_request *request, char **ret, struct fail *fail)
{
	json_t *parts = parts_json(request);

	if (!parts)
		return fail_set(fail, FAIL_MEMORY, NULL);
	CLEANUP(json_decref_p)
	json_t *body = json_pack("{s:o, s:{s:s, s:s, s:b}, s:s*, s:s*, s:s*}", "requests", parts,
		"terms", "id", request->terms->id, "sha256", request->terms->sha256, "accepted", 1,
		"card_verification", request->card_id, "eligibility", request->eligibility,
		"payment", request->payment);
	CLEANUP(json_text_free_p)
	char *text = body ? json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	char *copy = text ? strdup(text) : NULL;

	if (!copy)
		return fail_set(fail, FAIL_MEMORY, NULL);
	*ret = copy;
	return true;
}

static bool state_of(const char *text, enum ra_state *ret, struct fail *fail)
{
	for (unsigned i = 0; i < RA_STATES; i++) {
		if (strcmp(text, ra_state_name((enum ra_state)i)) == 0) {
			*ret = (enum ra_state)i;
			return true;
		}
	}
	return fail_set(fail, FAIL_RA_REPLY, _("an order in an unknown state"));
}

static bool fill_certs(const json_t *answer, struct ra_order *order, struct fail *fail)
{
	json_t *certificates;

	if (!json_get_array(answer, "certificates", &certificates, fail) ||
		!json_get_text(answer, "receipt_url", &order->receipt_url, fail))
		return false;
	order->cert_count = json_array_size(certificates);
	if (!order->cert_count || order->cert_count > RA_CERTS_MAX)
		return fail_set(fail, FAIL_RA_REPLY, _("one or two certificates were expected"));
	for (size_t i = 0; i < order->cert_count; i++) {
		const json_t *certificate = json_array_get(certificates, i);
		if (!json_get_text(certificate, "url", &order->certs[i].url, fail) ||
			!json_get_text(certificate, "sha256", &order->certs[i].sha256, fail))
			return false;
		order->certs[i].profile = json_text(certificate, "profile");
	}
	return true;
}

/* Everything is borrowed from answer. */
static bool read_order(const json_t *answer, struct ra_order *ret, struct fail *fail)
{
	struct ra_order order = { 0 };
	const char *state;
	const json_t *keys = json_object_get(answer, "public_key_sha256");

	if (!json_get_text(answer, "url", &order.url, fail) ||
		!json_get_text(answer, "state", &state, fail) ||
		!state_of(state, &order.state, fail))
		return false;
	const char *kind = json_text(answer, "kind");
	order.renewal = kind && strcmp(kind, "renewal") == 0;
	order.card_serial = json_text(answer, "card_serial");
	for (size_t i = 0; i < RA_CERTS_MAX; i++)
		order.key_sha256[i] = json_string_value(json_array_get(keys, i));
	order.reason = json_text(json_object_get(answer, "reason"), "detail");
	if ((order.state == RA_ISSUED || order.state == RA_ACKNOWLEDGED) &&
		!fill_certs(answer, &order, fail))
		return false;
	if (order.state == RA_AWAITING_ACTIVATION &&
		!json_get_text(answer, "activation_url", &order.activation_url, fail))
		return false;
	*ret = order;
	return true;
}

/* Takes the answer over on success. */
static bool fill_order(json_t **answer, long retry_after, struct ra_order *ret, struct fail *fail)
{
	if (!read_order(*answer, ret, fail))
		return false;
	ret->retry_after = retry_after;
	ret->owner = TAKE(*answer);
	return true;
}

bool ra_json_send_order(struct ra_json *ra, const char *resource, const char *key, const char *text,
	struct ra_order *ret, char **ret_existing, struct fail *fail)
{
	struct ra_call call = { .method = "POST", .body = text, .key = key, .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	CLEANUP(json_decref_p) json_t *problem = NULL;
	long retry_after = 0;

	if (!ra_json_resource(ra, resource, &call.url, fail))
		return false;
	if (!ra_json_call(ra, &call, &answer, &problem, &retry_after, fail)) {
		const char *existing = problem ? json_text(problem, "order_url") : NULL;
		if (existing)
			*ret_existing = strdup(existing);
		return false;
	}
	return fill_order(&answer, retry_after, ret, fail);
}

bool ra_json_order(struct ra *base, const char *key, const char *text, struct ra_order *ret,
	char **ret_existing, struct fail *fail)
{
	return ra_json_send_order(of(base), "orders", key, text, ret, ret_existing, fail);
}

bool ra_json_order_get(struct ra *base, const char *url, struct ra_order *ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET", .url = url, .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	long retry_after = 0;

	return ra_json_call(of(base), &call, &answer, NULL, &retry_after, fail) &&
	       fill_order(&answer, retry_after, ret, fail);
}

bool ra_json_orders(struct ra *base, struct ra_orders *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_orders orders = { 0 };
	json_t *list, *entry;
	size_t i;

	if (!get_resource(of(base), "orders", NULL, &answer, fail) ||
		!json_get_array(answer, "orders", &list, fail))
		return false;
	json_array_foreach(list, i, entry)
	{
		if (orders.count == RA_ORDERS_MAX)
			break;
		if (!read_order(entry, &orders.orders[orders.count++], fail))
			return false;
	}
	orders.owner = TAKE(answer);
	*ret = orders;
	return true;
}

static bool get_authorities(struct ra_json *ra, struct chain *chain, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *list, *entry;
	size_t i;

	if (!get_resource(ra, "ca_certificates", NULL, &answer, fail) ||
		!json_get_array(answer, "certificates", &list, fail))
		return false;
	json_array_foreach(list, i, entry)
	{
		if (chain->count == CHAIN_CA_MAX)
			return fail_set(fail, FAIL_RA_REPLY, _("too many CA certificates"));
		struct chain_cert *cert = &chain->authorities[chain->count];
		if (!json_get_bytes(entry, "der", &cert->der, &cert->len, fail))
			return false;
		chain->count++;
	}
	return true;
}

bool ra_json_certificate(struct ra *base, const struct ra_order *order, size_t index,
	struct chain *ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET",
		.url = order->certs[index].url,
		.accept = "application/pkix-cert",
		.repeatable = true };
	CLEANUP(chain_clear) struct chain chain = { 0 };

	if (!ra_json_bytes(of(base), &call, &chain.leaf.der, &chain.leaf.len, fail) ||
		!get_authorities(of(base), &chain, fail))
		return false;
	*ret = chain;
	memset(&chain, 0, sizeof chain);
	return true;
}

bool ra_json_receipt(struct ra *base, const struct ra_order *order, const char *const sha256[],
	size_t count, const char *card_id, struct ra_order *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++)
		json_array_append_new(list, json_string(sha256[i]));
	json_t *body = json_pack("{s:o, s:s*}", "certificates", list, "card_verification", card_id);
	return ra_json_post(of(base), order->receipt_url, body, &answer, fail) &&
	       fill_order(&answer, 0, ret, fail);
}

bool ra_json_eligibility(struct ra *base, const struct pin *slip, char **ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	const char *url, *id;

	if (!ra_json_resource(of(base), "eligibility", &url, fail))
		return false;
	json_t *body = json_pack("{s:s%}", "slip_password", pin_text(slip), pin_len(slip));
	if (!body)
		return fail_set(fail, FAIL_USAGE, _("account or password is no UTF-8 text"));
	if (!ra_json_post(of(base), url, body, &answer, fail) ||
		!json_get_text(answer, "id", &id, fail))
		return false;
	*ret = strdup(id);
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}

bool ra_json_activate(struct ra *base, const struct ra_order *order, const struct pin *password,
	struct ra_order *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *body = json_pack("{s:s%}", "site_password", pin_text(password), pin_len(password));

	if (!body)
		return fail_set(fail, FAIL_USAGE, _("account or password is no UTF-8 text"));
	return ra_json_post(of(base), order->activation_url, body, &answer, fail) &&
	       fill_order(&answer, 0, ret, fail);
}
