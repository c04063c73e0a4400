/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/signature.c and jws.c: what an old key's signature must look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "jws.h"
#include "kit.h"
#include "signature.h"
#include "text.h"

static EVP_PKEY *key, *other_key;
static X509 *cert, *other_cert;

static int make_keys(void **state)
{
	(void)state;
	key = kit_rsa(2048, 65537);
	other_key = kit_rsa(2048, 65537);
	cert = kit_cert(key);
	other_cert = kit_cert(other_key);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	X509_free(cert);
	X509_free(other_cert);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	return 0;
}

static void sign(const EVP_MD *md, const char *text, unsigned char ret_signature[256])
{
	size_t len = 256;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, md, NULL, key), 1);
	assert_int_equal(
		EVP_DigestSign(ctx, ret_signature, &len, (const unsigned char *)text, strlen(text)),
		1);
	assert_int_equal(len, 256);
	EVP_MD_CTX_free(ctx);
}

static void a_signature_fits_its_text_key_and_algorithm_only(void **state)
{
	(void)state;
	unsigned char sig[256];
	const struct {
		const char *alg;
		const EVP_MD *md;
	} rows[] = { { "RS256", EVP_sha256() }, { "RS384", EVP_sha384() },
		{ "RS512", EVP_sha512() } };
	for (size_t i = 0; i < 3; i++) {
		assert_true(signature_alg(rows[i].alg));
		sign(rows[i].md, "text", sig);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(
				signature_verifies(cert, rows[j].alg, "text", sig, 256), i == j);
		assert_false(signature_verifies(cert, rows[i].alg, "texT", sig, 256));
		assert_false(signature_verifies(other_cert, rows[i].alg, "text", sig, 256));
		assert_false(signature_verifies(cert, rows[i].alg, "text", sig, 255));
		assert_false(signature_verifies(cert, rows[i].alg, "text", sig, 0));
	}
}

static void algorithms_of_attacks_are_not_taken(void **state)
{
	(void)state;
	static const char *const names[] = { "none", "HS256", "RS1", "rs256", "ES256", "",
		"RS2566" };
	unsigned char sig[256];
	sign(EVP_sha256(), "text", sig);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_false(signature_alg(names[i]));
		assert_false(signature_verifies(cert, names[i], "text", sig, 256));
	}
}

/* Caller frees. */
static char *base64url(const void *bytes, size_t len)
{
	char *text = text_base64(bytes, len);
	for (char *c = text; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? 0 : *c;
	return text;
}

static json_t *body_of(const char *header, const char *payload)
{
	unsigned char sig[256];
	char text[1024];
	CLEANUP(free_p) char *h = base64url(header, strlen(header));
	CLEANUP(free_p) char *p = base64url(payload, strlen(payload));
	snprintf(text, sizeof text, "%s.%s", h, p);
	sign(EVP_sha256(), text, sig);
	CLEANUP(free_p) char *s = base64url(sig, sizeof sig);
	return json_pack("{s:s,s:s,s:s}", "protected", h, "payload", p, "signature", s);
}

#define SHA "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo"
#define HEADER "{\"alg\":\"RS256\",\"nonce\":\"n1\",\"url\":\"u1\",\"x5t#S256\":\"" SHA "\"}"

static void a_renewals_parts_are_found_and_verified(void **state)
{
	(void)state;
	struct jws jws = { 0 };
	CLEANUP(json_p) json_t *body = body_of(HEADER, "{\"a\":1}");
	assert_null(jws_parse(body, &jws));
	assert_string_equal(jws.alg, "RS256");
	assert_string_equal(jws.nonce, "n1");
	assert_string_equal(jws.url, "u1");
	assert_int_equal(strlen(jws.sha256), 64);
	assert_int_equal(strspn(jws.sha256, "aA"), 64);
	assert_int_equal(json_integer_value(json_object_get(jws.payload, "a")), 1);
	assert_true(jws_verifies(&jws, cert));
	assert_false(jws_verifies(&jws, other_cert));
	jws.signature[0] ^= 1;
	assert_false(jws_verifies(&jws, cert));
	jws_clear(&jws);
	jws_clear(&jws); /* twice does no harm */
}

static void refused(json_t *body, const char *words)
{
	struct jws jws = { 0 };
	const char *fault = jws_parse(body, &jws);
	assert_non_null(fault);
	assert_non_null(strstr(fault, words));
	jws_clear(&jws);
}

static void other_headers_are_refused(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "{\"alg\":\"none\",\"nonce\":\"n\",\"url\":\"u\",\"x5t#S256\":\"" SHA "\"}",
			"just alg" },
		{ "{\"alg\":\"RS256\",\"nonce\":\"n\",\"url\":\"u\"}", "just alg" },
		{ "{\"alg\":\"RS256\",\"nonce\":1,\"url\":\"u\",\"x5t#S256\":\"" SHA "\"}",
			"just alg" },
		{ "{\"alg\":\"RS256\",\"crit\":[],\"nonce\":\"n\",\"url\":\"u\",\"x5t#S256\":\"" SHA
		  "\"}",
			"just alg" },
		{ "{\"alg\":\"RS256\",\"nonce\":\"n\",\"url\":\"u\",\"x5t#S256\":\"qqqq\"}",
			"SHA-256" },
		{ "{\"alg\":\"RS256\",\"nonce\":\"n\",\"url\":\"u\",\"x5t#S256\":\"=\"}",
			"SHA-256" },
		{ "{\"alg\":\"none\",\"alg\":\"RS256\",\"nonce\":\"n\",\"url\":\"u\",\"x5t#S256\":"
		  "\"" SHA "\"}",
			"decoded" },
		{ "[]", "decoded" },
		{ "RS256", "decoded" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEANUP(json_p) json_t *body = body_of(rows[i][0], "{}");
		refused(body, rows[i][1]);
	}
}

static void other_bodies_are_refused(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "{}", "flattened" },
		{ "[]", "flattened" },
		{ "{\"protected\":1,\"payload\":\"e30\",\"signature\":\"AA\"}", "flattened" },
		{ "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\",\"header\":{}}",
			"flattened" },
		{ "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"*\"}", "decoded" },
		{ "{\"protected\":\"e30=\",\"payload\":\"e30\",\"signature\":\"AA\"}", "decoded" },
		{ "{\"protected\":\"e30\",\"payload\":\"\",\"signature\":\"AA\"}", "decoded" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEANUP(json_p) json_t *body = json_loads(rows[i][0], 0, NULL);
		assert_non_null(body);
		refused(body, rows[i][1]);
	}
	refused(NULL, "flattened");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_fits_its_text_key_and_algorithm_only),
		cmocka_unit_test(algorithms_of_attacks_are_not_taken),
		cmocka_unit_test(a_renewals_parts_are_found_and_verified),
		cmocka_unit_test(other_headers_are_refused),
		cmocka_unit_test(other_bodies_are_refused),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
