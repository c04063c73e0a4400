/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_renewal.c: when, what it costs, and by whose key a renewal is signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "kit.h"
#include "text.h"

enum {
	NOW = 1800000000
};

enum {
	DAY = 86400
};

static struct kit_caller post = { "post", 0, NOW };
static EVP_PKEY *key, *other_key;

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	post.account = kit_account("post", "p1", false);
	kit_certificate(&post, "aa01", NOW + 20 * DAY);
	key = kit_rsa(2048, 65537);
	other_key = kit_rsa(2048, 65537);
	CLEANUP(x509_p) X509 *cert = kit_cert(key);
	kit_certificate_is("aa01", cert);
	return 0;
}

static int close_all(void **state)
{
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	return kit_close(state);
}

static void window_is(int64_t now, const char *want)
{
	const struct kit_caller nobody = { "post", 0, now };
	struct reply reply =
		kit_call(renewal_info, &nobody, NULL, "{\"certificate_sha256\":\"AA01\"}");
	assert_string_equal(kit_text(&reply, "state"), want);
	assert_string_equal(kit_text(&reply, "login"), "password");
	assert_non_null(json_object_get(reply.json, "fee"));
	kit_reply_clear(&reply);
}

static void everybody_may_ask_when(void **state)
{
	(void)state;
	const struct kit_caller elsewhere = { "soft", 0, NOW };
	window_is(NOW, "open");
	window_is(NOW - 30 * DAY, "early");
	window_is(NOW + 20 * DAY, "open"); /* the last second */
	window_is(NOW + 20 * DAY + 1, "expired");
	kit_sql("UPDATE certificate SET revoked=1, reason=6");
	window_is(NOW, "suspended");
	kit_sql("UPDATE certificate SET reason=1");
	window_is(NOW, "revoked");
	kit_sql("UPDATE certificate SET revoked=NULL, reason=0, active=0");
	window_is(NOW, "not_activated");
	kit_sql("UPDATE certificate SET active=1");
	kit_says(renewal_info, &post, NULL, "{}", "malformed-request");
	kit_says(renewal_info, &post, NULL, "{\"certificate_sha256\":\"aa02\"}", "not-found");
	kit_says(renewal_info, &elsewhere, NULL, "{\"certificate_sha256\":\"aa01\"}", "not-found");
}

/* The terms in force, as a client accepts them. The caller frees. */
static char *payment(const char *number, const char *accepted)
{
	char *body = NULL;
	struct reply terms = kit_call(terms_get, &post, NULL, NULL);
	assert_true(
		asprintf(&body,
			"{\"certificate_sha256\":\"aa01\",\"debit_account\":\"%s\","
			"\"terms\":{\"id\":\"%s\",\"sha256\":\"%s\",\"accepted\":%s}}",
			number, kit_text(&terms, "id"), kit_text(&terms, "sha256"), accepted) > 0);
	kit_reply_clear(&terms);
	return body;
}

static void the_fee_is_debited_once(void **state)
{
	(void)state;
	CLEANUP(free_p) char *unknown = payment("999", "true");
	CLEANUP(free_p) char *refused = payment("111", "false");
	CLEANUP(free_p) char *good = payment("111", "true");
	struct kit_caller early = { "post", post.account, NOW - 30 * DAY };
	struct kit_caller stranger = { "post", post.account + 99, NOW };
	kit_sql("INSERT INTO bank VALUES('111',1)");
	kit_says(payment_create, &post, NULL, "{}", "malformed-request");
	kit_says(payment_create, &post, NULL, refused, "terms-not-accepted");
	kit_says(payment_create, &early, NULL, good, "window-closed");
	kit_says(payment_create, &stranger, NULL, good, "not-found");
	kit_says(payment_create, &post, NULL, unknown, "payment-failed");
	kit_says(payment_create, &post, NULL, good, "payment-failed"); /* holds too little */
	kit_has("SELECT balance FROM bank", "1");
	kit_sql("UPDATE bank SET balance=100000");
	struct reply first = kit_call(payment_create, &post, NULL, good);
	assert_int_equal(first.status, 201);
	CLEANUP(free_p) char *left = kit_value("SELECT balance FROM bank");
	assert_string_not_equal(left, "100000");
	struct reply second = kit_call(payment_create, &post, NULL, good);
	assert_int_equal(second.status, 200);
	assert_true(json_equal(first.json, second.json));
	kit_reply_clear(&first);
	kit_reply_clear(&second);
	kit_has("SELECT balance FROM bank", left);
	kit_has("SELECT count(*) FROM payment", "1");
}

