/* SPDX-License-Identifier: Apache-2.0 */
/* Drives one libcurl handle for a whole workflow. */
#include "http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "interrupt.h"
#include "scope.h"

#define TIMEOUT_S 60
#define CONNECT_S 20
#define ATTEMPTS 3
#define IDLE_S 900L
#define RETRY_AFTER_MAX 3600
#define RETRY_AFTER_WAIT 10

struct http {
	CURL *curl;
	CURLU *base;
	long timeout_s;
	unsigned attempts;
	unsigned connections;
	const char *body; /* what is left of a body that is sent once */
	size_t body_left;
	char why[CURL_ERROR_SIZE];
};

static void slist_free_p(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static void url_free_p(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void curl_text_free_p(char **text)
{
	curl_free(*text);
}

struct http *http_close(struct http *http)
{
	if (!http)
		return NULL;
	curl_easy_cleanup(http->curl);
	curl_url_cleanup(http->base);
	free(http);
	return NULL;
}

void http_close_p(struct http **http)
{
	*http = http_close(*http);
}

unsigned http_connections(const struct http *http)
{
	return http->connections;
}

static int stop_when_interrupted(
	void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	(void)arg, (void)total, (void)now, (void)up_total, (void)up_now;
	return interrupt_pending();
}

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_reply *reply = arg;
	size_t len = size * count;

	if (len > HTTP_REPLY_MAX - reply->body_len)
		return 0;
	uint8_t *grown = OPENSSL_clear_realloc(
		reply->body, reply->body ? reply->body_len + 1 : 0, reply->body_len + len + 1);
	if (!grown)
		return 0;
	reply->body = grown;
	memcpy(grown + reply->body_len, bytes, len);
	reply->body_len += len;
	grown[reply->body_len] = '\0';
	return len;
}

/* The value of a header line if it has this name. */
static bool header_is(const char *line, size_t len, const char *name, char *value, size_t cap)
{
	size_t name_len = strlen(name);

	if (len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
		return false;
	const char *start = line + name_len + 1;
	const char *end = line + len;
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	snprintf(value, cap, "%.*s", (int)(end - start), start);
	return true;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_reply *reply = arg;
	size_t len = size * count;
	char value[1024];

	reply->head_len += len;
	if (reply->head_len > HTTP_HEAD_MAX)
		return 0;
	if (header_is(bytes, len, "Content-Type", value, sizeof value)) {
		value[strcspn(value, "; \t")] = '\0';
		for (char *c = value; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		snprintf(reply->content_type, sizeof reply->content_type, "%.127s", value);
	} else if (header_is(bytes, len, "Retry-After", value, sizeof value)) {
		long seconds = strtol(value, NULL, 10);
		reply->retry_after = seconds < 0                 ? 0
				     : seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX
								 : seconds;
	} else if (header_is(bytes, len, "Date", value, sizeof value)) {
		time_t date = curl_getdate(value, NULL);
		reply->date = date < 0 ? 0 : date;
	} else if (header_is(bytes, len, "Location", value, sizeof value)) {
		snprintf(reply->location, sizeof reply->location, "%s", value);
	}
	return len;
}

static bool set_up(struct http *http, const struct http_options *options)
{
	CURL *curl = http->curl;

	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       (!options->ca_file ||
		       (curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file) == CURLE_OK &&
			       curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK)) &&
	       curl_easy_setopt(curl, CURLOPT_USERAGENT, options->user_agent) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT, http->timeout_s) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
		       http->timeout_s < CONNECT_S ? http->timeout_s : (long)CONNECT_S) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, IDLE_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->why) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_interrupted) == CURLE_OK;
}

