/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_certificate.c: who may fetch which certificate, when, and in which form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <openssl/pem.h>

#include "ca.h"
#include "cleanup.h"
#include "kit.h"

enum {
	NOW = 1800000000
};

#define DER "application/pkix-cert"
#define PEM "application/pem-certificate-chain"

static struct kit_caller soft = { "soft", 0, NOW };
static struct kit_caller bts = { "bts", 0, NOW };

static int open_all(void **state)
{
	if (kit_open_ca(state) != 0)
		return 1;
	soft.account = kit_account("soft", "s1", false);
	bts.account = kit_account("bts", "b1", false);
	kit_certificate(&soft, "a1", NOW + 9);
	kit_certificate(&soft, "a2", NOW + 9);
	kit_certificate(&bts, "b1", NOW + 9);
	CLEANUP(pkey_p) EVP_PKEY *key = kit_rsa(2048, 65537);
	CLEANUP(x509_p) X509 *cert = kit_cert(key);
	kit_certificate_is("a1", cert);
	kit_certificate_is("b1", cert);
	return 0;
}

static void the_list_is_ones_own_newest_first(void **state)
{
	(void)state;
	struct reply reply = kit_call(certificate_list, &soft, NULL, NULL);
	const json_t *list = json_object_get(reply.json, "certificates");
	assert_int_equal(json_array_size(list), 2);
	const json_t *first = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(first, "id")), "a2");
	assert_string_equal(json_string_value(json_object_get(first, "status")), "valid");
	assert_true(json_is_false(json_object_get(first, "downloaded")));
	kit_reply_clear(&reply);
	const struct kit_caller nobody = { "soft", soft.account + 99, NOW };
	reply = kit_call(certificate_list, &nobody, NULL, NULL);
	assert_int_equal(json_array_size(json_object_get(reply.json, "certificates")), 0);
	kit_reply_clear(&reply);
}

static void the_form_is_what_was_asked_for(void **state)
{
	(void)state;
	struct reply reply = kit_call(certificate_get, &soft, "a1", NULL);
	assert_string_equal(kit_text(&reply, "serial_number"), "a1");
	kit_reply_clear(&reply);
	kit_has("SELECT count(downloaded) FROM certificate", "0"); /* no bytes were given */
	kit_more.accept = DER;
	reply = kit_call(certificate_get, &soft, "a1", NULL);
	assert_string_equal(reply.type, DER);
	const unsigned char *at = reply.bytes;
	CLEANUP(x509_p) X509 *cert = d2i_X509(NULL, &at, (long)reply.len);
	assert_non_null(cert);
	kit_reply_clear(&reply);
	kit_has("SELECT downloaded FROM certificate WHERE id='a1'", "1800000000");
	kit_more.accept = PEM;
	reply = kit_call(certificate_get, &soft, "a1", NULL);
	CLEANUP(bio_p) BIO *bio = BIO_new_mem_buf(reply.bytes, (int)reply.len);
	for (int i = 0; i < 3; i++) { /* leaf, issuing CA, root */
		CLEANUP(x509_p) X509 *one = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		assert_non_null(one);
		assert_int_equal(X509_cmp(one, i == 0   ? cert
					       : i == 1 ? ca_issuing(kit_ra.ca)
							: ca_root(kit_ra.ca)),
			0);
	}
	kit_reply_clear(&reply);
	kit_more.accept = "image/png";
	kit_says(certificate_get, &soft, "a1", NULL, "not-acceptable");
	kit_says(certificate_get, &bts, "a1", NULL, "not-found");
	kit_says(certificate_get, &soft, "nosuch", NULL, "not-found");
}

static void the_bytes_wait_for_the_activation(void **state)
{
	(void)state;
	kit_sql("UPDATE certificate SET active=0 WHERE id='a1'");
	kit_more.accept = DER;
	kit_says(certificate_get, &soft, "a1", NULL, "activation-required");
	kit_says(certificate_get, &soft, "a1", NULL, ""); /* what it is may be known */
	kit_sql("UPDATE certificate SET active=1 WHERE id='a1'");
}

/* bts: in the session that ordered it, or after customer service has allowed it. */
static void a_second_download_has_to_be_enabled(void **state)
{
	(void)state;
	kit_sql("UPDATE orders SET session='ses' WHERE id='b1'");
	kit_more.accept = DER;
	kit_says(certificate_get, &bts, "b1", NULL, "download-not-enabled");
	kit_more = (struct kit_more){ .accept = DER, .session = "ses" };
	kit_says(certificate_get, &bts, "b1", NULL, "");
	kit_sql("UPDATE orders SET state='acknowledged' WHERE id='b1'");
	kit_more = (struct kit_more){ .accept = DER, .session = "ses" };
	kit_says(certificate_get, &bts, "b1", NULL, "download-not-enabled");
	kit_sql("UPDATE account SET redownload=1 WHERE site='bts'");
	kit_more.accept = DER;
	kit_says(certificate_get, &bts, "b1", NULL, "");
}

static void the_cas_own_are_for_everybody(void **state)
{
	(void)state;
	struct reply reply = kit_call(ca_certificates_get, &soft, NULL, NULL);
	const json_t *list = json_object_get(reply.json, "certificates");
	assert_int_equal(json_array_size(list), 2);
	assert_true(reply.cacheable);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(list, 1), "role")), "root");
	kit_reply_clear(&reply);
	kit_more.accept = PEM;
	reply = kit_call(ca_certificates_get, &soft, NULL, NULL);
	assert_string_equal(reply.type, PEM);
	kit_reply_clear(&reply);
	kit_more.accept = DER; /* which of the two? */
	reply = kit_call(ca_certificates_get, &soft, NULL, NULL);
	assert_string_equal(kit_problem(&reply), "not-acceptable");
	assert_false(reply.cacheable);
	kit_reply_clear(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_ones_own_newest_first),
		cmocka_unit_test(the_form_is_what_was_asked_for),
		cmocka_unit_test(the_bytes_wait_for_the_activation),
		cmocka_unit_test(a_second_download_has_to_be_enabled),
		cmocka_unit_test(the_cas_own_are_for_everybody),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
