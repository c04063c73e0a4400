/* SPDX-License-Identifier: Apache-2.0 */
/* The release of a PUK: both values it may have and the one it shall have, or nothing. */
#include "site.h"

#include "json.h"
#include "pin.h"
#include "ra_puk.h"

#define VERIFIED "{\"id\":\"v1\",\"card_serial\":\"0102\",\"state\":\"verified\"}"
#define CHANGE                                                                                     \
	"{\"puks\":[\"11111111\",\"22222222\"],\"new_puk\":\"33333333\","                          \
	"\"confirm_url\":\"https://ra/k\"}"

static struct ra *ra;

static int set_up(void **state)
{
	*state = ra = site_open(
		"\"login\":{\"password_policy\":{}},\"resources\":{\"card_verifications\":"
		"\"https://ra/v\",\"puk_changes\":\"https://ra/p\"}");
	return 0;
}

static bool try_verify(const char *document, struct fail *fail)
{
	struct ra_challenge card = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_puk_verify(ra, "0102", NULL, &card, fail);
	ra_release(&card.owner);
	return ok;
}

static void a_card_is_verified_for_its_management(void **state)
{
	struct ra_challenge card = { 0 };
	struct fail fail = FAIL_INIT;
	struct pin *password = pin_new();
	unsigned tried;

	(void)state;
	strcpy(pin_buffer(password), "se\"cret");
	pin_filled(password, 7);
	site_answers(200, SITE_JSON, VERIFIED);
	assert_true(ra_puk_verify(ra, "0102", password, &card, &fail));
	assert_string_equal(wire.url, "https://ra/v");
	assert_non_null(strstr(wire.body, "\"purpose\":\"card_management\""));
	assert_non_null(strstr(wire.body, "\"site_password\":\"se\\\"cret\""));
	assert_string_equal(card.id, "v1");
	ra_release(&card.owner);
	assert_true(try_verify(VERIFIED, &fail));
	assert_null(strstr(wire.body, "site_password"));
	assert_true(wire_break_all(VERIFIED, try_verify, &tried) < tried);
	assert_false(try_verify(
		"{\"id\":\"v1\",\"card_serial\":\"0102\",\"state\":\"challenged\"}", &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	pin_free(password);
}

static bool try_change(const char *document, struct fail *fail)
{
	struct ra_puk_change change = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_puk_change(ra, "v1", true, 0, &change, fail);
	assert_int_equal(ok, change.new_puk != NULL);
	ra_puk_clear(&change);
	return ok;
}

static void the_puk_comes_whole_or_not_at_all(void **state)
{
	struct ra_puk_change change = { 0 };
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, CHANGE);
	assert_true(ra_puk_change(ra, "v1", false, 2, &change, &fail));
	assert_non_null(strstr(wire.body, "\"kind\":\"reset\""));
	assert_non_null(strstr(wire.body, "\"tries_left\":2"));
	assert_string_equal(pin_text(change.puks[0]), "11111111");
	assert_string_equal(pin_text(change.puks[1]), "22222222");
	assert_string_equal(pin_text(change.new_puk), "33333333");
	assert_string_equal(change.confirm_url, "https://ra/k");
	ra_puk_clear(&change);
	assert_null(change.puks[0]);
	assert_true(try_change(CHANGE, &fail));
	assert_non_null(strstr(wire.body, "\"kind\":\"unlock\""));
	assert_true(wire_break_all(CHANGE, try_change, &tried) < tried);
}

static void a_puk_that_is_missing_or_too_long_is_refused(void **state)
{
	static const struct {
		const char *puks;
		size_t len; /* of new_puk */
		bool good;
	} rows[] = {
		{ "[\"1\",\"2\"]", PIN_MAX, true },
		{ "[\"1\",\"2\"]", PIN_MAX + 1, false },
		{ "[\"1\",\"2\"]", 0, false },
		{ "[]", 8, false },
		{ "[\"1\"]", 8, false },
		{ "[\"1\",null]", 8, false },
		{ "[1,2]", 8, false },
		{ "[\"\",\"2\"]", 8, false },
		{ "[\"1\",\"2\",\"3\"]", 8, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char puk[PIN_MAX + 2] = "", text[512];
		struct fail fail = FAIL_INIT;
		memset(puk, '7', rows[i].len);
		snprintf(text, sizeof text,
			"{\"puks\":%s,\"new_puk\":\"%s\",\"confirm_url\":\"https://ra/k\"}",
			rows[i].puks, puk);
		if (try_change(text, &fail) != rows[i].good)
			fail_msg("row %zu", i);
		assert_null(strstr(fail.detail, "777")); /* no secret in a message */
	}
}

static void what_the_card_has_now_is_confirmed(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	site_answers(200, SITE_JSON, "{}");
	assert_true(ra_puk_confirm(ra, "https://ra/k", true, &fail));
	assert_string_equal(wire.url, "https://ra/k");
	assert_string_equal(wire.body, "{\"changed\":true}");
	site_answers(503, "", "");
	assert_false(ra_puk_confirm(ra, "https://ra/k", false, &fail));
	assert_string_equal(wire.body, "{\"changed\":false}");
	assert_int_equal(fail.code, FAIL_RA_BUSY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_card_is_verified_for_its_management),
		TEST(the_puk_comes_whole_or_not_at_all),
		TEST(a_puk_that_is_missing_or_too_long_is_refused),
		TEST(what_the_card_has_now_is_confirmed),
	};

	json_init();
	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
