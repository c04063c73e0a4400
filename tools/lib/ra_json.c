/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: exchanges, refusals, directory, login. */
#include "ra_json.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "http.h"
#include "i18n.h"
#include "interrupt.h"
#include "json.h"
#include "pin.h"
#include "scope.h"
#include "text.h"

#define JSON_TYPE "application/json"
#define PROBLEM_TYPE "application/problem+json"
#define IN_PROGRESS_TRIES 10
#define ATTEMPTS_MAX 99
#define DIGITS_MAX 16

static struct ra_json *of(struct ra *ra)
{
	return (struct ra_json *)(void *)ra;
}

/* -1: not told, or no number of attempts. */
static int attempts_of(const json_t *problem)
{
	const json_t *attempts = json_object_get(problem, "attempts_left");
	json_int_t number = json_is_integer(attempts) ? json_integer_value(attempts) : -1;

	return number >= 0 && number <= ATTEMPTS_MAX ? (int)number : -1;
}

/* What this program says itself of such a refusal is whole, and in the person's language. A detail
 * that only repeats the title says no more than the program does of a refusal it knows. */
static bool needs_no_detail(enum fail_code code, const json_t *problem)
{
	const char *title = json_text(problem, "title");
	const char *detail = json_text(problem, "detail");

	if (code != FAIL_RA_REFUSED && title && detail && strcmp(title, detail) == 0)
		return true;
	return code == FAIL_SLIP_WRONG || code == FAIL_LOGIN_REFUSED || code == FAIL_LOGIN_LOCKED ||
	       code == FAIL_CAPTCHA_WRONG || code == FAIL_CAPTCHA_STALE;
}

/* Fill fail from a problem document. */
static void take_problem(const json_t *problem, const struct http_reply *reply, struct fail *fail)
{
	const char *type = json_text(problem, "type");
	const char *form = json_text(json_object_get(problem, "contact"), "password_reset_form");
	CLEANUP(free_p) char *detail = text_clean_line(json_text(problem, "detail"));
	CLEANUP(free_p) char *clean_form = text_clean_line(form);

	enum fail_code code = fail_code_of_problem(type, reply->status);
	bool told = detail && *detail && !needs_no_detail(code, problem);
	fail_set(fail, code, "%s%s%s", told ? detail : "", told && clean_form ? " " : "",
		clean_form ? clean_form : "");
	const char *word = type ? strrchr(type, ':') : NULL;
	CLEANUP(free_p) char *clean_type = text_clean_line(word ? word + 1 : type ? type : "");
	snprintf(fail->type, sizeof fail->type, "%.127s", clean_type ? clean_type : "");
	fail->tries_left = attempts_of(problem);
	fail->retry_after = reply->retry_after;
}

/* A status of 400 and more. */
static bool refused(const struct http_reply *reply, json_t **ret_problem, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *problem = NULL;
	struct fail ignored = FAIL_INIT;

	*fail = (struct fail)FAIL_INIT; /* nothing of an earlier answer */
	if (strcmp(reply->content_type, PROBLEM_TYPE) == 0 &&
		json_parse(reply->body, reply->body_len, &problem, &ignored)) {
		take_problem(problem, reply, fail);
		if (ret_problem)
			*ret_problem = TAKE(problem);
		return false;
	}
	fail_set(fail, fail_code_of_problem(NULL, reply->status), _("HTTP status %ld"),
		reply->status);
	fail->retry_after = reply->retry_after;
	return false;
}

static bool send_call(
	struct ra_json *ra, const struct ra_call *call, struct http_reply *reply, struct fail *fail)
{
	struct http_request request = {
		.method = call->method,
		.url = call->url,
		.accept = call->accept ? call->accept : JSON_TYPE,
		.language = call->language ? call->language : _("en"),
		.content_type = call->body ? JSON_TYPE : NULL,
		.body = call->body,
		.body_len = call->body ? strlen(call->body) : 0,
		.bearer = ra->token,
		.idempotency_key = call->key,
		.repeatable = call->repeatable,
	};

	return http_send(ra->http, &request, reply, fail);
}

/* Send until the RA has finished an earlier copy of the same request. */
static bool send_patiently(struct ra_json *ra, const struct ra_call *call, struct http_reply *reply,
	json_t **ret_problem, struct fail *fail)
{
	for (unsigned i = 0;; i++) {
		if (!send_call(ra, call, reply, fail))
			return false;
		if (reply->status >= 200 && reply->status < 300) {
			if (i)
				*fail = (struct fail)FAIL_INIT;
			return true;
		}
		if (reply->status < 400)
			return fail_set(
				fail, FAIL_RA_TRUST, _("a redirect (status %ld)"), reply->status);
		CLEANUP(json_decref_p) json_t *problem = NULL;
		refused(reply, &problem, fail);
		if (strcmp(fail->type, "request-in-progress") != 0 || i >= IN_PROGRESS_TRIES) {
			if (ret_problem)
				*ret_problem = TAKE(problem);
			return false;
		}
		sleep(1);
		if (!interrupt_check(fail))
			return false;
	}
}

