/* SPDX-License-Identifier: Apache-2.0 */
/* What a request is while it is worked on, and what answers it. */
#ifndef RA_RA_H
#define RA_RA_H

#include <jansson.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "site.h"

enum {
	RA_MAX_BODY = 64 * 1024,
	RA_SESSION_S = 900,
	RA_CAPTCHA_S = 180,
	RA_VERIFICATION_S = 1800,
	RA_ORDER_S = 14 * 86400,
	RA_IDEMPOTENCY_S = 86400,
	RA_NONCE_S = 600,
	RA_POLL_S = 1
};

struct ca;

struct ra {
	sqlite3 *db;
	pthread_mutex_t lock; /* held around each request's transaction */
	struct ca *ca;
	char base[96];             /* base URL, ends with a slash */
	FILE *log;                 /* NULL: none */
	unsigned long connections; /* counted from the start */
};

struct request {
	struct ra *ra;
	const struct site *site; /* NULL for what belongs to no site */
	const char *method, *path, *accept, *language, *authorization, *content_type;
	char source[48]; /* the client's address */
	char key[72];    /* Idempotency-Key without quotes, "" if none */
	char id[72];     /* what stands for {order} and the like in the path */
	const char *body;
	size_t body_len;
	int64_t now;
	json_t *json;       /* the body; NULL when the route takes none */
	int64_t account_id; /* of the session, 0 without */
	char token_sha256[65];
	char carrier[8];         /* of the account: card, file */
	char scope[8];           /* of the session: full, renewal */
	char account[264];       /* of the session or the login, for the log */
	const char *secret_path; /* what the log says when the path holds a secret */
	const char *order_fate;  /* fault of this request: "", "pending", "reject" */
	int64_t order_polls;
};

struct reply {
	unsigned status; /* 0: nothing decided yet */
	json_t *json;
	unsigned char *bytes; /* instead of json; freed by the front */
	size_t len;
	const char *type;
	char *location;
	int64_t retry_after; /* 0: none */
	bool keep;           /* a replay must answer the same */
	bool replayed;
	bool cacheable;
	bool rollback; /* undo what the request did */
};

/* base + format; the caller frees. */
char *ra_url(const struct ra *ra, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* json gets a time member. */
void ra_set_time(json_t *json, const char *name, int64_t when);

/* status + json (stolen). 2xx are kept for replays. */
void ra_reply(struct reply *reply, unsigned status, json_t *json);

/* 200 + a copy of bytes. */
void ra_reply_bytes(struct reply *reply, const char *type, const void *bytes, size_t len);

/* Unpack the body strictly (jansson format ending in !); false: the reply is a problem. */
bool ra_unpack(struct request *request, struct reply *reply, const char *format, ...);

#endif