/* A fresh nonce of the person; the caller frees. */
static char *nonce(void)
{
	struct reply reply = kit_call(nonce_create, &post, NULL, "{}");
	assert_int_equal(reply.status, 201);
	char *text = strdup(kit_text(&reply, "nonce"));
	kit_reply_clear(&reply);
	return text;
}

static char *base64url(const void *bytes, size_t len)
{
	char *text = text_base64(bytes, len);
	for (char *c = text; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? 0 : *c;
	return text;
}

/* 32 bytes AA */
#define X5T "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo"
#define URL "https://127.0.0.1:1/v1/post/renewals"

/* A request signed by signer; what is signed for is empty, so that at best it is malformed. */
static void renewing(EVP_PKEY *signer, const char *url, const char *once, const char *want)
{
	char header[400];
	char text[800];
	char *c;
	snprintf(header, sizeof header,
		"{\"alg\":\"RS256\",\"nonce\":\"%s\",\"url\":\"%s\",\"x5t#S256\":\"%s\"}", once,
		url, X5T);
	CLEANUP(free_p) char *h = base64url(header, strlen(header));
	CLEANUP(free_p) char *p = base64url("{}", 2);
	snprintf(text, sizeof text, "%s.%s", h, p);
	CLEANUP(free_p) char *s = kit_sign(signer, text);
	for (c = s; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? 0 : *c;
	char body[2000];
	snprintf(body, sizeof body,
		"{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"%s\"}", h, p, s);
	kit_more.path = "/v1/post/renewals";
	kit_says(renewal_create, &post, NULL, body, want);
}

static void the_old_key_signs_for_this_request_once(void **state)
{
	(void)state;
	CLEANUP(free_p) char *first = nonce();
	CLEANUP(free_p) char *second = nonce();
	CLEANUP(free_p) char *third = nonce();
	CLEANUP(free_p) char *fourth = nonce();
	kit_sql("UPDATE certificate SET sha256=replace(hex(zeroblob(32)), '0', 'a')");
	kit_says(renewal_create, &post, NULL, "{}", "jws-invalid");
	renewing(key, "https://evil/", first, "jws-invalid");
	renewing(key, URL, "nosuch", "bad-nonce");
	renewing(other_key, URL, first, "signature-wrong");
	renewing(key, URL, first, "bad-nonce"); /* was used up */
	renewing(key, URL, second, "malformed-request");
	kit_account("post", "p2", false);
	kit_sql("UPDATE nonce SET account_id=(SELECT id FROM account WHERE account='p2')");
	renewing(key, URL, third, "bad-nonce");
	kit_sql("UPDATE nonce SET expires=1799999999, account_id=(SELECT id FROM account WHERE "
		"account='p1')");
	renewing(key, URL, fourth, "bad-nonce");
}

static void the_key_that_enciphers_signs_nothing(void **state)
{
	(void)state;
	CLEANUP(free_p) char *once = nonce();
	kit_sql("UPDATE certificate SET profile='post-sw-encryption'");
	renewing(key, URL, once, "signature-wrong");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_may_ask_when),
		cmocka_unit_test(the_fee_is_debited_once),
		cmocka_unit_test(the_old_key_signs_for_this_request_once),
		cmocka_unit_test(the_key_that_enciphers_signs_nothing),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
