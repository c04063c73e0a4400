/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: the renewal window, login by card, payment, renewal. */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "http.h"
#include "i18n.h"
#include "json.h"
#include "ra_json.h"
#include "ra_renewal.h"
#include "scope.h"
#include "text.h"

static struct ra_json *of(struct ra *ra)
{
	return (struct ra_json *)(void *)ra;
}

/* A POST that needs no Idempotency-Key: it changes nothing that lasts, or may not be repeated. */
static bool post_bare(struct ra_json *ra, const char *url, json_t *body, bool repeatable,
	json_t **ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *owned = body;
	CLEANUP(json_text_free_p) char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;
	struct ra_call call = {
		.method = "POST", .url = url, .body = text, .repeatable = repeatable
	};

	if (!text)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return ra_json_call(ra, &call, ret, NULL, NULL, fail);
}

static bool window_of(const char *state, enum ra_window *ret, struct fail *fail)
{
	static const char *const names[RA_WINDOWS] = { "early", "open", "expired", "not_activated",
		"suspended", "revoked" };

	for (unsigned i = 0; i < RA_WINDOWS; i++) {
		if (strcmp(state, names[i]) == 0) {
			*ret = (enum ra_window)i;
			return true;
		}
	}
	return fail_set(fail, FAIL_RA_REPLY, _("a certificate in an unknown state"));
}

bool ra_renewal_info(
	struct ra *base, const char *sha256, struct ra_renewal_info *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_renewal_info info = { 0 };
	const char *url, *state, *login;

	if (!ra_json_resource(of(base), "renewal_info", &url, fail) ||
		!post_bare(of(base), url, json_pack("{s:s}", "certificate_sha256", sha256), true,
			&answer, fail) ||
		!json_get_text(answer, "state", &state, fail) ||
		!window_of(state, &info.window, fail) ||
		!json_get_text(answer, "login", &login, fail) ||
		!json_get_text(answer, "not_after", &info.not_after, fail) ||
		!json_get_text(answer, "window_opens", &info.window_opens, fail))
		return false;
	const json_t *fee = json_object_get(answer, "fee");
	json_int_t amount = json_integer_value(json_object_get(fee, "amount"));
	info.card_login = strcmp(login, "card") == 0;
	info.fee = amount > 0 && amount <= 1000000000 ? (long)amount : 0;
	info.currency = json_text(fee, "currency");
	info.owner = TAKE(answer);
	*ret = info;
	return true;
}

bool ra_card_challenge(struct ra *base, const struct ra_card_claim *claim,
	struct ra_card_login *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *reply = NULL;
	struct ra_card_login login = { 0 };
	const char *url;

	if (!ra_json_resource(of(base), "card_challenges", &url, fail))
		return false;
	json_t *body = json_pack("{s:s, s:s, s:{s:s, s:s}}", "ra_unit", claim->unit,
		"certificate_identifier", claim->identifier, "captcha", "id", claim->captcha_id,
		"answer", claim->answer);
	if (!post_bare(of(base), url, body, false, &reply, fail) ||
		!json_get_text(reply, "id", &login.id, fail) ||
		!json_get_text(reply, "certificate_identifier", &login.identifier, fail) ||
		!json_get_text(reply, "challenge", &login.challenge, fail) ||
		!json_get_text(reply, "answer_url", &login.answer_url, fail))
		return false;
	login.owner = TAKE(reply);
	*ret = login;
	return true;
}

bool ra_card_login(struct ra *base, const struct ra_card_login *login,
	const struct ra_card_proof *proof, struct fail *fail)
{
	CLEANUP(free_p) char *base64 = text_base64(proof->signature, proof->len);
	CLEANUP(json_decref_p) json_t *answer = NULL;
	bool must_change;

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	json_t *body = json_pack("{s:s, s:s, s:s}", "alg", "RS256", "signature", base64,
		"certificate_sha256", proof->sha256);
	return post_bare(of(base), login->answer_url, body, false, &answer, fail) &&
	       ra_json_keep_session(of(base), answer, &must_change, fail);
}

bool ra_pay(
	struct ra *base, const struct ra_debit *debit, struct ra_payment *ret, struct fail *fail)
{
	CLEANUP(json_decref_p)
	json_t *body = json_pack("{s:s, s:s, s:{s:s, s:s, s:b}}", "certificate_sha256",
		debit->sha256, "debit_account", debit->account, "terms", "id", debit->terms->id,
		"sha256", debit->terms->sha256, "accepted", 1);
	CLEANUP(json_text_free_p) char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_call call = {
		.method = "POST", .body = text, .key = debit->key, .repeatable = true
	};
	struct ra_payment payment = { 0 };

	if (!text)
		return fail_set(fail, FAIL_USAGE, _("the account number is no UTF-8 text"));
	if (!ra_json_resource(of(base), "payments", &call.url, fail) ||
		!ra_json_call(of(base), &call, &answer, NULL, NULL, fail) ||
		!json_get_text(answer, "id", &payment.id, fail) ||
		!json_get_text(answer, "debit_account", &payment.account, fail))
		return false;
	payment.owner = TAKE(answer);
	*ret = payment;
	return true;
}

bool ra_nonce(struct ra *base, char **ret, struct fail *fail)
{
	struct ra_call call = { .method = "POST", .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	const char *nonce;

	if (!ra_json_resource(of(base), "nonces", &call.url, fail) ||
		!ra_json_call(of(base), &call, &answer, NULL, NULL, fail) ||
		!json_get_text(answer, "nonce", &nonce, fail))
		return false;
	*ret = strdup(nonce);
	return *ret || fail_set(fail, FAIL_MEMORY, NULL);
}

bool ra_renewal_url(struct ra *base, const char **ret, struct fail *fail)
{
	return ra_json_resource(of(base), "renewals", ret, fail);
}

bool ra_renew(struct ra *base, const char *key, const char *text, struct ra_order *ret,
	char **ret_existing, struct fail *fail)
{
	return ra_json_send_order(of(base), "renewals", key, text, ret, ret_existing, fail);
}
