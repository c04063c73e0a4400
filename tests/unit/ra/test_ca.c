/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/ca.c and subject.c: what is in issued certificates and in the lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca.h"
#include "cleanup.h"
#include "kit.h"
#include "subject.h"
#include "text.h"

static EVP_PKEY *key;

static int make_key(void **state)
{
	key = kit_rsa(2048, 65537);
	return kit_open_ca(state);
}

static int free_key(void **state)
{
	EVP_PKEY_free(key);
	return kit_close(state);
}

static X509 *issued(const char *from, int years, const char *usage, const char *extended)
{
	CLEANUP(name_p) X509_NAME *name = kit_name("Issued");
	const struct ca_order order = { .subject = name,
		.key = key,
		.not_before = text_parse_time(from),
		.years = years,
		.key_usage = usage,
		.ext_key_usage = extended,
		.crl_url = "https://ra.example/crl",
		.ca_url = "https://ra.example/ca",
		.ocsp_url = "https://ra.example/ocsp" };
	return ca_issue(kit_ra.ca, &order);
}

static X509 *plain(void)
{
	X509 *cert = issued("2026-03-04T05:06:07Z", 2, "digitalSignature nonRepudiation",
		"clientAuth emailProtection");
	assert_non_null(cert);
	return cert;
}

static int64_t when(const ASN1_TIME *time)
{
	struct tm tm;
	assert_int_equal(ASN1_TIME_to_tm(time, &tm), 1);
	return timegm(&tm);
}

static void a_certificate_is_valid_for_its_years(void **state)
{
	(void)state;
	static const struct {
		const char *from;
		int years;
		const char *to;
	} rows[] = {
		{ "2026-03-04T05:06:07Z", 2, "2028-03-04T05:06:07Z" },
		{ "2026-12-31T23:59:59Z", 1, "2027-12-31T23:59:59Z" },
		{ "2024-02-29T00:00:00Z", 4, "2028-02-29T00:00:00Z" },
		{ "2048-06-01T00:00:00Z", 5, "2053-06-01T00:00:00Z" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEANUP(x509_p)
		X509 *cert = issued(rows[i].from, rows[i].years, "digitalSignature", "clientAuth");
		assert_non_null(cert);
		assert_int_equal(when(X509_get0_notBefore(cert)), text_parse_time(rows[i].from));
		assert_int_equal(when(X509_get0_notAfter(cert)), text_parse_time(rows[i].to));
	}
}

static void a_certificate_names_its_usages(void **state)
{
	(void)state;
	CLEANUP(x509_p) X509 *cert = plain();
	assert_int_equal(X509_get_version(cert), X509_VERSION_3);
	assert_int_equal(X509_get_key_usage(cert), KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
	assert_int_equal(X509_get_extended_key_usage(cert), XKU_SSL_CLIENT | XKU_SMIME);
	assert_int_equal(X509_check_ca(cert), 0);
	int usage = X509_get_ext_by_NID(cert, NID_key_usage, -1);
	int basic = X509_get_ext_by_NID(cert, NID_basic_constraints, -1);
	assert_true(X509_EXTENSION_get_critical(X509_get_ext(cert, usage)));
	assert_true(X509_EXTENSION_get_critical(X509_get_ext(cert, basic)));
	CLEANUP(x509_p)
	X509 *other = issued("2026-03-04T05:06:07Z", 2, "keyEncipherment", "emailProtection");
	assert_int_equal(X509_get_key_usage(other), KU_KEY_ENCIPHERMENT);
	assert_int_equal(X509_get_extended_key_usage(other), XKU_SMIME);
}

static void a_certificate_hangs_on_the_issuing_ca(void **state)
{
	(void)state;
	CLEANUP(x509_p) X509 *cert = plain();
	X509 *issuing = X509_dup((X509 *)(uintptr_t)ca_issuing(kit_ra.ca));
	X509 *root = X509_dup((X509 *)(uintptr_t)ca_root(kit_ra.ca));
	unsigned char hash[20];
	unsigned len = 0;
	assert_int_equal(X509_check_issued(issuing, cert), X509_V_OK);
	assert_int_equal(X509_verify(cert, X509_get0_pubkey(issuing)), 1);
	assert_int_equal(X509_verify(issuing, X509_get0_pubkey(root)), 1);
	assert_int_equal(X509_pubkey_digest(cert, EVP_sha1(), hash, &len), 1);
	const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(cert);
	assert_int_equal(ASN1_STRING_length(own), 20);
	assert_memory_equal(ASN1_STRING_get0_data(own), hash, 20);
	assert_int_equal(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(cert),
				 X509_get0_subject_key_id(issuing)),
		0);
	assert_int_equal(X509_get_pathlen(issuing), 0);
	X509_free(issuing);
	X509_free(root);
}

static bool has(const X509 *cert, int nid, const char *words)
{
	char *text = NULL;
	CLEANUP(bio_p) BIO *bio = BIO_new(BIO_s_mem());
	int at = X509_get_ext_by_NID(cert, nid, -1);
	assert_true(at >= 0);
	assert_int_equal(X509V3_EXT_print(bio, X509_get_ext(cert, at), 0, 0), 1);
	assert_int_equal(BIO_write(bio, "", 1), 1);
	BIO_get_mem_data(bio, &text);
	return strstr(text, words) != NULL;
}

static void a_certificate_says_where_to_ask(void **state)
{
	(void)state;
	CLEANUP(x509_p) X509 *cert = plain();
	assert_true(has(cert, NID_crl_distribution_points, "URI:https://ra.example/crl"));
	assert_true(has(cert, NID_info_access, "CA Issuers - URI:https://ra.example/ca"));
	assert_true(has(cert, NID_certificate_policies, "1.3.6.1.4.1.32473.1.1"));
}

static void serials_are_positive_long_and_never_the_same(void **state)
{
	(void)state;
	CLEANUP(x509_p) X509 *one = plain();
	CLEANUP(x509_p) X509 *two = plain();
	const ASN1_INTEGER *serial = X509_get0_serialNumber(one);
	assert_int_equal(ASN1_STRING_length(serial), 16);
	assert_int_equal(ASN1_STRING_get0_data(serial)[0] & 0xc0, 0x40);
	assert_int_not_equal(ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(two)), 0);
}

