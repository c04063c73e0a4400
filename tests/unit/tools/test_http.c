/* SPDX-License-Identifier: Apache-2.0 */
/* One connection, one origin, bounded answers, and only safe requests sent twice. */
#include "unit.h"

#include <signal.h>

#include "fail.h"
#include "http.h"
#include "server.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
#define OK OK_HEAD "Content-Length: 2\r\n\r\n{}"
#define BUSY "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"

struct world {
	char *folder, *ca;
	struct server *server;
	struct http *http;
	struct http_reply reply;
	struct fail fail;
};

static void begin(struct world *world, const char *const *script, bool trusted)
{
	char ca[300];

	memset(world, 0, sizeof *world);
	world->folder = fresh_folder();
	world->server = server_start(world->folder, script);
	snprintf(ca, sizeof ca, "%s/ca.pem", world->folder);
	world->ca = strdup(ca);
	struct http_options options = { .base = server_url(world->server),
		.ca_file = trusted ? world->ca : NULL,
		.user_agent = "unit/1",
		.timeout_s = 5 };
	assert_true(http_open(&options, &world->http, &world->fail));
}

static void end(struct world *world)
{
	http_reply_clear(&world->reply);
	http_close(world->http);
	server_stop(world->server);
	free(world->ca);
	remove_folder(world->folder);
}

static bool get(struct world *world, const char *url)
{
	struct http_request request = {
		.method = "GET", .url = url, .accept = "application/json", .repeatable = true
	};

	return http_send(world->http, &request, &world->reply, &world->fail);
}

static void one_connection_serves_many_requests(void **state)
{
	static const char *const script[] = { OK, NULL };
	struct world world;
	struct http_request post = { .method = "POST",
		.url = "/orders",
		.content_type = "application/json",
		.body = "{\"a\":1}",
		.body_len = 7,
		.bearer = "token",
		.idempotency_key = "key",
		.language = "en" };

	(void)state;
	begin(&world, script, true);
	assert_true(get(&world, "/a"));
	assert_int_equal(world.reply.status, 200);
	assert_string_equal(world.reply.content_type, "application/json");
	assert_string_equal((const char *)world.reply.body, "{}");
	assert_true(http_send(world.http, &post, &world.reply, &world.fail));
	assert_true(get(&world, "b"));
	assert_int_equal(http_connections(world.http), 1);
	assert_int_equal(server_requests(world.server), 3);
	const char *seen = server_request(world.server, 1);
	assert_non_null(strstr(seen, "POST /orders HTTP/1.1\r\n"));
	assert_non_null(strstr(seen, "\r\nAuthorization: Bearer token\r\n"));
	assert_non_null(strstr(seen, "\r\nIdempotency-Key: key\r\n"));
	assert_non_null(strstr(seen, "\r\nAccept-Language: en\r\n"));
	assert_non_null(strstr(seen, "\r\n\r\n{\"a\":1}"));
	seen = server_request(world.server, 2);
	assert_non_null(strstr(seen, "GET /b HTTP/1.1\r\n"));
	assert_null(strstr(seen, "Authorization"));
	assert_null(strstr(seen, "Idempotency-Key"));
	end(&world);
}

static void only_repeatable_requests_are_sent_again(void **state)
{
	static const char *const script[] = { "", BUSY, OK, "", OK, NULL };
	struct world world;
	struct http_request login = { .method = "POST",
		.url = "/sessions",
		.content_type = "application/json",
		.body = "{\"a\":1}",
		.body_len = 7 };

	(void)state;
	begin(&world, script, true);
	assert_true(get(&world, "/a"));
	assert_int_equal(world.reply.status, 200);
	assert_int_equal(server_requests(world.server), 3);
	/* the kept connection dies: libcurl must not send the login again by itself */
	assert_false(http_send(world.http, &login, &world.reply, &world.fail));
	assert_int_equal(world.fail.code, FAIL_RA_UNREACHABLE);
	assert_int_equal(server_requests(world.server), 4);
	assert_true(http_send(world.http, &login, &world.reply, &world.fail));
	assert_non_null(strstr(server_request(world.server, 4), "\r\n\r\n{\"a\":1}"));
	end(&world);
}

