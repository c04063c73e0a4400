/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS front: gathers a request, has it served, sends the answer. Knows no resource. */
#include "http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "fault.h"
#include "keyfile.h"
#include "log.h"
#include "problem.h"
#include "router.h"

struct http {
	struct MHD_Daemon *daemon;
	char *key, *cert;
};

/* A request on its way in. */
struct upload {
	char *body;
	size_t len; /* may pass RA_MAX_BODY by one: what comes after is dropped */
};

/* An answer on its way out, byte by byte. */
struct drip {
	char *bytes;
	size_t len;
	int64_t ms;
};

static void sleep_ms(int64_t ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&time, NULL);
}

static ssize_t drip_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	const struct drip *drip = cls;
	if (pos >= drip->len || max == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	sleep_ms(drip->ms);
	*buf = drip->bytes[pos];
	return 1;
}

static void drip_free(void *cls)
{
	struct drip *drip = cls;
	free(drip->bytes);
	free(drip);
}

static struct MHD_Response *drip_response(char *bytes, size_t len, int64_t ms)
{
	struct drip *drip = malloc(sizeof *drip);
	if (!drip)
		abort();
	*drip = (struct drip){ bytes, len, ms };
	return MHD_create_response_from_callback(len, 1, drip_read, drip, drip_free);
}

/* The answer's bytes, spoilt if the fault says so; the caller frees. */
static char *reply_bytes(struct reply *reply, const struct fault *fault, size_t *ret_len)
{
	char *bytes = (char *)reply->bytes;
	size_t len = reply->len;
	reply->bytes = NULL;
	if (reply->json) {
		bytes = json_dumps(reply->json, JSON_COMPACT);
		len = bytes ? strlen(bytes) : 0;
	}
	if (fault->kind == FAULT_BAD_JSON)
		len /= 2;
	size_t more = fault->kind == FAULT_OVERSIZE ? (size_t)fault->arg * 1024 : 0;
	char *big = realloc(bytes, len + more + 1);
	if (!big)
		abort();
	memset(big + len, ' ', more);
	*ret_len = len + more;
	return big;
}

