/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to a resource: the table, the gate before it, the transaction around it. */
#include "router.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "replay.h"
#include "resources.h"
#include "session.h"

enum need {
	NEED_NOTHING = 0,
	NEED_SESSION = 1,
	NEED_KEY = 2, /* Idempotency-Key */
	NEED_BODY = 4,
	FIRST_LOGIN = 8, /* works before the first password change */
	CACHEABLE = 16,
	RENEWAL = 32, /* works after a login by card, too */
	SESSION = NEED_SESSION,
	POST_SESSION = NEED_SESSION | NEED_KEY | NEED_BODY
};

static const struct route {
	const char *method, *path; /* $ = site, * = one id, ~ = all that follows */
	unsigned need;
	resource_fn *serve;
	const char *function; /* that the site must have; NULL: any */
} routes[] = {
	// clang-format off
	{ "GET",    "/",                                 CACHEABLE,              directory_get,          NULL },
	{ "GET",    "/v1/crl/*",                         CACHEABLE,              crl_get,                NULL },
	{ "POST",   "/v1/ocsp",                          NEED_NOTHING,           ocsp_post,              NULL },
	{ "GET",    "/v1/ocsp/~",                        NEED_NOTHING,           ocsp_get,               NULL },
	{ "GET",    "/v1/$/about",                       CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/documents",                   CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/documents/*",                 CACHEABLE,              info_get,               NULL },
	{ "GET",    "/v1/$/drivers",                     CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/drivers/*",                   CACHEABLE,              info_get,               NULL },
	{ "GET",    "/v1/$/faq",                         CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/forms",                       CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/links",                       CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/notices",                     CACHEABLE,              info_list,              NULL },
	{ "GET",    "/v1/$/notices/*",                   CACHEABLE,              info_get,               NULL },
	{ "POST",   "/v1/$/captchas",                    NEED_NOTHING,           captcha_create,         "captcha" },
	{ "POST",   "/v1/$/card-challenges",             NEED_BODY,              login_challenge_create, "card_login" },
	{ "POST",   "/v1/$/card-challenges/*/answer",    NEED_BODY,              login_challenge_answer, "card_login" },
	{ "POST",   "/v1/$/sessions",                    NEED_BODY,              session_create,         NULL },
	{ "GET",    "/v1/$/session",                     SESSION | FIRST_LOGIN | RENEWAL, session_get,   NULL },
	{ "DELETE", "/v1/$/session",                     SESSION | FIRST_LOGIN | RENEWAL, session_delete, NULL },
	{ "POST",   "/v1/$/password",                    POST_SESSION | FIRST_LOGIN, password_change,    NULL },
	{ "GET",    "/v1/$/registration",                SESSION | RENEWAL,      registration_get,       NULL },
	{ "POST",   "/v1/$/profile-data",                POST_SESSION,           profile_data_change,    "profile" },
	{ "GET",    "/v1/$/terms",                       NEED_NOTHING,           terms_get,              NULL },
	{ "POST",   "/v1/$/card-verifications",          POST_SESSION | RENEWAL, verification_create,    "card" },
	{ "POST",   "/v1/$/card-verifications/*/answer", POST_SESSION | RENEWAL, verification_answer,    "card" },
	{ "POST",   "/v1/$/eligibility",                 POST_SESSION,           eligibility_create,     "eligibility" },
	{ "GET",    "/v1/$/orders",                      SESSION | RENEWAL,      order_list,             NULL },
	{ "POST",   "/v1/$/orders",                      POST_SESSION,           order_create,           NULL },
	{ "GET",    "/v1/$/orders/*",                    SESSION | RENEWAL,      order_get,              NULL },
	{ "POST",   "/v1/$/orders/*/activation",         POST_SESSION,           order_activate,         "activation" },
	{ "POST",   "/v1/$/orders/*/cancel",             SESSION | NEED_KEY | RENEWAL, order_cancel,     NULL },
	{ "POST",   "/v1/$/orders/*/receipt",            POST_SESSION | RENEWAL, order_receipt,          NULL },
	{ "POST",   "/v1/$/renewal-info",                NEED_BODY,              renewal_info,           "renewal" },
	{ "POST",   "/v1/$/nonces",                      SESSION | RENEWAL,      nonce_create,           "renewal" },
	{ "POST",   "/v1/$/payments",                    POST_SESSION,           payment_create,         "payment" },
	{ "POST",   "/v1/$/renewals",                    POST_SESSION | RENEWAL, renewal_create,         "renewal" },
	{ "POST",   "/v1/$/phones",                      POST_SESSION,           phone_create,           "phone" },
	{ "POST",   "/v1/$/phone-transfers",             POST_SESSION,           transfer_create,        "phone" },
	{ "GET",    "/v1/$/phone-transfers/*",           SESSION,                transfer_get,           "phone" },
	{ "POST",   "/v1/$/phone-files",                 NEED_BODY,              phone_file_fetch,       "phone" },
	{ "GET",    "/v1/$/certificates",                SESSION | RENEWAL,      certificate_list,       NULL },
	{ "GET",    "/v1/$/certificates/*",              SESSION | RENEWAL,      certificate_get,        NULL },
	{ "POST",   "/v1/$/certificate-queries",         POST_SESSION,           certificate_query,      "query" },
	{ "POST",   "/v1/$/puk-changes",                 POST_SESSION,           puk_change_create,      "card_management" },
	{ "POST",   "/v1/$/puk-changes/*/confirmation",  POST_SESSION,           puk_change_confirm,     "card_management" },
	{ "POST",   "/v1/$/revocations",                 POST_SESSION,           revocation_create,      "revocation" },
	{ "POST",   "/v1/$/suspensions",                 POST_SESSION,           suspension_create,      "suspension" },
	{ "GET",    "/v1/$/proof",                       SESSION,                proof_get,              "proof" },
	{ "GET",    "/v1/$/ca-certificates",             CACHEABLE,              ca_certificates_get,    NULL },
	// clang-format on
};

/* Does path fit pattern? Sets the request's site and id. */
static bool path_fits(struct request *request, const char *pattern)
{
	const char *path = request->path;
	request->site = NULL;
	request->id[0] = 0;
	for (; *pattern; pattern++) {
		size_t len = strcspn(path, "/");
		if (*pattern == '$') {
			request->site = site_find(path, len);
			if (!request->site)
				return false;
			path += len;
		} else if (*pattern == '*') {
			if (!len || len >= sizeof request->id)
				return false;
			memcpy(request->id, path, len);
			request->id[len] = 0;
			path += len;
		} else if (*pattern == '~') {
			return *path;
		} else if (*path++ != *pattern) {
			return false;
		}
	}
	return !*path;
}

static const struct route *find_route(struct request *request, struct reply *reply)
{
	bool path_known = false;
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (!path_fits(request, routes[i].path) ||
			(routes[i].function && !site_can(request->site, routes[i].function)))
			continue;
		if (strcmp(routes[i].method, request->method) == 0)
			return &routes[i];
		path_known = true;
	}
	problem(reply, path_known ? PROBLEM_METHOD_NOT_ALLOWED : PROBLEM_NOT_FOUND, NULL);
	return NULL;
}

