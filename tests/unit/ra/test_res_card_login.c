/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_card_login.c: a card logs in by signing one challenge, once, for a renewal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "kit.h"

enum {
	NOW = 1800000000
};

#define UNIT "FINE 金融資訊交換平台"

static struct kit_caller fine = { "fine", 0, NOW };
static EVP_PKEY *key, *other_key;

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	fine.account = kit_account("fine", "f1", false);
	kit_certificate(&fine, "aa01", NOW + 9);
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

static void ask(const char *unit, const char *cn, const char *digits, char body[400])
{
	kit_sql("INSERT OR REPLACE INTO captcha VALUES('pic','fine','127.0.0.1','123456','x',"
		"1800001000,0)");
	snprintf(body, 400,
		"{\"ra_unit\":\"%s\",\"certificate_identifier\":\"%s\",\"captcha\":{\"id\":"
		"\"pic\",\"answer\":\"%s\"}}",
		unit, cn, digits);
}

static void a_challenge_needs_the_unit_and_the_digits(void **state)
{
	(void)state;
	char body[400];
	kit_says(login_challenge_create, &fine, NULL, "{}", "malformed-request");
	ask(UNIT, "unit-cn", "000000", body);
	kit_says(login_challenge_create, &fine, NULL, body, "captcha-wrong");
	kit_says(login_challenge_create, &fine, NULL, body, "captcha-expired");
	ask("another", "unit-cn", "123456", body);
	kit_says(login_challenge_create, &fine, NULL, body, "malformed-request");
	const struct kit_caller soft = { "soft", 0, NOW }; /* has no unit */
	ask(UNIT, "unit-cn", "123456", body);
	kit_sql("UPDATE captcha SET site='soft'");
	kit_says(login_challenge_create, &soft, NULL, body, "malformed-request");
	kit_has("SELECT count(*) FROM login_challenge", "0");
	ask(UNIT, "nobody", "123456", body); /* does not tell that there is no such person */
	kit_says(login_challenge_create, &fine, NULL, body, "");
	kit_sql("DELETE FROM login_challenge");
}

/* A fresh challenge for the person: its id, and the text to be signed. The caller frees them. */
static char *fresh(char **ret_text)
{
	char body[400];
	ask(UNIT, "unit-cn", "123456", body);
	struct reply reply = kit_call(login_challenge_create, &fine, NULL, body);
	assert_int_equal(reply.status, 201);
	char *id = strdup(kit_text(&reply, "id"));
	assert_non_null(strstr(kit_text(&reply, "answer_url"), id));
	assert_true(asprintf(ret_text, "twca-card-login:1:%s:unit-cn:%s", id,
			    kit_text(&reply, "challenge")) > 0);
	kit_reply_clear(&reply);
	return id;
}

static char *answer(const char *alg, const char *signature, const char *sha256)
{
	char *body = NULL;
	assert_true(asprintf(&body,
			    "{\"alg\":\"%s\",\"signature\":\"%s\","
			    "\"certificate_sha256\":\"%s\"}",
			    alg, signature, sha256) > 0);
	return body;
}

/* One whole try: what comes of a signature by this key, for this certificate. */
static void tries(EVP_PKEY *signer, const char *sha256, const char *want)
{
	CLEANUP(free_p) char *text = NULL;
	CLEANUP(free_p) char *id = fresh(&text);
	CLEANUP(free_p) char *signature = kit_sign(signer, text);
	CLEANUP(free_p) char *body = answer("RS256", signature, sha256);
	struct kit_caller nobody = { "fine", 0, NOW };
	kit_says(login_challenge_answer, &nobody, id, body, want);
	kit_says(login_challenge_answer, &nobody, id, body, "not-found"); /* was answered */
}

static void only_the_certificates_own_key_answers(void **state)
{
	(void)state;
	tries(other_key, "aa01", "challenge-failed");
	tries(key, "aa02", "challenge-failed");
	kit_has("SELECT count(*) FROM session", "0");
	tries(key, "AA01", "");
	kit_has("SELECT scope || ' ' || expires FROM session", "renewal 1800000900");
}

static void a_malformed_answer_uses_nothing_up(void **state)
{
	(void)state;
	CLEANUP(free_p) char *text = NULL;
	CLEANUP(free_p) char *id = fresh(&text);
	CLEANUP(free_p) char *signature = kit_sign(key, text);
	CLEANUP(free_p) char *none = answer("none", signature, "aa01");
	CLEANUP(free_p) char *good = answer("RS256", signature, "aa01");
	struct kit_caller late = { "fine", 0, NOW + RA_CAPTCHA_S + 1 };
	struct kit_caller elsewhere = { "soft", 0, NOW };
	kit_says(login_challenge_answer, &fine, id, "{}", "malformed-request");
	kit_says(login_challenge_answer, &fine, id, none, "malformed-request");
	kit_says(login_challenge_answer, &late, id, good, "not-found");
	kit_says(login_challenge_answer, &elsewhere, id, good, "not-found");
	kit_says(login_challenge_answer, &fine, id, good, "");
}

static void what_is_not_valid_opens_nothing(void **state)
{
	(void)state;
	kit_sql("DELETE FROM session");
	kit_sql("UPDATE certificate SET revoked=1, reason=6");
	tries(key, "aa01", "certificate-state");
	kit_sql("UPDATE certificate SET revoked=NULL, reason=0, active=0");
	tries(key, "aa01", "certificate-state");
	kit_sql("UPDATE certificate SET active=1, not_after=1799999999");
	tries(key, "aa01", "certificate-expired");
	kit_has("SELECT count(*) FROM session", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_challenge_needs_the_unit_and_the_digits),
		cmocka_unit_test(only_the_certificates_own_key_answers),
		cmocka_unit_test(a_malformed_answer_uses_nothing_up),
		cmocka_unit_test(what_is_not_valid_opens_nothing),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
