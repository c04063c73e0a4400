/* SPDX-License-Identifier: Apache-2.0 */
/* A file on its way to a phone: what is shown as a code is an address and nothing else. */
#include "site.h"

#include "json.h"
#include "ra_phone.h"

#define ANSWER "{\"qr\":\"https://ra/t/1\",\"expires\":\"2026-01-31\\u001b10:20\"}"

static struct ra *ra;

static int set_up(void **state)
{
	*state = ra =
		site_open("\"login\":{\"password_policy\":{}},\"resources\":{\"phone_transfers\":"
			  "\"https://ra/phone\"}");
	return 0;
}

static bool try_send(const char *document, struct fail *fail)
{
	const struct ra_phone_file file = { "aa", (const uint8_t *)"PFX", 3 };
	struct ra_transfer transfer = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_phone_send(ra, &file, &transfer, fail);
	ra_transfer_clear(&transfer);
	return ok;
}

static void a_file_is_handed_over(void **state)
{
	const struct ra_phone_file file = { "aa", (const uint8_t *)"PFX", 3 };
	struct ra_transfer transfer = { 0 };
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, ANSWER);
	assert_true(ra_phone_send(ra, &file, &transfer, &fail));
	assert_string_equal(wire.body, "{\"certificate_sha256\":\"aa\",\"pfx\":\"UEZY\"}");
	assert_string_equal(transfer.qr, "https://ra/t/1");
	assert_string_equal(transfer.expires, "2026-01-3110:20");
	ra_transfer_clear(&transfer);
	assert_null(transfer.qr);
	assert_true(wire_break_all(ANSWER, try_send, &tried) < tried);
}

static void what_is_no_address_is_not_shown(void **state)
{
	static const struct {
		const char *qr;
		size_t fill; /* x behind it */
		bool good;
	} rows[] = {
		{ "https://", 504, true },
		{ "https://", 505, false },
		{ "http://ra/", 0, false },
		{ "", 0, false },
		{ "https://a b", 0, false },
		{ "https://a\\nb", 0, false },
		{ "https://a\\u007f", 0, false },
		{ "https://\\u81fa", 0, false },
		{ "javascript:x", 0, false },
		{ "HTTPS://ra/", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char fill[600] = "", text[800];
		struct fail fail = FAIL_INIT;
		memset(fill, 'x', rows[i].fill);
		snprintf(
			text, sizeof text, "{\"qr\":\"%s%s\",\"expires\":\"x\"}", rows[i].qr, fill);
		if (try_send(text, &fail) != rows[i].good)
			fail_msg("row %zu", i);
		assert_int_equal(fail.code, rows[i].good ? FAIL_NONE : FAIL_RA_REPLY);
	}
}

static void a_site_without_phones_says_so(void **state)
{
	const struct ra_phone_file file = { "aa", (const uint8_t *)"", 0 };
	struct ra_transfer transfer = { 0 };
	struct fail fail = FAIL_INIT;
	struct ra *other = site_open("\"login\":{\"password_policy\":{}},\"resources\":{}");

	(void)state;
	assert_false(ra_phone_send(other, &file, &transfer, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	ra_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_file_is_handed_over),
		TEST(what_is_no_address_is_not_shown),
		TEST(a_site_without_phones_says_so),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