static void add_headers(
	struct MHD_Response *response, const struct request *request, const struct reply *reply)
{
	char text[64];
	struct tm tm;
	time_t now = request->now;
	if (gmtime_r(&now, &tm) && strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm))
		MHD_add_response_header(response, "Date", text);
	MHD_add_response_header(
		response, "Cache-Control", reply->cacheable ? "public, max-age=60" : "no-store");
	if (reply->type && reply->status != 204)
		MHD_add_response_header(response, "Content-Type", reply->type);
	if (reply->location)
		MHD_add_response_header(response, "Location", reply->location);
	if (reply->replayed)
		MHD_add_response_header(response, "Idempotency-Replayed", "true");
	if (reply->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
	if (reply->retry_after) {
		snprintf(text, sizeof text, "%lld", (long long)reply->retry_after);
		MHD_add_response_header(response, "Retry-After", text);
	}
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct request *request,
	struct reply *reply, const struct fault *fault)
{
	size_t len = 0;
	char *bytes = reply_bytes(reply, fault, &len);
	struct MHD_Response *response =
		fault->kind == FAULT_SLOW
			? drip_response(bytes, len, fault->arg)
			: MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
	add_headers(response, request, reply);
	enum MHD_Result result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	json_decref(reply->json);
	free(reply->location);
	return result;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void fill_request(
	struct request *request, struct MHD_Connection *connection, const struct upload *upload)
{
	request->accept = header(connection, "Accept");
	request->language = header(connection, "Accept-Language");
	request->authorization = header(connection, "Authorization");
	request->content_type = header(connection, "Content-Type");
	const char *key = header(connection, "Idempotency-Key");
	if (key && strlen(key) < sizeof request->key)
		strcpy(request->key, key);
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr_in *peer = info ? (const void *)info->client_addr : NULL;
	if (!peer || !inet_ntop(AF_INET, &peer->sin_addr, request->source, sizeof request->source))
		request->source[0] = 0;
	request->body = upload->body;
	request->body_len = upload->len;
	request->order_fate = "";
}

/* False: the connection is to be closed without an answer. */
static bool serve_with_fault(
	struct request *request, struct reply *reply, const struct fault *fault)
{
	if (fault->kind == FAULT_DROP_BEFORE)
		return false;
	if (fault->kind == FAULT_KILL_BEFORE)
		kill(getpid(), SIGKILL);
	if (fault->kind == FAULT_PENDING || fault->kind == FAULT_REJECT) {
		request->order_fate = fault_name(fault->kind);
		request->order_polls = fault->arg;
	}
	if (fault->kind == FAULT_UNAVAILABLE) {
		problem(reply, PROBLEM_UNAVAILABLE, NULL);
		reply->retry_after = fault->arg;
	} else {
		router_serve(request, reply);
	}
	if (fault->kind == FAULT_KILL_AFTER)
		kill(getpid(), SIGKILL);
	return fault->kind != FAULT_DROP_AFTER;
}

/* Until a person or a test clears the faults, or arg ms are over. Called and left with the lock. */
static void hold(struct ra *ra, int64_t ms)
{
	int64_t id = fault_hold(ra->db);
	for (int64_t waited = 0; id && waited < ms && fault_held(ra->db, id); waited += 10) {
		pthread_mutex_unlock(&ra->lock);
		sleep_ms(10);
		pthread_mutex_lock(&ra->lock);
	}
}

static enum MHD_Result serve(struct ra *ra, struct MHD_Connection *connection, const char *url,
	const char *method, const struct upload *upload)
{
	struct request request = { .ra = ra, .method = method, .path = url };
	struct reply reply = { 0 };
	fill_request(&request, connection, upload);
	pthread_mutex_lock(&ra->lock);
	struct fault fault = fault_take(ra, method, url);
	if (fault.kind == FAULT_DELAY) {
		pthread_mutex_unlock(&ra->lock);
		sleep_ms(fault.arg);
		pthread_mutex_lock(&ra->lock);
	}
	request.now = clock_now(ra->db);
	bool answer = serve_with_fault(&request, &reply, &fault);
	problem_speak(&reply, request.language);
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	log_request(&request, &reply, info ? (uintptr_t)info->socket_context : 0, answer);
	if (fault.kind == FAULT_HOLD)
		hold(ra, fault.arg);
	pthread_mutex_unlock(&ra->lock);
	if (answer)
		return send_reply(connection, &request, &reply, &fault);
	json_decref(reply.json);
	free(reply.bytes);
	free(reply.location);
	return MHD_NO;
}

static void take_body(struct upload *upload, const char *bytes, size_t len)
{
	size_t room = RA_MAX_BODY + 1 - upload->len;
	size_t take = len < room ? len : room;
	char *body = realloc(upload->body, upload->len + take + 1);
	if (!body)
		abort();
	memcpy(body + upload->len, bytes, take);
	upload->body = body;
	upload->len += take;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *bytes, size_t *len, void **context)
{
	(void)version;
	struct upload *upload = *context;
	if (!upload) {
		*context = calloc(1, sizeof *upload);
		return *context ? MHD_YES : MHD_NO;
	}
	if (*len == 0)
		return serve(cls, connection, url, method, upload);
	take_body(upload, bytes, *len);
	*len = 0;
	return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	(void)cls;
	(void)connection;
	(void)code;
	struct upload *upload = *context;
	if (upload) {
		if (upload->body)
			explicit_bzero(upload->body, upload->len);
		free(upload->body);
	}
	free(upload);
	*context = NULL;
}

/* Each connection gets a number. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	(void)connection;
	struct ra *ra = cls;
	if (code != MHD_CONNECTION_NOTIFY_STARTED)
		return;
	pthread_mutex_lock(&ra->lock);
	*context = (void *)(uintptr_t)++ra->connections;
	pthread_mutex_unlock(&ra->lock);
}

static void quiet(void *cls, const char *format, va_list ap)
{
	(void)cls;
	(void)format;
	(void)ap;
}

static struct MHD_Daemon *start_daemon(
	struct ra *ra, struct http *http, const struct sockaddr_in *address)
{
	return MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
					MHD_USE_TLS | MHD_USE_ERROR_LOG |
					MHD_USE_SUPPRESS_DATE_NO_CLOCK,
		ntohs(address->sin_port), NULL, NULL, on_request, ra, MHD_OPTION_EXTERNAL_LOGGER,
		quiet, NULL, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_HTTPS_MEM_KEY, http->key,
		MHD_OPTION_HTTPS_MEM_CERT, http->cert, MHD_OPTION_HTTPS_PRIORITIES,
		"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, ra,
		MHD_OPTION_CONNECTION_TIMEOUT, 120U, MHD_OPTION_CONNECTION_LIMIT, 128U,
		MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_END);
}

struct http *http_start(struct ra *ra, const char *dir, const char *host, uint16_t port)
{
	struct http *http = calloc(1, sizeof *http);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	if (!http || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
		fprintf(stderr, "%s: not an IPv4 address\n", host);
		free(http);
		return NULL;
	}
	http->key = keyfile_text(dir, "tls.key");
	http->cert = keyfile_text(dir, "tls.pem");
	pthread_mutex_lock(&ra->lock); /* nobody is served before the base URL is known */
	http->daemon = http->key && http->cert ? start_daemon(ra, http, &address) : NULL;
	if (http->daemon) {
		const union MHD_DaemonInfo *info =
			MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT);
		snprintf(ra->base, sizeof ra->base, "https://%s:%u/", host,
			info ? info->port : port);
	}
	pthread_mutex_unlock(&ra->lock);
	if (http->daemon)
		return http;
	fprintf(stderr, "%s:%u: cannot listen\n", host, port);
	http_stop(http);
	return NULL;
}

void http_stop(struct http *http)
{
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	free(http->key);
	free(http->cert);
	free(http);
}