bool http_open(const struct http_options *options, struct http **ret, struct fail *fail)
{
	CLEANUP(http_close_p) struct http *http = calloc(1, sizeof *http);
	CLEANUP(curl_text_free_p) char *scheme = NULL;

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail_set(fail, FAIL_MEMORY, NULL);
	http->curl = curl_easy_init();
	http->base = curl_url();
	http->timeout_s = options->timeout_s ? options->timeout_s : TIMEOUT_S;
	http->attempts = options->attempts ? options->attempts : ATTEMPTS;
	if (!http->curl || !http->base)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (curl_url_set(http->base, CURLUPART_URL, options->base, 0) != CURLUE_OK ||
		curl_url_get(http->base, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		strcmp(scheme, "https") != 0)
		return fail_set(fail, FAIL_USAGE,
			_("the RA's address must begin with https://: %s"), options->base);
	if (options->ca_file && access(options->ca_file, R_OK) != 0)
		return fail_errno(fail, options->ca_file);
	if (!set_up(http, options))
		return fail_set(fail, FAIL_INTERNAL, "libcurl");
	*ret = TAKE(http);
	return true;
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
	CLEANUP(curl_text_free_p) char *x = NULL;
	CLEANUP(curl_text_free_p) char *y = NULL;

	return curl_url_get(a, part, &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	       curl_url_get(b, part, &y, CURLU_DEFAULT_PORT) == CURLUE_OK && strcasecmp(x, y) == 0;
}

/* Make url absolute and refuse it when it leads to another origin. */
static bool resolve(struct http *http, const char *url, CURLU **ret, struct fail *fail)
{
	CLEANUP(url_free_p) CURLU *full = curl_url_dup(http->base);

	if (!full)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (curl_url_set(full, CURLUPART_URL, url, 0) != CURLUE_OK)
		return fail_set(fail, FAIL_RA_REPLY, _("no address: %.200s"), url);
	if (!same_part(full, http->base, CURLUPART_SCHEME) ||
		!same_part(full, http->base, CURLUPART_HOST) ||
		!same_part(full, http->base, CURLUPART_PORT))
		return fail_set(fail, FAIL_RA_TRUST, _("it leads to another server: %.200s"), url);
	*ret = TAKE(full);
	return true;
}

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	CLEANUP(free_p) char *line = NULL;

	if (!value)
		return true;
	int len = asprintf(&line, "%s: %s", name, value);
	if (len < 0)
		return false;
	struct curl_slist *grown = curl_slist_append(*list, line);
	OPENSSL_cleanse(line, (size_t)len);
	if (!grown)
		return false;
	*list = grown;
	return true;
}

static bool headers_of(const struct http_request *request, struct curl_slist **ret)
{
	CLEANUP(free_p) char *bearer = NULL;

	if (request->bearer && asprintf(&bearer, "Bearer %s", request->bearer) < 0)
		return false;
	bool ok = add_header(ret, "Accept", request->accept) &&
		  add_header(ret, "Accept-Language", request->language) &&
		  add_header(ret, "Content-Type", request->content_type) &&
		  add_header(ret, "Idempotency-Key", request->idempotency_key) &&
		  add_header(ret, "Authorization", bearer) && add_header(ret, "Expect", "");
	if (bearer)
		OPENSSL_cleanse(bearer, strlen(bearer));
	return ok;
}

/* Hands the body out once: there is no way back to its beginning, on purpose. */
static size_t give_body(char *buf, size_t size, size_t count, void *arg)
{
	struct http *http = arg;
	size_t len = size * count < http->body_left ? size * count : http->body_left;

	memcpy(buf, http->body, len);
	http->body += len;
	http->body_left -= len;
	return len;
}

/* libcurl repeats any request by itself when a kept connection turns out to be dead. It can do so
 * with a body it may read again, so the body of a request that must not be repeated (a login) is
 * given through a callback without rewinding. */
static bool prepare_body(struct http *http, const struct http_request *request)
{
	CURL *curl = http->curl;
	bool once = !request->repeatable && request->body_len > 0;

	http->body = request->body;
	http->body_left = request->body_len;
	return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body_len) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
		       once            ? NULL
		       : request->body ? (const char *)request->body
				       : "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_READDATA, http) == CURLE_OK;
}

static bool prepare(
	struct http *http, const struct http_request *request, struct curl_slist *headers)
{
	CURL *curl = http->curl;
	bool post = request->body != NULL || strcmp(request->method, "POST") == 0;

