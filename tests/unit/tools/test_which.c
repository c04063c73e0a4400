/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate has many names, and a name that fits two is none. */
#include "unit.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "cert.h"
#include "fail.h"
#include "p11.h"
#include "which.h"

static const struct p11_token card = { .label = "FINE card", .serial = "0102030405060708" };

static struct chain_text first, second;
static struct chain_cert bytes;
static struct which_cert certs[3];
static char *folder;

static int set_up(void **state)
{
	struct chain_cert other = cert_make("Second", NULL, 0);
	struct fail fail = FAIL_INIT;

	(void)state;
	folder = fresh_folder();
	bytes = cert_make("First", NULL, 0);
	assert_true(chain_describe(&bytes, &first, &fail));
	assert_true(chain_describe(&other, &second, &fail));
	free(other.der);
	certs[0] = (struct which_cert){ .serial = "018e1f",
		.sha256 = first.sha256,
		.subject = "CN=First",
		.token = &card,
		.label = "key",
		.id = (const uint8_t *)"\x01\xAB",
		.id_len = 2 };
	certs[1] = (struct which_cert){ .serial = "018e2f0a", .sha256 = second.sha256 };
	certs[2] = (struct which_cert){ .serial = "7f00000000000001", .sha256 = NULL };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(bytes.der);
	chain_text_clear(&first);
	chain_text_clear(&second);
	remove_folder(folder);
	return 0;
}

static char *in_folder(const char *name)
{
	static char path[300];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

/* The index that is found; the negative code if none is. */
__attribute__((noinline)) static int find(const char *text)
{
	struct fail fail = FAIL_INIT;
	size_t index = 99;

	return which_find(text, certs, 3, &index, &fail) ? (int)index : -(int)fail.code;
}

static void numbers_are_read_as_people_and_programs_write_them(void **state)
{
	static const struct {
		const char *text;
		int found;
	} rows[] = {
		{ "018e1f", 0 },
		{ "18E1F", 0 },
		{ "0x018E1F", 0 },
		{ "01:8e:1f", 0 },
		{ "01 8E 1F", 0 },
		{ "101919(0x018E1F)", 0 },
		{ "101919", 0 },
		{ "26095370", 1 },
		{ "018e2", 1 },
		{ "7f00", 2 },
		{ "018e", -FAIL_CERT_AMBIGUOUS },
		{ "0x018e", -FAIL_USAGE }, /* in full, not the beginning */
		{ "7f0", -FAIL_USAGE },    /* too little to be more than chance */
		{ "01ab", 0 },             /* the id */
		{ "7f00000000000002", -FAIL_USAGE },
		{ "101919(0x018E1F", -FAIL_USAGE },
		{ "x(0x018E1F)", -FAIL_USAGE },
		{ "0x", -FAIL_USAGE },
		{ "", -FAIL_USAGE },
		{ ":", -FAIL_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (find(rows[i].text) != rows[i].found)
			fail_msg("%s: %d", rows[i].text, find(rows[i].text));
	char text[WHICH_DIGITS_MAX + 2];
	snprintf(text, 21, "%s", first.sha256);
	assert_int_equal(find(text), 0);
	memset(text, '1', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(find(text), -FAIL_USAGE);
}

static void uris_name_what_is_on_this_computer(void **state)
{
	(void)state;
	assert_int_equal(find("pkcs11:token=FINE%20card;id=%01%AB;type=cert"), 0);
	assert_int_equal(find("PKCS11:object=key;type=private"), 0);
	assert_int_equal(find("pkcs11:serial=0102030405060708"), 0);
	assert_int_equal(find("pkcs11:object=other"), -FAIL_USAGE);
	assert_int_equal(find("pkcs11:id=%01"), -FAIL_USAGE);
	assert_int_equal(find("pkcs11:token=X"), -FAIL_USAGE);
	assert_int_equal(find("pkcs11:id=%zz"), -FAIL_USAGE);
}

static void a_file_in_either_form_names_its_certificate(void **state)
{
	const unsigned char *at = bytes.der;
	X509 *x509 = d2i_X509(NULL, &at, (long)bytes.len);
	FILE *file = fopen(in_folder("a.pem"), "w");

	(void)state;
	assert_non_null(file);
	fputs("text before it\n", file);
	assert_int_equal(PEM_write_X509(file, x509), 1);
	fclose(file);
	X509_free(x509);
	assert_int_equal(find(in_folder("a.pem")), 0);
	file = fopen(in_folder("a.der"), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.der, 1, bytes.len, file), bytes.len);
	fclose(file);
	assert_int_equal(find(in_folder("a.der")), 0);
	assert_non_null(freopen(in_folder("a.der"), "r", stdin));
	assert_int_equal(find("-"), 0);
	free(write_file(folder, "none.pem", "no certificate"));
	assert_int_equal(find(in_folder("none.pem")), -FAIL_USAGE);
	assert_int_equal(find(in_folder("missing.pem")), -FAIL_USAGE);
	certs[0].sha256 = second.sha256;
	assert_int_equal(find(in_folder("a.pem")), -FAIL_USAGE);
}

static void those_that_fit_are_listed_as_they_can_be_named(void **state)
{
	struct fail fail = FAIL_INIT;
	size_t index;

	(void)state;
	certs[1].subject = "CN=Second";
	assert_false(which_find("018e", certs, 3, &index, &fail));
	assert_non_null(strstr(fail.detail, "id=%01%AB;type=cert"));
	assert_non_null(strstr(fail.detail, "018e2f0a (CN=Second)"));
	assert_null(strstr(fail.detail, "7f00"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(numbers_are_read_as_people_and_programs_write_them),
		TEST(uris_name_what_is_on_this_computer),
		TEST(a_file_in_either_form_names_its_certificate),
		TEST(those_that_fit_are_listed_as_they_can_be_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