bool ra_json_call(struct ra_json *ra, const struct ra_call *call, json_t **ret,
	json_t **ret_problem, long *ret_retry_after, struct fail *fail)
{
	CLEANUP(http_reply_clear) struct http_reply reply = { 0 };

	if (!send_patiently(ra, call, &reply, ret_problem, fail))
		return false;
	if (ret_retry_after)
		*ret_retry_after = reply.retry_after;
	if (reply.status == 204) {
		*ret = json_object();
		return *ret || fail_set(fail, FAIL_MEMORY, NULL);
	}
	if (strcmp(reply.content_type, JSON_TYPE) != 0)
		return fail_set(fail, FAIL_RA_REPLY, _("its type is %s"), reply.content_type);
	return json_parse(reply.body, reply.body_len, ret, fail);
}

bool ra_json_bytes(struct ra_json *ra, const struct ra_call *call, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	CLEANUP(http_reply_clear) struct http_reply reply = { 0 };

	if (!send_patiently(ra, call, &reply, NULL, fail))
		return false;
	if (strcmp(reply.content_type, call->accept) != 0)
		return fail_set(fail, FAIL_RA_REPLY, _("its type is %s"), reply.content_type);
	uint8_t *copy = malloc(reply.body_len + 1);
	if (!copy)
		return fail_set(fail, FAIL_MEMORY, NULL);
	memcpy(copy, reply.body, reply.body_len + 1);
	*ret = copy;
	*ret_len = reply.body_len;
	return true;
}

bool ra_json_post(
	struct ra_json *ra, const char *url, json_t *body, json_t **ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *owned = body;
	CLEANUP(json_text_free_p) char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;
	char key[TEXT_UUID_SIZE];

	if (!text || !text_uuid(key))
		return fail_set(fail, FAIL_MEMORY, NULL);
	struct ra_call call = {
		.method = "POST", .url = url, .body = text, .key = key, .repeatable = true
	};
	return ra_json_call(ra, &call, ret, NULL, NULL, fail);
}

bool ra_json_resource(struct ra_json *ra, const char *name, const char **ret, struct fail *fail)
{
	const char *url = json_text(ra->resources, name);

	if (!url)
		return fail_set(
			fail, FAIL_RA_REFUSED, _("this site does not offer that (%s)"), name);
	*ret = url;
	return true;
}

static bool json_site(struct ra *base, const char *site, struct ra_site *ret, struct fail *fail)
{
	struct ra_json *ra = of(base);
	struct ra_call call = { .method = "GET", .url = ra->base, .repeatable = true };
	CLEANUP(json_decref_p) json_t *directory = NULL;
	json_t *sites, *entry;
	size_t i;

	if (!ra_json_call(ra, &call, &directory, NULL, NULL, fail) ||
		!json_get_array(directory, "sites", &sites, fail))
		return false;
	json_array_foreach(sites, i, entry)
	{
		const char *id = json_text(entry, "id");
		if (!id || strcmp(id, site) != 0)
			continue;
		if (!json_get_object(entry, "resources", &ra->resources, fail))
			return false;
		ra->site = entry;
		json_decref(ra->directory);
		ra->directory = TAKE(directory);
		memset(ret, 0, sizeof *ret);
		return ra_json_fill_site(ra, ret, fail);
	}
	return fail_set(fail, FAIL_RA_REFUSED, _("it does not serve the site %s"), site);
}

