/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_phone.c: an encrypted file on its way to a phone, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <openssl/pkcs12.h>

#include "cleanup.h"
#include "kit.h"
#include "text.h"

enum {
	NOW = 1800000000
};

static struct kit_caller bts = { "bts", 0, NOW };
static char good[8000];
static char naked[8000];

/* {"certificate_sha256":"c2","pfx":...}: a file with that password */
static bool make_body(const char *password, char ret_body[8000])
{
	CLEANUP(pkey_p) EVP_PKEY *key = EVP_EC_gen("P-256");
	CLEANUP(x509_p) X509 *cert = kit_cert(key);
	PKCS12 *pfx = PKCS12_create(password, "phone", key, cert, NULL, 0, 0, 100, 100, 0);
	unsigned char *der = NULL;
	int len = pfx ? i2d_PKCS12(pfx, &der) : 0;
	CLEANUP(free_p) char *text = len > 0 ? text_base64(der, (size_t)len) : NULL;
	PKCS12_free(pfx);
	OPENSSL_free(der);
	return text && snprintf(ret_body, 8000, "{\"certificate_sha256\":\"c2\",\"pfx\":\"%s\"}",
			       text) < 8000;
}

static int open_all(void **state)
{
	if (kit_open(state) != 0 || !make_body("Secret12", good) || !make_body("", naked))
		return 1;
	bts.account = kit_account("bts", "b1", false);
	kit_certificate(&bts, "c1", NOW + 9000);
	kit_certificate(&bts, "c2", NOW + 9000);
	return 0;
}

static void only_a_locked_file_of_the_newest_certificate_goes(void **state)
{
	(void)state;
	struct kit_caller late = { "bts", bts.account, NOW + RA_SESSION_S + 1 };
	kit_says(transfer_create, &bts, NULL, "{}", "malformed-request");
	kit_says(transfer_create, &bts, NULL, "{\"certificate_sha256\":\"c1\",\"pfx\":\"MAA=\"}",
		"certificate-state");
	kit_says(transfer_create, &bts, NULL, "{\"certificate_sha256\":\"c2\",\"pfx\":\"MAA=\"}",
		"pfx-unfit");
	kit_says(transfer_create, &bts, NULL, "{\"certificate_sha256\":\"c2\",\"pfx\":\"!\"}",
		"pfx-unfit");
	kit_says(transfer_create, &bts, NULL, naked, "pfx-unfit");
	kit_says(transfer_create, &bts, NULL, good, "phone-not-ready");
	kit_says(phone_create, &bts, NULL, "{}", "malformed-request");
	kit_says(phone_create, &bts, NULL, "{\"name\":\"my phone\"}", "");
	kit_says(transfer_create, &late, NULL, good, "phone-not-ready");
	kit_has("SELECT count(*) FROM transfer", "0");
}

/* A new transfer; the code that its QR code holds. */
static void begin(char ret_fetch[100])
{
	struct reply reply = kit_call(transfer_create, &bts, NULL, good);
	assert_int_equal(reply.status, 201);
	assert_false(reply.keep); /* the code is kept nowhere */
	const char *qr = json_string_value(json_object_get(reply.json, "qr"));
	const char *code = qr ? strchr(qr, '#') : NULL;
	assert_non_null(code);
	snprintf(ret_fetch, 100, "{\"code\":\"%s\"}", code + 1);
	kit_reply_clear(&reply);
}

static void a_code_fetches_once_within_ten_minutes(void **state)
{
	(void)state;
	char first[100];
	char second[100];
	struct kit_caller phone = { "bts", 0, NOW + 600 };
	struct kit_caller late = { "bts", 0, NOW + 601 };
	begin(first);
	begin(second); /* takes the place of the first */
	kit_says(phone_file_fetch, &phone, NULL, first, "not-found");
	kit_says(phone_file_fetch, &late, NULL, second, "not-found");
	kit_says(phone_file_fetch, &phone, NULL, "{\"code\":\"nosuch\"}", "not-found");
	kit_says(phone_file_fetch, &phone, NULL, "{}", "malformed-request");
	struct reply reply = kit_call(phone_file_fetch, &phone, NULL, second);
	assert_int_equal(reply.status, 200);
	assert_true(reply.len > 500);
	kit_reply_clear(&reply);
	kit_says(phone_file_fetch, &phone, NULL, second, "not-found");
	kit_has("SELECT count(*) FROM transfer WHERE length(pfx)>0", "0"); /* nothing stays here */
}

static void its_owner_sees_how_a_transfer_went(void **state)
{
	(void)state;
	char code[100];
	struct kit_caller stranger = { "bts", bts.account + 9, NOW };
	struct kit_caller late = { "bts", bts.account, NOW + 601 };
	begin(code);
	CLEANUP(free_p) char *id = kit_value("SELECT id FROM transfer WHERE state='waiting'");
	kit_says(transfer_get, &stranger, id, NULL, "not-found");
	kit_says(transfer_get, &bts, "nosuch", NULL, "not-found");
	struct reply reply = kit_call(transfer_get, &bts, id, NULL);
	assert_string_equal(json_string_value(json_object_get(reply.json, "state")), "waiting");
	assert_null(json_object_get(reply.json, "qr"));
	kit_reply_clear(&reply);
	reply = kit_call(transfer_get, &late, id, NULL);
	assert_string_equal(json_string_value(json_object_get(reply.json, "state")), "expired");
	kit_reply_clear(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_locked_file_of_the_newest_certificate_goes),
		cmocka_unit_test(a_code_fetches_once_within_ten_minutes),
		cmocka_unit_test(its_owner_sees_how_a_transfer_went),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