static void a_busy_server_is_told_after_some_attempts(void **state)
{
	static const char *const script[] = { BUSY, NULL };
	struct world world;

	(void)state;
	begin(&world, script, true);
	assert_true(get(&world, "/a"));
	assert_int_equal(world.reply.status, 503);
	assert_int_equal(world.reply.retry_after, 1);
	assert_int_equal(server_requests(world.server), 3);
	end(&world);
}

static void other_origins_and_redirects_are_not_followed(void **state)
{
	static const char *const script[] = {
		"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.2/\r\nContent-Length: 0\r\n\r\n",
		NULL
	};
	static const char *const bad[] = { "https://127.0.0.1:1/", "https://localhost/",
		"http://127.0.0.1/", "https://127.0.0.1.evil.example/", "//evil.example/",
		"file:///etc/passwd" };
	struct world world;

	(void)state;
	begin(&world, script, true);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(get(&world, bad[i]));
		assert_true(world.fail.code == FAIL_RA_TRUST || world.fail.code == FAIL_RA_REPLY);
	}
	assert_int_equal(server_requests(world.server), 0);
	assert_true(get(&world, "/a"));
	assert_int_equal(world.reply.status, 302);
	assert_int_equal(server_requests(world.server), 1);
	end(&world);
}

static void a_server_without_proof_gets_no_request(void **state)
{
	static const char *const script[] = { OK, NULL };
	struct world world;

	(void)state;
	begin(&world, script, false);
	assert_false(get(&world, "/a"));
	assert_int_equal(world.fail.code, FAIL_RA_TRUST);
	assert_int_equal(server_requests(world.server), 0);
	end(&world);
}

static void too_large_an_answer_is_refused(void **state)
{
	char *large = malloc(HTTP_REPLY_MAX + 400);
	const char *script[] = { large, NULL };
	struct world world;

	(void)state;
	int head = sprintf(large, OK_HEAD "Content-Length: %u\r\n\r\n", HTTP_REPLY_MAX + 1);
	memset(large + head, ' ', HTTP_REPLY_MAX + 1);
	large[head + (int)HTTP_REPLY_MAX + 1] = '\0';
	begin(&world, script, true);
	assert_false(get(&world, "/a"));
	assert_int_equal(world.fail.code, FAIL_RA_REPLY);
	assert_int_equal(server_requests(world.server), 1);
	end(&world);
	free(large);
}

/* Headers without end fill no memory. */
static void too_long_a_head_is_refused(void **state)
{
	char *large = malloc(2 * HTTP_HEAD_MAX);
	const char *script[] = { large, NULL };
	struct world world;

	(void)state;
	int at = sprintf(large, "HTTP/1.1 200 OK\r\n");
	while (at < (int)HTTP_HEAD_MAX)
		at += sprintf(large + at, "X-Filler: %0900d\r\n", at);
	sprintf(large + at, "Content-Length: 2\r\n\r\n{}");
	begin(&world, script, true);
	assert_false(get(&world, "/a"));
	assert_int_equal(world.fail.code, FAIL_RA_REPLY);
	assert_int_equal(server_requests(world.server), 1);
	end(&world);
	free(large);
}

static void only_https_is_opened(void **state)
{
	static const char *const bad[] = { "http://127.0.0.1/", "ra.example", "ftp://x/", "" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct http_options options = { .base = bad[i], .user_agent = "unit/1" };
		struct fail fail = FAIL_INIT;
		struct http *http = NULL;
		assert_false(http_open(&options, &http, &fail));
		assert_int_equal(fail.code, FAIL_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_connection_serves_many_requests),
		cmocka_unit_test(only_repeatable_requests_are_sent_again),
		cmocka_unit_test(a_busy_server_is_told_after_some_attempts),
		cmocka_unit_test(other_origins_and_redirects_are_not_followed),
		cmocka_unit_test(a_server_without_proof_gets_no_request),
		cmocka_unit_test(too_large_an_answer_is_refused),
		cmocka_unit_test(too_long_a_head_is_refused),
		cmocka_unit_test(only_https_is_opened),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