	if (curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) != CURLE_OK)
		return false;
	if (post && !prepare_body(http, request))
		return false;
	return curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
}

static bool fail_curl(const struct http *http, CURLcode code, struct fail *fail)
{
	const char *why = http->why[0] ? http->why : curl_easy_strerror(code);

	if (!interrupt_check(fail))
		return false;
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
		code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CRL_BADFILE)
		return fail_set(fail, FAIL_RA_TRUST, "%s", why);
	if (code == CURLE_WRITE_ERROR)
		return fail_set(
			fail, FAIL_RA_REPLY, _("it is larger than %u bytes"), HTTP_REPLY_MAX);
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
		return fail_set(fail, FAIL_RA_REPLY, "%s", why);
	if (code == CURLE_OUT_OF_MEMORY)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return fail_set(fail, FAIL_RA_UNREACHABLE, "%s", why);
}

/* Half a second doubling with each attempt, half of it by chance, or what the server asks for up to
 * RETRY_AFTER_WAIT; a signal ends it. */
static void pause_before(unsigned attempt, long retry_after)
{
	uint8_t chance = 0;

	RAND_bytes(&chance, 1);
	long whole = 500L << (attempt < 4 ? attempt : 4);
	long ms = whole / 2 + whole / 2 * chance / 256;
	if (retry_after > 0)
		ms += 1000 * (retry_after < RETRY_AFTER_WAIT ? retry_after : RETRY_AFTER_WAIT);
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static bool worth_repeating(CURLcode code, const struct http_reply *reply)
{
	if (code == CURLE_OK)
		return reply->status == 429 || reply->status == 500 ||
		       (reply->status >= 502 && reply->status <= 504);
	return code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_WRITE_ERROR &&
	       code != CURLE_ABORTED_BY_CALLBACK && code != CURLE_OUT_OF_MEMORY &&
	       code != CURLE_SSL_CACERT_BADFILE;
}

static CURLcode exchange(struct http *http, struct http_reply *reply)
{
	long connects = 0;

	http_reply_clear(reply);
	http->why[0] = '\0';
	CURLcode code = curl_easy_perform(http->curl);
	curl_easy_getinfo(http->curl, CURLINFO_NUM_CONNECTS, &connects);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	http->connections += (unsigned)connects;
	return code;
}

bool http_send(struct http *http, const struct http_request *request, struct http_reply *reply,
	struct fail *fail)
{
	CLEANUP(url_free_p) CURLU *url = NULL;
	CLEANUP(slist_free_p) struct curl_slist *headers = NULL;
	CURLcode code = CURLE_OK;

	if (!resolve(http, request->url, &url, fail))
		return false;
	if (!headers_of(request, &headers) || !prepare(http, request, headers) ||
		curl_easy_setopt(http->curl, CURLOPT_CURLU, url) != CURLE_OK ||
		curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, reply) != CURLE_OK ||
		curl_easy_setopt(http->curl, CURLOPT_HEADERDATA, reply) != CURLE_OK)
		return fail_set(fail, FAIL_MEMORY, NULL);
	http_reply_clear(reply);
	for (unsigned attempt = 0; attempt < http->attempts; attempt++) {
		if (attempt)
			pause_before(attempt, reply->retry_after);
		if (!interrupt_check(fail))
			return false;
		code = exchange(http, reply);
		if (!request->repeatable || !worth_repeating(code, reply))
			break;
	}
	curl_easy_setopt(http->curl, CURLOPT_CURLU, NULL);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
	if (code != CURLE_OK) {
		http_reply_clear(reply);
		return fail_curl(http, code, fail);
	}
	if (!reply->body && take_body((char[]){ "" }, 1, 0, reply) != 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return reply->body || fail_set(fail, FAIL_MEMORY, NULL);
}

void http_reply_clear(struct http_reply *reply)
{
	OPENSSL_clear_free(reply->body, reply->body ? reply->body_len + 1 : 0);
	memset(reply, 0, sizeof *reply);
}