static bool key_pass(struct request *request, struct reply *reply)
{
	size_t len = strlen(request->key);
	bool quoted = len >= 2 && request->key[0] == '"' && request->key[len - 1] == '"';
	if (quoted) {
		len -= 2;
		memmove(request->key, request->key + 1, len);
		request->key[len] = 0;
	}
	bool good = len >= 8 && len <= 64;
	for (size_t i = 0; i < len; i++)
		good = good &&
		       (isalnum((unsigned char)request->key[i]) || strchr("._-", request->key[i]));
	if (!good)
		problem(reply, PROBLEM_IDEMPOTENCY_KEY_MISSING,
			"8 to 64 of A-Z a-z 0-9 . _ - are wanted.");
	return good;
}

static bool body_pass(struct request *request, struct reply *reply)
{
	static const char json[] = "application/json";
	const char *type = request->content_type ? request->content_type : "";
	size_t len = sizeof json - 1;
	if (strncasecmp(type, json, len) != 0 ||
		(type[len] && type[len] != ';' && type[len] != ' ')) {
		problem(reply, PROBLEM_UNSUPPORTED_MEDIA_TYPE, NULL);
		return false;
	}
	json_error_t error;
	request->json = json_loadb(request->body ? request->body : "", request->body_len,
		JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(request->json))
		return true;
	problem(reply, PROBLEM_MALFORMED_REQUEST,
		request->json ? "The body must be an object." : error.text);
	return false;
}

static void serve_route(const struct route *route, struct request *request, struct reply *reply)
{
	if (request->body_len > RA_MAX_BODY) {
		problem(reply, PROBLEM_BODY_TOO_LARGE, NULL);
		return;
	}
	if ((route->need & NEED_SESSION) &&
		!session_pass(request, reply, (route->need & FIRST_LOGIN) != 0,
			(route->need & RENEWAL) != 0))
		return;
	if ((route->need & NEED_KEY) && !key_pass(request, reply))
		return;
	if ((route->need & NEED_BODY) && !body_pass(request, reply))
		return;
	if ((route->need & NEED_KEY) && replay_answer(request, reply))
		return;
	route->serve(request, reply);
	if ((route->need & CACHEABLE) && reply->status == 200)
		reply->cacheable = true;
	if ((route->need & NEED_KEY) && reply->keep && !replay_keep(request, reply))
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
}

void router_serve(struct request *request, struct reply *reply)
{
	const struct route *route = find_route(request, reply);
	if (!route)
		return;
	sqlite3 *db = request->ra->db;
	if (!db_exec(db, "BEGIN IMMEDIATE", "")) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	serve_route(route, request, reply);
	json_decref(request->json);
	request->json = NULL;
	if (reply->rollback || !db_exec(db, "COMMIT", "")) {
		db_exec(db, "ROLLBACK", "");
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
	}
}