static bool json_captcha(struct ra *base, struct ra_captcha *ret, struct fail *fail)
{
	struct ra_json *ra = of(base);
	struct ra_call call = { .method = "POST", .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	struct ra_captcha captcha = { 0 };

	if (!ra_json_resource(ra, "captchas", &call.url, fail) ||
		!ra_json_call(ra, &call, &answer, NULL, NULL, fail) ||
		!json_get_text(answer, "id", &captcha.id, fail) ||
		!json_get_bytes(answer, "image", &captcha.image, &captcha.image_len, fail))
		return false;
	captcha.digits = json_count(answer, "digits", DIGITS_MAX);
	captcha.owner = TAKE(answer);
	*ret = captcha;
	return true;
}

void ra_json_forget_token(struct ra_json *ra)
{
	if (ra->token)
		OPENSSL_secure_clear_free(ra->token, strlen(ra->token) + 1);
	ra->token = NULL;
}

bool ra_json_set_token(struct ra_json *ra, const char *token, struct fail *fail)
{
	ra_json_forget_token(ra);
	if (strpbrk(token, "\r\n"))
		return fail_set(
			fail, FAIL_RA_REPLY, _("the member \"%s\" is of a wrong type"), "token");
	ra->token = OPENSSL_secure_malloc(strlen(token) + 1);
	if (!ra->token)
		return fail_set(fail, FAIL_MEMORY, NULL);
	strcpy(ra->token, token);
	return true;
}

bool ra_json_keep_session(
	struct ra_json *ra, const json_t *answer, bool *ret_must_change, struct fail *fail)
{
	const char *token, *state;

	if (!json_get_text(answer, "token", &token, fail) ||
		!json_get_text(answer, "state", &state, fail) ||
		!ra_json_set_token(ra, token, fail))
		return false;
	*ret_must_change = strcmp(state, "password_change_required") == 0;
	return true;
}

static bool json_login(struct ra *base, const char *account, const struct pin *password,
	const char *captcha_id, const char *answer, bool *ret_must_change, struct fail *fail)
{
	struct ra_json *ra = of(base);
	struct ra_call call = { .method = "POST" };
	CLEANUP(json_decref_p)
	json_t *body = json_pack("{s:s, s:s%}", "account", account, "password", pin_text(password),
		pin_len(password));
	if (body && captcha_id)
		json_object_set_new(body, "captcha",
			json_pack("{s:s, s:s}", "id", captcha_id, "answer", answer));
	CLEANUP(json_text_free_p) char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	CLEANUP(json_decref_p) json_t *reply = NULL;

	if (!text)
		return fail_set(fail, FAIL_USAGE, _("account or password is no UTF-8 text"));
	call.body = text;
	ra_json_forget_token(ra);
	return ra_json_resource(ra, "sessions", &call.url, fail) &&
	       ra_json_call(ra, &call, &reply, NULL, NULL, fail) &&
	       ra_json_keep_session(ra, reply, ret_must_change, fail);
}

static bool json_password(struct ra *base, const struct pin *old, const struct pin *new,
	bool *ret_again, struct fail *fail)
{
	struct ra_json *ra = of(base);
	CLEANUP(json_decref_p) json_t *reply = NULL;
	const char *url, *session;
	json_t *body = json_pack("{s:s%, s:s%}", "old_password", pin_text(old), pin_len(old),
		"new_password", pin_text(new), pin_len(new));

	if (!body)
		return fail_set(fail, FAIL_USAGE, _("account or password is no UTF-8 text"));
	if (!ra_json_resource(ra, "password", &url, fail)) {
		json_decref(body);
		return false;
	}
	if (!ra_json_post(ra, url, body, &reply, fail) ||
		!json_get_text(reply, "session", &session, fail))
		return false;
	*ret_again = strcmp(session, "continues") != 0;
	return true;
}

static bool json_logout(struct ra *base, struct fail *fail)
{
	struct ra_json *ra = of(base);
	struct ra_call call = { .method = "DELETE" };
	CLEANUP(json_decref_p) json_t *reply = NULL;

	if (!ra->token)
		return true;
	bool ok = ra_json_resource(ra, "session", &call.url, fail) &&
		  ra_json_call(ra, &call, &reply, NULL, NULL, fail);
	ra_json_forget_token(ra);
	return ok;
}

static void json_close(struct ra *base)
{
	struct ra_json *ra = of(base);

	ra_json_forget_token(ra);
	http_close(ra->http);
	json_decref(ra->directory);
	free(ra->base);
	free(ra);
}

static const struct ra_ops json_ops = {
	.site = json_site,
	.captcha = json_captcha,
	.login = json_login,
	.password = json_password,
	.logout = json_logout,
	.registration = ra_json_registration,
	.terms = ra_json_terms,
	.card = ra_json_card,
	.answer = ra_json_answer,
	.order_text = ra_json_order_text,
	.order = ra_json_order,
	.order_get = ra_json_order_get,
	.certificate = ra_json_certificate,
	.orders = ra_json_orders,
	.receipt = ra_json_receipt,
	.eligibility = ra_json_eligibility,
	.activate = ra_json_activate,
	.close = json_close,
};

bool ra_json_open(const struct ra_options *options, struct ra **ret, struct fail *fail)
{
	struct http_options http = {
		.base = options->url, .ca_file = options->ca_file, .user_agent = options->user_agent
	};
	struct ra_json *ra = calloc(1, sizeof *ra);

	if (!ra)
		return fail_set(fail, FAIL_MEMORY, NULL);
	ra->ra.ops = &json_ops;
	ra->base = strdup(options->url);
	if (!ra->base)
		fail_set(fail, FAIL_MEMORY, NULL);
	if (!ra->base || !http_open(&http, &ra->http, fail)) {
		json_close(&ra->ra);
		return false;
	}
	*ret = &ra->ra;
	return true;
}
