/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the JSON back end share; for ra_json*.c only. */
#ifndef TWCA_TOOLS_RA_JSON_H
#define TWCA_TOOLS_RA_JSON_H

#include <jansson.h>

#include "ra.h"

struct http;

struct ra_json {
	struct ra ra; /* first: struct ra * and struct ra_json * are the same address */
	struct http *http;
	char *base;
	json_t *directory;
	json_t *site;      /* in directory */
	json_t *resources; /* in site */
	char *token;       /* in the secure heap */
};

/* One exchange with JSON on both sides. */
struct ra_call {
	const char *method;
	const char *url;
	const char *accept;   /* NULL: application/json */
	const char *language; /* NULL: not said */
	const char *body;     /* NULL: none */
	const char *key;      /* Idempotency-Key, or NULL */
	bool repeatable;
};

/* *ret: the answer's object, the caller's. ret_problem (may be NULL): the problem document when the
 * RA refused. ret_retry_after (may be NULL): seconds. */
bool ra_json_call(struct ra_json *ra, const struct ra_call *call, json_t **ret,
	json_t **ret_problem, long *ret_retry_after, struct fail *fail);

/* The same for an answer of bytes of one media type (call->accept). The caller frees *ret. */
bool ra_json_bytes(struct ra_json *ra, const struct ra_call *call, uint8_t **ret, size_t *ret_len,
	struct fail *fail);

/* POST body (a reference is taken over) with a fresh Idempotency-Key. */
bool ra_json_post(
	struct ra_json *ra, const char *url, json_t *body, json_t **ret, struct fail *fail);

/* URL of a resource. Errors: RA_REFUSED when this site does not have it. */
bool ra_json_resource(struct ra_json *ra, const char *name, const char **ret, struct fail *fail);

/* The token of the session from now on; copied. Errors: RA_REPLY (cannot be one), MEMORY. */
bool ra_json_set_token(struct ra_json *ra, const char *token, struct fail *fail);
void ra_json_forget_token(struct ra_json *ra);

/* The operations of ra_json_order.c. */
bool ra_json_registration(struct ra *ra, struct ra_registration *ret, struct fail *fail);
bool ra_json_terms(struct ra *ra, const char *language, struct ra_terms *ret, struct fail *fail);
bool ra_json_card(struct ra *ra, const char *serial, const char *order_url,
	struct ra_challenge *ret, struct fail *fail);
bool ra_json_answer(struct ra *ra, const struct ra_challenge *challenge, const uint8_t *signature,
	size_t len, struct fail *fail);
bool ra_json_order_text(const struct ra_request *request, char **ret, struct fail *fail);
bool ra_json_order(struct ra *ra, const char *key, const char *text, struct ra_order *ret,
	char **ret_existing, struct fail *fail);
bool ra_json_order_get(struct ra *ra, const char *url, struct ra_order *ret, struct fail *fail);
bool ra_json_orders(struct ra *ra, struct ra_orders *ret, struct fail *fail);
bool ra_json_certificate(struct ra *ra, const struct ra_order *order, size_t index,
	struct chain *ret, struct fail *fail);
bool ra_json_receipt(struct ra *ra, const struct ra_order *order, const char *const sha256[],
	size_t count, const char *card_id, struct ra_order *ret, struct fail *fail);
bool ra_json_eligibility(struct ra *ra, const struct pin *slip, char **ret, struct fail *fail);
bool ra_json_activate(struct ra *ra, const struct ra_order *order, const struct pin *password,
	struct ra_order *ret, struct fail *fail);

/* POST an order's recorded text to a resource. */
bool ra_json_send_order(struct ra_json *ra, const char *resource, const char *key, const char *text,
	struct ra_order *ret, char **ret_existing, struct fail *fail);

/* Keep the token of a login. */
bool ra_json_keep_session(
	struct ra_json *ra, const json_t *answer, bool *ret_must_change, struct fail *fail);

/* ra_json_site.c: what the directory says about the site. */
bool ra_json_fill_site(struct ra_json *ra, struct ra_site *ret, struct fail *fail);

#endif
