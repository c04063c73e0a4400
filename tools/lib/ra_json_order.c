/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: registration, terms, cards, orders, certificates, receipts. */
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "fail.h"
#include "http.h"
#include "i18n.h"
#include "json.h"
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

bool ra_json_order_text(const struct ra_site *site, const uint8_t *csr, size_t csr_len,
	const struct ra_terms *terms, const char *card_id, char **ret, struct fail *fail)
{
	CLEANUP(free_p) char *base64 = text_base64(csr, csr_len);
	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	CLEANUP(json_decref_p)
	json_t *body = json_pack("{s:[{s:s, s:s}], s:{s:s, s:s, s:b}, s:s}", "requests", "profile",
		site->profile, "csr", base64, "terms", "id", terms->id, "sha256", terms->sha256,
		"accepted", 1, "card_verification", card_id);
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

/* Takes the answer over on success. */
static bool fill_order(json_t **answer, long retry_after, struct ra_order *ret, struct fail *fail)
{
	struct ra_order order = { .retry_after = retry_after };
	const char *state;
	json_t *certificates;

	if (!json_get_text(*answer, "url", &order.url, fail) ||
		!json_get_text(*answer, "state", &state, fail) ||
		!state_of(state, &order.state, fail) ||
		!json_get_text(*answer, "card_serial", &order.card_serial, fail) ||
		!json_get_array(*answer, "certificates", &certificates, fail))
		return false;
	order.key_sha256 =
		json_string_value(json_array_get(json_object_get(*answer, "public_key_sha256"), 0));
	order.reason = json_text(json_object_get(*answer, "reason"), "detail");
	if (order.state == RA_ISSUED || order.state == RA_ACKNOWLEDGED) {
		const json_t *certificate = json_array_get(certificates, 0);
		if (json_array_size(certificates) != 1)
			return fail_set(fail, FAIL_RA_REPLY, _("one certificate was expected"));
		if (!json_get_text(*answer, "receipt_url", &order.receipt_url, fail) ||
			!json_get_text(certificate, "url", &order.certificate_url, fail) ||
			!json_get_text(certificate, "sha256", &order.certificate_sha256, fail))
			return false;
	}
	order.owner = TAKE(*answer);
	*ret = order;
	return true;
}

bool ra_json_order(struct ra *base, const char *key, const char *text, struct ra_order *ret,
	char **ret_existing, struct fail *fail)
{
	struct ra_call call = { .method = "POST", .body = text, .key = key, .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	CLEANUP(json_decref_p) json_t *problem = NULL;
	long retry_after = 0;

	if (!ra_json_resource(of(base), "orders", &call.url, fail))
		return false;
	if (!ra_json_call(of(base), &call, &answer, &problem, &retry_after, fail)) {
		const char *existing = problem ? json_text(problem, "order_url") : NULL;
		if (existing)
			*ret_existing = strdup(existing);
		return false;
	}
	return fill_order(&answer, retry_after, ret, fail);
}

bool ra_json_order_get(struct ra *base, const char *url, struct ra_order *ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET", .url = url, .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	long retry_after = 0;

	return ra_json_call(of(base), &call, &answer, NULL, &retry_after, fail) &&
	       fill_order(&answer, retry_after, ret, fail);
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

bool ra_json_certificate(
	struct ra *base, const struct ra_order *order, struct chain *ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET",
		.url = order->certificate_url,
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

bool ra_json_receipt(struct ra *base, const struct ra_order *order, const char *sha256,
	const char *card_id, struct ra_order *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *body =
		json_pack("{s:[s], s:s}", "certificates", sha256, "card_verification", card_id);

	return ra_json_post(of(base), order->receipt_url, body, &answer, fail) &&
	       fill_order(&answer, 0, ret, fail);
}