static void a_usage_without_meaning_issues_nothing(void **state)
{
	(void)state;
	assert_null(issued("2026-03-04T05:06:07Z", 2, "nosuchusage", "clientAuth"));
	assert_null(issued("2026-03-04T05:06:07Z", 2, "digitalSignature", "no such usage"));
}

static X509_CRL *list(bool root, int64_t now, const struct ca_revoked *revoked, size_t count)
{
	size_t len = 0;
	CLEANUP(bytes_p) unsigned char *der = ca_crl(kit_ra.ca, root, now, revoked, count, &len);
	const unsigned char *end = der;
	assert_non_null(der);
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)len);
	assert_non_null(crl);
	assert_ptr_equal(end, der + len);
	return crl;
}

/* The reason of a serial on the list; -1: no reason is given, -2: not on the list. */
static long reason_of(X509_CRL *crl, uint64_t number, int64_t revoked_at)
{
	X509_REVOKED *entry = NULL;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	assert_int_equal(ASN1_INTEGER_set_uint64(serial, number), 1);
	int found = X509_CRL_get0_by_serial(crl, &entry, serial);
	ASN1_INTEGER_free(serial);
	if (!found)
		return -2;
	assert_int_equal(when(X509_REVOKED_get0_revocationDate(entry)), revoked_at);
	ASN1_ENUMERATED *code = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	long reason = code ? ASN1_ENUMERATED_get(code) : -1;
	ASN1_ENUMERATED_free(code);
	return reason;
}

static void a_list_gives_serials_times_and_reasons(void **state)
{
	(void)state;
	static const struct ca_revoked revoked[] = {
		{ "4000000000000002", 1800000002, 6 },
		{ "4000000000000001", 1800000001, 0 },
		{ "4000000000000003", 1800000003, 4 },
	};
	X509_CRL *crl = list(false, 1800001000, revoked, 3);
	assert_int_equal(X509_CRL_verify(crl, X509_get0_pubkey(ca_issuing(kit_ra.ca))), 1);
	assert_int_equal(when(X509_CRL_get0_lastUpdate(crl)), 1800001000);
	assert_int_equal(when(X509_CRL_get0_nextUpdate(crl)), 1800001000 + 86400);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 3);
	assert_int_equal(reason_of(crl, 0x4000000000000001, 1800000001), -1);
	assert_int_equal(reason_of(crl, 0x4000000000000002, 1800000002), 6);
	assert_int_equal(reason_of(crl, 0x4000000000000003, 1800000003), 4);
	assert_int_equal(reason_of(crl, 0x4000000000000004, 0), -2);
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	int64_t value = 0;
	assert_int_equal(ASN1_INTEGER_get_int64(&value, number), 1);
	assert_int_equal(value, 1800001000);
	ASN1_INTEGER_free(number);
	X509_CRL_free(crl);
}

