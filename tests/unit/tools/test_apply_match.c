/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to which: names in the record, orders and keys, certificates whose time is over. */
#include "unit.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "lib/ra_renewal.h"
#include "lib/text.h"

#include "apply_match.h"

static enum ra_window window;
static bool told;

/* In place of the RA. */
bool ra_renewal_info(
	struct ra *ra, const char *sha256, struct ra_renewal_info *ret, struct fail *fail)
{
	(void)ra;
	assert_int_equal(strlen(sha256), 64);
	ret->window = window;
	return told || fail_set(fail, FAIL_RA_UNREACHABLE, NULL);
}

static void the_record_numbers_all_but_the_first(void **state)
{
	char buf[APPLY_NAME_MAX];

	(void)state;
	assert_string_equal(apply_name(buf, "csr", 0), "csr");
	assert_string_equal(apply_name(buf, "csr", 1), "csr2");
	assert_string_equal(apply_name(buf, "certificate", 2), "certificate3");
}

static void a_digest_is_written_in_lower_case(void **state)
{
	char *hex = NULL;

	(void)state;
	assert_true(apply_sha256((const uint8_t *)"abc", 3, &hex));
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	free(hex);
}

static char *digest_of(EVP_PKEY *key)
{
	unsigned char *der = NULL;
	char *hex = NULL;
	int len = i2d_PUBKEY(key, &der);

	assert_true(len > 0 && apply_sha256(der, (size_t)len, &hex));
	OPENSSL_free(der);
	return hex;
}

static void an_order_is_for_the_key_that_it_names(void **state)
{
	EVP_PKEY *mine = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	struct ra_order order = { 0 };
	char *hex = digest_of(mine);

	(void)state;
	assert_false(apply_order_of_key(&order, 0, mine)); /* it names none */
	order.key_sha256[1] = hex;
	assert_false(apply_order_of_key(&order, 0, mine));
	assert_true(apply_order_of_key(&order, 1, mine));
	assert_false(apply_order_of_key(&order, 1, other));
	for (char *c = hex; *c; c++) /* an RA may write it so */
		*c = *c >= 'a' && *c <= 'f' ? (char)(*c - 'a' + 'A') : *c;
	assert_true(apply_order_of_key(&order, 1, mine));
	hex[63] = '\0';
	assert_false(apply_order_of_key(&order, 1, mine));
	free(hex);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(other);
}

static void a_certificate_is_over_only_if_the_ra_says_so(void **state)
{
	static const struct {
		enum ra_window window;
		bool over;
	} rows[] = { { RA_EXPIRED_CERT, true }, { RA_REVOKED, true }, { RA_OPEN, false },
		{ RA_EARLY, false } };
	struct apply apply = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		window = rows[i].window;
		told = true;
		assert_int_equal(apply_is_over(&apply, (const uint8_t *)"der", 3), rows[i].over);
		told = false; /* unreachable: nothing is known, nothing is given up */
		assert_false(apply_is_over(&apply, (const uint8_t *)"der", 3));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_record_numbers_all_but_the_first),
		cmocka_unit_test(a_digest_is_written_in_lower_case),
		cmocka_unit_test(an_order_is_for_the_key_that_it_names),
		cmocka_unit_test(a_certificate_is_over_only_if_the_ra_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
