/* SPDX-License-Identifier: Apache-2.0 */
/* Renewals: the window as the RA tells it, the login by a card's key, the payment, the nonce. */
#include "site.h"

#include "json.h"
#include "ra_renewal.h"
#include "ra_session.h"

#define INFO                                                                                       \
	"{\"state\":\"open\",\"login\":\"card\",\"not_after\":\"2026-02-01T00:00:00Z\","           \
	"\"window_opens\":\"2026-01-01T00:00:00Z\",\"fee\":{\"amount\":300,\"currency\":\"TWD\"}}"
#define CHALLENGE                                                                                  \
	"{\"id\":\"l1\",\"certificate_identifier\":\"A1\",\"challenge\":\"c\","                    \
	"\"answer_url\":\"https://ra/l/1\"}"
#define PAYMENT "{\"id\":\"p1\",\"debit_account\":\"0001\"}"

static struct ra *ra;

static int set_up(void **state)
{
	*state = ra =
		site_open("\"login\":{\"password_policy\":{}},\"resources\":{"
			  "\"renewal_info\":\"https://ra/i\",\"card_challenges\":\"https://ra/l\","
			  "\"payments\":\"https://ra/p\",\"nonces\":\"https://ra/n\","
			  "\"renewals\":\"https://ra/r\"}");
	return 0;
}

static bool try_info(const char *document, struct fail *fail)
{
	struct ra_renewal_info info = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_renewal_info(ra, "aa", &info, fail);
	ra_release(&info.owner);
	return ok;
}

static void the_window_is_read(void **state)
{
	static const struct {
		const char *state;
		enum ra_window window;
	} rows[] = { { "\"early\"", RA_EARLY }, { "\"expired\"", RA_EXPIRED_CERT },
		{ "\"not_activated\"", RA_NOT_ACTIVATED }, { "\"suspended\"", RA_SUSPENDED },
		{ "\"revoked\"", RA_REVOKED } };
	struct ra_renewal_info info = { 0 };
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	site_answers(200, SITE_JSON, INFO);
	assert_true(ra_renewal_info(ra, "aa", &info, &fail));
	assert_string_equal(wire.body, "{\"certificate_sha256\":\"aa\"}");
	assert_string_equal(wire.key, "");
	assert_int_equal(info.window, RA_OPEN);
	assert_true(info.card_login);
	assert_int_equal(info.fee, 300);
	assert_string_equal(info.currency, "TWD");
	ra_release(&info.owner);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = wire_change(INFO, "state", rows[i].state);
		site_answers(200, SITE_JSON, text);
		assert_true(ra_renewal_info(ra, "aa", &info, &fail));
		assert_int_equal(info.window, rows[i].window);
		ra_release(&info.owner);
		free(text);
	}
	assert_true(wire_break_all(INFO, try_info, &tried) < tried);
}

static void an_impossible_fee_is_none(void **state)
{
	static const struct {
		const char *amount;
		long fee;
	} rows[] = { { "1000000000", 1000000000 }, { "1000000001", 0 }, { "-1", 0 },
		{ "9223372036854775807", 0 }, { "\"300\"", 0 }, { "300.0", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ra_renewal_info info = { 0 };
		struct fail fail = FAIL_INIT;
		char *text = wire_change(INFO, "fee/amount", rows[i].amount);
		site_answers(200, SITE_JSON, text);
		assert_true(ra_renewal_info(ra, "aa", &info, &fail));
		assert_int_equal(info.fee, rows[i].fee);
		ra_release(&info.owner);
		free(text);
	}
}

static bool try_challenge(const char *document, struct fail *fail)
{
	const struct ra_card_claim claim = { "bank", "A1", "c1", "1234" };
	struct ra_card_login login = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_card_challenge(ra, &claim, &login, fail);
	ra_release(&login.owner);
	return ok;
}

static void a_cards_key_opens_a_session(void **state)
{
	const struct ra_card_proof proof = { (const uint8_t *)"sig", 3, "aa" };
	struct ra_card_login login = { .answer_url = "https://ra/l/1" };
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	assert_true(try_challenge(CHALLENGE, &fail));
	assert_non_null(strstr(wire.body, "\"captcha\":{\"id\":\"c1\",\"answer\":\"1234\"}"));
	assert_true(wire_break_all(CHALLENGE, try_challenge, &tried) < tried);
	site_answers(200, SITE_JSON, "{\"token\":\"t0k\",\"state\":\"open\"}");
	assert_true(ra_card_login(ra, &login, &proof, &fail));
	assert_string_equal(wire.url, "https://ra/l/1");
	assert_non_null(strstr(wire.body, "\"signature\":\"c2ln\""));
	assert_string_equal(ra_session_token(ra), "t0k");
	site_answers(200, SITE_JSON, "{\"token\":\"a\\nb\",\"state\":\"open\"}");
	assert_false(ra_card_login(ra, &login, &proof, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_null(ra_session_token(ra));
}

static bool try_pay(const char *document, struct fail *fail)
{
	const struct ra_terms terms = { .id = "t1", .sha256 = "bb" };
	const struct ra_debit debit = { "key-1", "aa", "0001", &terms };
	struct ra_payment payment = { 0 };

	site_answers(200, SITE_JSON, document);
	bool ok = ra_pay(ra, &debit, &payment, fail);
	ra_release(&payment.owner);
	return ok;
}

static void a_payment_is_made_under_its_recorded_key(void **state)
{
	const struct ra_terms terms = { .id = "t1", .sha256 = "bb" };
	const struct ra_debit bad = { "key-1", "aa", "\xFF", &terms };
	struct ra_payment payment = { 0 };
	struct fail fail = FAIL_INIT;
	unsigned tried;

	(void)state;
	assert_true(try_pay(PAYMENT, &fail));
	assert_string_equal(wire.key, "key-1");
	assert_non_null(strstr(wire.body, "\"accepted\":true"));
	assert_true(wire_break_all(PAYMENT, try_pay, &tried) < tried);
	wire.method[0] = '\0';
	assert_false(ra_pay(ra, &bad, &payment, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	assert_string_equal(wire.method, "");
}

static bool try_nonce(const char *document, struct fail *fail)
{
	char *nonce = NULL;

	site_answers(200, SITE_JSON, document);
	bool ok = ra_nonce(ra, &nonce, fail);
	free(nonce);
	return ok;
}

static void a_nonce_is_fetched_for_an_address(void **state)
{
	struct fail fail = FAIL_INIT;
	const char *url = NULL;
	unsigned tried;

	(void)state;
	assert_true(try_nonce("{\"nonce\":\"n1\"}", &fail));
	assert_true(wire_break_all("{\"nonce\":\"n1\"}", try_nonce, &tried) < tried);
	assert_true(ra_renewal_url(ra, &url, &fail));
	assert_string_equal(url, "https://ra/r");
	struct ra *other = site_open("\"login\":{\"password_policy\":{}},\"resources\":{}");
	assert_false(ra_renewal_url(other, &url, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	ra_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_window_is_read),
		TEST(an_impossible_fee_is_none),
		TEST(a_cards_key_opens_a_session),
		TEST(a_payment_is_made_under_its_recorded_key),
		TEST(a_nonce_is_fetched_for_an_address),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
