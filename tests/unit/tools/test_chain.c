/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate is taken only when chain, key, name and time are right. */
#include "unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "chain.h"
#include "fail.h"

#define DAY 86400L

static EVP_PKEY *root_key, *issuing_key, *key, *other;
static struct chain_cert root, issuing;
static time_t now;

struct wanted {
	const char *subject, *issuer;
	EVP_PKEY *public, *signer;
	bool authority;
	long from_days, until_days;
};

static X509_NAME *name_of(const char *cn)
{
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	return name;
}

static struct chain_cert make(const struct wanted *wanted)
{
	X509 *cert = X509_new();
	X509_NAME *subject = name_of(wanted->subject), *issuer = name_of(wanted->issuer);
	struct chain_cert ret = { 0 };

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 0x018E1F);
	X509_set_subject_name(cert, subject);
	X509_set_issuer_name(cert, issuer);
	X509_time_adj_ex(X509_getm_notBefore(cert), (int)wanted->from_days, 0, &now);
	X509_time_adj_ex(X509_getm_notAfter(cert), (int)wanted->until_days, 0, &now);
	X509_set_pubkey(cert, wanted->public);
	X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
		wanted->authority ? "critical,CA:TRUE" : "CA:FALSE");
	X509_add_ext(cert, basic, -1);
	X509_EXTENSION_free(basic);
	assert_true(X509_sign(cert, wanted->signer, EVP_sha256()) > 0);
	unsigned char *der = NULL;
	ret.len = (size_t)i2d_X509(cert, &der);
	ret.der = malloc(ret.len);
	memcpy(ret.der, der, ret.len);
	OPENSSL_free(der);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
	X509_free(cert);
	return ret;
}

static int set_up(void **state)
{
	(void)state;
	now = 1800000000;
	root_key = EVP_RSA_gen(2048);
	issuing_key = EVP_RSA_gen(2048);
	key = EVP_RSA_gen(2048);
	other = EVP_RSA_gen(2048);
	root = make(&(struct wanted){ "Root", "Root", root_key, root_key, true, -100, 4000 });
	issuing = make(
		&(struct wanted){ "Issuing", "Root", issuing_key, root_key, true, -100, 4000 });
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(issuing_key);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	free(root.der);
	free(issuing.der);
	return 0;
}

/* FAIL_NONE: taken. authorities: how many of issuing, root are known. */
static enum fail_code check(const struct wanted *wanted, size_t authorities)
{
	struct chain chain = {
		.leaf = make(wanted), .authorities = { issuing, root }, .count = authorities
	};
	X509_NAME *name = name_of("Wang");
	unsigned char *subject = NULL;
	struct fail fail = FAIL_INIT;
	int len = i2d_X509_NAME(name, &subject);
	struct chain_wish wish = { key, subject, (size_t)len, now };
	bool ok = chain_check(&chain, &wish, &fail);

	assert_int_equal(ok, fail.code == FAIL_NONE);
	OPENSSL_free(subject);
	X509_NAME_free(name);
	free(chain.leaf.der);
	return fail.code;
}

static void only_the_right_certificate_is_taken(void **state)
{
	const struct wanted good = { "Wang", "Issuing", key, issuing_key, false, -1, 730 };
	struct wanted bad;

	(void)state;
	assert_int_equal(check(&good, 2), FAIL_NONE);
	assert_int_equal(check(&good, 1), FAIL_CERT_CHAIN); /* no root */
	assert_int_equal(check(&good, 0), FAIL_CERT_CHAIN);
	bad = good, bad.public = other;
	assert_int_equal(check(&bad, 2), FAIL_CERT_KEY);
	bad = good, bad.subject = "Chen";
	assert_int_equal(check(&bad, 2), FAIL_CERT_SUBJECT);
	bad = good, bad.signer = other;
	assert_int_equal(check(&bad, 2), FAIL_CERT_CHAIN);
	bad = good, bad.signer = key, bad.issuer = "Wang";
	assert_int_equal(check(&bad, 2), FAIL_CERT_CHAIN); /* self-signed */
	bad = good, bad.authority = true;
	assert_int_equal(check(&bad, 2), FAIL_CERT_CHAIN);
	bad = good, bad.from_days = 1;
	assert_int_equal(check(&bad, 2), FAIL_CERT_VALIDITY);
	bad = good, bad.from_days = -800, bad.until_days = -1;
	assert_int_equal(check(&bad, 2), FAIL_CERT_VALIDITY);
}

static void rubbish_is_told_from_a_certificate(void **state)
{
	uint8_t bytes[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
	struct chain chain = { .leaf = { bytes, sizeof bytes } };
	struct chain_wish wish = { key, bytes, sizeof bytes, now };
	struct chain_text text;
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_false(chain_check(&chain, &wish, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_false(chain_describe(&chain.leaf, &text, &fail));
	assert_false(chain_is_root(&chain.leaf));
}

static void a_description_is_for_people(void **state)
{
	struct chain_text text;
	struct fail fail = FAIL_INIT;
	struct chain_cert leaf =
		make(&(struct wanted){ "王小明\033", "Issuing", key, issuing_key, false, 0, 1 });

	(void)state;
	assert_true(chain_describe(&leaf, &text, &fail));
	assert_non_null(strstr(text.subject, "王小明"));
	assert_null(strchr(text.subject, '\033'));
	assert_string_equal(text.serial, "018e1f");
	assert_string_equal(text.not_before, "2027-01-15T08:00:00Z");
	assert_string_equal(text.not_after, "2027-01-16T08:00:00Z");
	assert_int_equal(strlen(text.sha256), 64);
	assert_false(chain_is_root(&leaf));
	assert_true(chain_is_root(&root));
	chain_text_clear(&text);
	free(leaf.der);
}

static void the_way_to_the_root_has_no_gap_or_names_it(void **state)
{
	struct chain_cert leaf =
		make(&(struct wanted){ "Wang", "Issuing", key, issuing_key, false, -1, 1 });
	struct chain_cert forged =
		make(&(struct wanted){ "Wang", "Issuing", key, other, false, -1, 1 });
	struct chain whole = { leaf, { root, issuing }, 2 }, gap = { leaf, { root }, 1 };
	struct chain half = { leaf, { issuing }, 1 }, wrong = { forged, { root, issuing }, 2 };
	char *missing;

	(void)state;
	assert_true(chain_reaches_root(&whole, &missing));
	assert_null(missing);
	assert_false(chain_reaches_root(&gap, &missing));
	assert_string_equal(missing, "CN=Issuing");
	free(missing);
	assert_false(chain_reaches_root(&half, &missing));
	assert_string_equal(missing, "CN=Root");
	free(missing);
	assert_false(
		chain_reaches_root(&wrong, &missing)); /* the name is right, the signature is not */
	free(missing);
	free(leaf.der);
	free(forged.der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_right_certificate_is_taken),
		cmocka_unit_test(rubbish_is_told_from_a_certificate),
		cmocka_unit_test(a_description_is_for_people),
		cmocka_unit_test(the_way_to_the_root_has_no_gap_or_names_it),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
