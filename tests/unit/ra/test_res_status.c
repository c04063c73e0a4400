/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_status.c: revocation lists and OCSP tell what is revoked now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "ca.h"
#include "cleanup.h"
#include "kit.h"
#include "text.h"

enum {
	NOW = 1800000000
};

static struct kit_caller post = { "post", 0, NOW };

static int open_all(void **state)
{
	if (kit_open_ca(state) != 0)
		return 1;
	post.account = kit_account("post", "p1", false);
	kit_certificate(&post, "0a01", NOW + 9);
	kit_certificate(&post, "0a02", NOW + 9);
	kit_certificate(&post, "0a03", NOW + 9);
	kit_sql("UPDATE certificate SET revoked=1799999000, reason=6 WHERE id='0a02'");
	kit_sql("UPDATE certificate SET revoked=1799999000, reason=1 WHERE id='0a03'");
	return 0;
}

/* How many the list names. */
static int revoked(const char *list)
{
	struct reply reply = kit_call(crl_get, &post, list, NULL);
	const unsigned char *at = reply.bytes;
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.type, "application/pkix-crl");
	X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)reply.len);
	assert_non_null(crl);
	int count = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl));
	X509_CRL_free(crl);
	kit_reply_clear(&reply);
	return count > 0 ? count : 0;
}

static void a_list_names_what_is_revoked_or_suspended(void **state)
{
	(void)state;
	assert_int_equal(revoked("issuing.crl"), 2);
	assert_int_equal(revoked("root.crl"), 0);
	kit_sql("UPDATE certificate SET revoked=NULL, reason=0 WHERE id='0a02'"); /* resumed */
	assert_int_equal(revoked("issuing.crl"), 1);
	kit_says(crl_get, &post, "other.crl", NULL, "not-found");
	kit_says(crl_get, &post, "", NULL, "not-found");
}

/* DER of a question for a serial number; the caller frees. */
static unsigned char *question(const char *serial, size_t *ret_len)
{
	BIGNUM *number = NULL;
	unsigned char *der = NULL;
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	const X509 *issuer = ca_issuing(kit_ra.ca);
	assert_true(BN_hex2bn(&number, serial) > 0);
	ASN1_INTEGER *integer = BN_to_ASN1_INTEGER(number, NULL);
	OCSP_CERTID *id = OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(issuer),
		X509_get0_pubkey_bitstr(issuer), integer);
	assert_non_null(OCSP_request_add0_id(request, id));
	int len = i2d_OCSP_REQUEST(request, &der);
	assert_true(len > 0);
	*ret_len = (size_t)len;
	OCSP_REQUEST_free(request);
	ASN1_INTEGER_free(integer);
	BN_free(number);
	return der;
}

/* V_OCSP_CERTSTATUS_*, or -1: no answer about one certificate. Clears the reply. */
static int answer(struct reply *reply)
{
	const unsigned char *at = reply->bytes;
	int status = -1;
	assert_int_equal(reply->status, 200);
	assert_string_equal(reply->type, "application/ocsp-response");
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)reply->len);
	assert_non_null(response);
	if (OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
		OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
		assert_int_equal(OCSP_resp_count(basic), 1);
		status = OCSP_single_get0_status(OCSP_resp_get0(basic, 0), NULL, NULL, NULL, NULL);
		OCSP_BASICRESP_free(basic);
	}
	OCSP_RESPONSE_free(response);
	kit_reply_clear(reply);
	return status;
}

static int posted(const char *serial)
{
	size_t len = 0;
	unsigned char *der = question(serial, &len);
	kit_more = (struct kit_more){
		.content_type = "application/ocsp-request", .bytes = der, .len = len
	};
	struct reply reply = kit_call(ocsp_post, &post, NULL, NULL);
	OPENSSL_free(der);
	return answer(&reply);
}

static void ocsp_tells_the_state_of_one(void **state)
{
	(void)state;
	assert_int_equal(posted("0a01"), V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(posted("0a02"), V_OCSP_CERTSTATUS_GOOD); /* resumed above */
	assert_int_equal(posted("0a03"), V_OCSP_CERTSTATUS_REVOKED);
	assert_int_equal(posted("0a99"), V_OCSP_CERTSTATUS_UNKNOWN);
	kit_sql("UPDATE certificate SET revoked=1799999000, reason=6 WHERE id='0a02'");
	assert_int_equal(posted("0a02"), V_OCSP_CERTSTATUS_REVOKED);
}

static void ocsp_takes_get_and_refuses_what_is_none(void **state)
{
	(void)state;
	char path[512];
	size_t len = 0;
	unsigned char *der = question("0a03", &len);
	CLEANUP(free_p) char *base64 = text_base64(der, len);
	OPENSSL_free(der);
	snprintf(path, sizeof path, "/v1/ocsp/%s", base64);
	kit_more.path = path;
	struct reply reply = kit_call(ocsp_get, &post, NULL, NULL);
	assert_int_equal(answer(&reply), V_OCSP_CERTSTATUS_REVOKED);
	kit_more.path = "/v1/ocsp/!!";
	reply = kit_call(ocsp_get, &post, NULL, NULL);
	assert_int_equal(answer(&reply), -1);
	kit_more = (struct kit_more){
		.content_type = "application/ocsp-request", .bytes = "\x30\x05xx", .len = 4
	};
	reply = kit_call(ocsp_post, &post, NULL, NULL);
	assert_int_equal(answer(&reply), -1);
	kit_more.content_type = "application/json";
	kit_says(ocsp_post, &post, NULL, NULL, "unsupported-media-type");
	kit_says(ocsp_post, &post, NULL, NULL, "unsupported-media-type");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_names_what_is_revoked_or_suspended),
		cmocka_unit_test(ocsp_tells_the_state_of_one),
		cmocka_unit_test(ocsp_takes_get_and_refuses_what_is_none),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
