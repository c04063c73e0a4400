/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#11 URIs name exactly the token they say. */
#include "unit.h"

#include "fail.h"
#include "p11.h"
#include "uri.h"

static const struct p11_token token = { .label = "FINE card",
	.manufacturer = "M",
	.model = "CardOS V4.4",
	.serial = "0102030405060708" };

static void a_token_is_matched_by_what_is_said(void **state)
{
	static const struct {
		const char *uri;
		bool match;
	} rows[] = {
		{ "pkcs11:", true },
		{ "pkcs11:token=FINE%20card", true },
		{ "pkcs11:serial=0102030405060708;model=CardOS%20V4.4", true },
		{ "pkcs11:token=FINE", false },
		{ "pkcs11:serial=0102030405060709", false },
		{ "pkcs11:unheard-of=x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		bool match;
		assert_true(uri_match_token(rows[i].uri, &token, &match, &fail));
		assert_int_equal(match, rows[i].match);
	}
}

static void what_is_no_uri_is_refused(void **state)
{
	struct fail fail = FAIL_INIT;
	bool match;

	(void)state;
	assert_false(uri_match_token("http://x/", &token, &match, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	assert_false(uri_match_token("pkcs11:token=%zz", &token, &match, &fail));
}

/* Attributes of a slot count like those of a token. */
static void a_reader_is_matched_too(void **state)
{
	struct p11_token in_reader = token;
	struct fail fail = FAIL_INIT;
	bool match;

	(void)state;
	in_reader.slot = 7;
	snprintf(in_reader.reader, sizeof in_reader.reader, "Reader A");
	assert_true(uri_match_token("pkcs11:slot-id=7", &in_reader, &match, &fail));
	assert_true(match);
	assert_true(uri_match_token("pkcs11:slot-id=8", &in_reader, &match, &fail));
	assert_false(match);
	assert_true(
		uri_match_token("pkcs11:slot-description=Reader%20A", &in_reader, &match, &fail));
	assert_true(match);
	assert_true(uri_match_token("pkcs11:slot-description=B", &in_reader, &match, &fail));
	assert_false(match);
}

static void the_pins_place_is_taken_from_it_but_never_the_pin(void **state)
{
	static const struct {
		const char *uri, *source;
		bool ok;
	} rows[] = {
		{ NULL, NULL, true },
		{ "pkcs11:token=x", NULL, true },
		{ "pkcs11:token=x?pin-source=file:/run/pin", "file:/run/pin", true },
		{ "pkcs11:token=x?pin-source=/run/my%20pin", "file:/run/my pin", true },
		{ "pkcs11:token=x?pin-source=env:PIN", "env:PIN", true },
		{ "pkcs11:token=x?pin-value=1234", NULL, false },
		{ "token=x", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		char *source = NULL;
		assert_int_equal(uri_pin_source(rows[i].uri, &source, &fail), rows[i].ok);
		assert_int_equal(fail.code, rows[i].ok ? FAIL_NONE : FAIL_USAGE);
		assert_null(strstr(fail.detail, "1234"));
		if (rows[i].source)
			assert_string_equal(source, rows[i].source);
		else
			assert_null(source);
		free(source);
	}
}

static void an_objects_uri_leads_back_to_its_token(void **state)
{
	struct fail fail = FAIL_INIT;
	bool match;
	char *uri = uri_of_object(&token, (const uint8_t *)"\x01\xFF", 2, "cert");

	(void)state;
	assert_non_null(uri);
	assert_non_null(strstr(uri, "id=%01%FF"));
	assert_non_null(strstr(uri, "type=cert"));
	assert_true(uri_match_token(uri, &token, &match, &fail));
	assert_true(match);
	free(uri);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_matched_by_what_is_said),
		cmocka_unit_test(what_is_no_uri_is_refused),
		cmocka_unit_test(a_reader_is_matched_too),
		cmocka_unit_test(the_pins_place_is_taken_from_it_but_never_the_pin),
		cmocka_unit_test(an_objects_uri_leads_back_to_its_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
