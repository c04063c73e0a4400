/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS to one origin over one connection: TLS 1.2 or later, limits on time and size, no redirects,
 * careful repetition. Knows no path of the RA. */
#ifndef TWCA_TOOLS_HTTP_H
#define TWCA_TOOLS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define HTTP_REPLY_MAX (1024u * 1024) /* bytes of a body */
#define HTTP_HEAD_MAX (64u * 1024)    /* bytes of all headers */

struct fail;
struct http;

struct http_options {
	const char *base;       /* https://host[:port]/... */
	const char *ca_file;    /* PEM trust roots; NULL: the system's */
	const char *user_agent; /* "twca-apply/0.1.0" */
	long timeout_s;         /* of one exchange; 0: 60 */
	unsigned attempts;      /* of a request that may be repeated; 0: 3 */
};

struct http_request {
	const char *method; /* GET, POST, ... */
	const char *url;    /* absolute, or from the root or relative to base */
	const char *accept;
	const char *language;     /* Accept-Language, or NULL */
	const char *content_type; /* of body */
	const void *body;         /* borrowed; NULL: none */
	size_t body_len;
	const char *bearer;          /* session token, or NULL */
	const char *idempotency_key; /* or NULL */
	bool repeatable;             /* may be sent again: lost connection, 429, 500, 502-504 */
};

struct http_reply {
	long status;
	char content_type[128]; /* without parameters, lower case */
	char location[1024];
	long retry_after; /* seconds; 0: none */
	time_t date;      /* of the server; 0: none */
	uint8_t *body;    /* with a NUL behind; never NULL after success */
	size_t body_len;
	size_t head_len; /* bytes of headers seen */
};

/* Errors: USAGE (no https URL), SYSTEM (CA file), MEMORY. Nothing is sent yet. */
bool http_open(const struct http_options *options, struct http **ret, struct fail *fail);
struct http *http_close(struct http *http);
void http_close_p(struct http **http);

/* Any status is success here. reply: its body is freed by http_reply_clear().
 * Errors: RA_UNREACHABLE, RA_TRUST (certificate or origin), RA_REPLY (too large, no HTTP),
 * INTERRUPTED. */
bool http_send(struct http *http, const struct http_request *request, struct http_reply *reply,
	struct fail *fail);

/* Wipes the body (it may hold a token). */
void http_reply_clear(struct http_reply *reply);

/* TLS connections made so far. */
unsigned http_connections(const struct http *http);

#endif