static void the_roots_list_is_the_roots(void **state)
{
	(void)state;
	X509_CRL *crl = list(true, 1800000000, NULL, 0);
	assert_int_equal(X509_CRL_verify(crl, X509_get0_pubkey(ca_root(kit_ra.ca))), 1);
	assert_int_not_equal(X509_CRL_verify(crl, X509_get0_pubkey(ca_issuing(kit_ra.ca))), 1);
	assert_int_equal(
		X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(ca_root(kit_ra.ca))),
		0);
	X509_CRL_free(crl);
	size_t len = 0;
	const struct ca_revoked bad = { "no hex", 1800000000, 0 };
	assert_null(ca_crl(kit_ra.ca, false, 1800000000, &bad, 1, &len));
}

static void the_same_folder_gives_the_same_ca(void **state)
{
	(void)state;
	struct ca *again = ca_open(kit_folder);
	assert_non_null(again);
	assert_int_equal(X509_cmp(ca_root(again), ca_root(kit_ra.ca)), 0);
	assert_int_equal(X509_cmp(ca_issuing(again), ca_issuing(kit_ra.ca)), 0);
	ca_close(again);
	struct stat st;
	CLEANUP(free_p) char *path = NULL;
	assert_true(asprintf(&path, "%s/issuing.key", kit_folder) > 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(truncate(path, 40), 0); /* the folder goes away after this */
	assert_null(ca_open(kit_folder));
	ca_close(NULL);
}

static void a_subject_is_made_of_site_and_person(void **state)
{
	(void)state;
	const struct site *site = site_find("fine", 4);
	assert_non_null(site);
	CLEANUP(name_p) X509_NAME *own = subject_make(site, "Org", "王小明-01");
	CLEANUP(free_p) char *text = subject_text(own);
	assert_string_equal(text, "CN=王小明-01,OU=Reference RA,O=Org,C=TW");
	CLEANUP(name_p) X509_NAME *sites = subject_make(site, "", "a,b+c");
	CLEANUP(free_p) char *escaped = subject_text(sites);
	assert_string_equal(escaped, "CN=a\\,b\\+c,OU=Reference RA,O=FINE 金融資訊交換平台,C=TW");
	assert_int_not_equal(X509_NAME_cmp(own, sites), 0);
}

static void a_subject_that_no_certificate_can_hold_is_none(void **state)
{
	(void)state;
	const struct site *site = site_find("fine", 4);
	char cn[66];
	memset(cn, 'x', 65);
	cn[65] = 0;
	assert_null(subject_make(site, "", cn));
	assert_null(subject_make(site, "", "\xff\xfe"));
	cn[64] = 0;
	CLEANUP(name_p) X509_NAME *name = subject_make(site, "", cn);
	assert_non_null(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_is_valid_for_its_years),
		cmocka_unit_test(a_certificate_names_its_usages),
		cmocka_unit_test(a_certificate_hangs_on_the_issuing_ca),
		cmocka_unit_test(a_certificate_says_where_to_ask),
		cmocka_unit_test(serials_are_positive_long_and_never_the_same),
		cmocka_unit_test(a_usage_without_meaning_issues_nothing),
		cmocka_unit_test(a_list_gives_serials_times_and_reasons),
		cmocka_unit_test(the_roots_list_is_the_roots),
		cmocka_unit_test(a_subject_is_made_of_site_and_person),
		cmocka_unit_test(a_subject_that_no_certificate_can_hold_is_none),
		cmocka_unit_test(the_same_folder_gives_the_same_ca),
	};
	return cmocka_run_group_tests(tests, make_key, free_key);
}
