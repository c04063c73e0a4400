/* SPDX-License-Identifier: Apache-2.0 */
/* Registration, terms, cards, orders, certificates, receipts: answers of every shape. */
#include "unit.h"

#include "chain.h"
#include "fail.h"
#include "json.h"
#include "ra.h"
#include "wire.h"

#define JSON "application/json"
#define PROBLEM "application/problem+json"
#define CERTIFICATE "application/pkix-cert"

#define REGISTRATION                                                                               \
	"{\"account\":\"A1\",\"name\":\"N\",\"certificate_identifier\":\"I\",\"organization\":"    \
	"\"O\","                                                                                   \
	"\"email\":\"e@x\",\"subject\":{\"text\":\"CN=N\",\"der\":\"MAA=\"}}"
#define TERMS                                                                                      \
	"{\"id\":\"t1\",\"title\":\"T\",\"text\":\"long\",\"sha256\":\"ab\",\"accept_label\":"     \
	"\"Yes?\"}"
#define CHALLENGE                                                                                  \
	"{\"id\":\"v1\",\"card_serial\":\"0102\",\"state\":\"challenged\",\"challenge\":\"c\","    \
	"\"answer_url\":\"https://ra/v/1\"}"
#define ISSUED                                                                                     \
	"{\"url\":\"https://ra/o/1\",\"state\":\"issued\",\"card_serial\":\"0102\","               \
	"\"public_key_sha256\":[\"ab\"],\"receipt_url\":\"https://ra/o/1/receipt\","               \
	"\"activation_url\":\"https://ra/o/1/a\","                                                 \
	"\"reason\":{\"detail\":\"why\"},"                                                         \
	"\"certificates\":[{\"url\":\"https://ra/o/1/c\",\"sha256\":\"cd\"}]}"
#define AUTHORITIES "{\"certificates\":[{\"der\":\"MAA=\"},{\"der\":\"MAEA\"}]}"

static struct ra_site site;

static struct ra *ra_that_answers(const char *document)
{
	const struct wire_answer answer = { 200, JSON, document, 7 };
	struct ra *ra = wire_ra(&site);

	wire_begin(&answer, 1);
	return ra;
}

/* ---- one try of each operation; what it promises is looked at ---- */

static bool try_registration(const char *document, struct fail *fail)
{
	struct ra *ra = ra_that_answers(document);
	struct ra_registration got = { 0 };
	bool ok = ra->ops->registration(ra, &got, fail);

	if (ok)
		assert_true(got.account && got.name && got.identifier && got.subject_der);
	ra_registration_clear(&got);
	ra_close(ra);
	return ok;
}

static bool try_terms(const char *document, struct fail *fail)
{
	struct ra *ra = ra_that_answers(document);
	struct ra_terms got = { 0 };
	bool ok = ra->ops->terms(ra, "en", &got, fail);

	if (ok)
		assert_true(got.id && got.title && got.text && got.sha256 && got.accept_label);
	ra_release(&got.owner);
	ra_close(ra);
	return ok;
}

static bool try_card(const char *document, struct fail *fail)
{
	struct ra *ra = ra_that_answers(document);
	struct ra_challenge got = { 0 };
	bool ok = ra->ops->card(ra, "0102", NULL, &got, fail);

	if (ok)
		assert_true(got.id && got.card_serial && !got.challenge == !got.answer_url);
	ra_release(&got.owner);
	ra_close(ra);
	return ok;
}

static bool try_order(const char *document, struct fail *fail)
{
	struct ra *ra = ra_that_answers(document);
	struct ra_order got = { 0 };
	bool ok = ra->ops->order_get(ra, "https://ra/o/1", &got, fail);

	if (ok) {
		bool issued = got.state == RA_ISSUED || got.state == RA_ACKNOWLEDGED;
		assert_true(got.url && got.state < RA_STATES);
		assert_true(!issued || (got.receipt_url && got.cert_count == 1 &&
					       got.certs[0].url && got.certs[0].sha256));
	}
	ra_release(&got.owner);
	ra_close(ra);
	return ok;
}

static bool try_authorities(const char *document, struct fail *fail)
{
	const struct wire_answer answers[] = { { 200, CERTIFICATE, "0\1x", 0 },
		{ 200, JSON, document, 0 } };
	struct ra *ra = wire_ra(&site);
	struct ra_order order = { .certs = { { .url = "https://ra/o/1/c" } } };
	struct chain chain = { 0 };

	wire_begin(answers, 2);
	bool ok = ra->ops->certificate(ra, &order, 0, &chain, fail);
	assert_true(chain.count <= CHAIN_CA_MAX);
	chain_clear(&chain);
	ra_close(ra);
	return ok;
}

static const struct {
	const char *document;
	bool (*try)(const char *document, struct fail *fail);
} operations[] = {
	{ REGISTRATION, try_registration },
	{ TERMS, try_terms },
	{ CHALLENGE, try_card },
	{ ISSUED, try_order },
	{ AUTHORITIES, try_authorities },
};

static void answers_broken_anywhere_are_survived(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
		unsigned tried;
		assert_true(
			wire_break_all(operations[i].document, operations[i].try, &tried) < tried);
	}
}

static void what_is_needed_is_asked_for_by_name(void **state)
{
	static const struct {
		unsigned operation;
		const char *path;
	} rows[] = {
		{ 0, "account" },
		{ 0, "name" },
		{ 0, "certificate_identifier" },
		{ 0, "subject" },
		{ 0, "subject/text" },
		{ 0, "subject/der" },
		{ 1, "id" },
		{ 1, "title" },
		{ 1, "text" },
		{ 1, "sha256" },
		{ 1, "accept_label" },
		{ 2, "id" },
		{ 2, "card_serial" },
		{ 2, "state" },
		{ 2, "challenge" },
		{ 2, "answer_url" },
		{ 3, "url" },
		{ 3, "state" },
		{ 3, "certificates" },
		{ 3, "receipt_url" },
		{ 3, "certificates/0/url" },
		{ 3, "certificates/0/sha256" },
		{ 4, "certificates" },
		{ 4, "certificates/0/der" },
		{ 4, "certificates/1/der" },
	};
	static const char *const values[] = { NULL, "null", "7", "true" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *name = strrchr(rows[i].path, '/');
		name = name ? name + 1 : rows[i].path;
		for (size_t j = 0; j < 4; j++) {
			struct fail fail = FAIL_INIT;
			char *text = wire_change(
				operations[rows[i].operation].document, rows[i].path, values[j]);
			assert_false(operations[rows[i].operation].try(text, &fail));
			assert_int_equal(fail.code, FAIL_RA_REPLY);
			assert_non_null(strstr(fail.detail, name));
			free(text);
		}
	}
}

static void what_may_be_left_out_may_be_left_out(void **state)
{
	static const struct {
		unsigned operation;
		const char *path;
	} rows[] = { { 0, "organization" }, { 0, "email" }, { 3, "public_key_sha256" },
		{ 3, "card_serial" }, { 3, "reason" }, { 3, "reason/detail" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		char *text =
			wire_change(operations[rows[i].operation].document, rows[i].path, NULL);
		assert_true(operations[rows[i].operation].try(text, &fail));
		free(text);
	}
}

/* ---- orders ---- */

static void an_order_is_read_in_each_state(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RA_STATES; i++) {
		struct fail fail = FAIL_INIT;
		struct ra_order order = { 0 };
		char value[32];
		snprintf(value, sizeof value, "\"%s\"", ra_state_name((enum ra_state)i));
		char *text = wire_change(ISSUED, "state", value);
		struct ra *ra = ra_that_answers(text);
		assert_true(ra->ops->order_get(ra, "https://ra/o/1", &order, &fail));
		assert_int_equal(order.state, i);
		assert_int_equal(order.retry_after, 7);
		assert_string_equal(order.key_sha256[0], "ab");
		assert_string_equal(order.reason, "why");
		assert_true(!order.receipt_url == (i != RA_ISSUED && i != RA_ACKNOWLEDGED));
		assert_true(!order.activation_url == (i != RA_AWAITING_ACTIVATION));
		ra_release(&order.owner);
		ra_close(ra);
		free(text);
	}
}

static void an_order_with_three_certificates_or_none_is_refused(void **state)
{
	static const char *const rows[] = { "[]", "[{\"url\":\"u\",\"sha256\":\"a\"},{},{}]" };
	struct fail fail = FAIL_INIT;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *text = wire_change(ISSUED, "certificates", rows[i]);
		assert_false(try_order(text, &fail));
		assert_int_equal(fail.code, FAIL_RA_REPLY);
		free(text);
	}
	char *text = wire_change(ISSUED, "state", "\"lost\"");
	assert_false(try_order(text, &fail));
	free(text);
}

static void an_order_is_sent_as_it_was_recorded(void **state)
{
	struct ra *ra = ra_that_answers(ISSUED);
	struct ra_terms terms = { .id = "t1", .sha256 = "ab" };
	struct ra_order order = { 0 };
	struct fail fail = FAIL_INIT;
	char *text = NULL, *existing = NULL;

	(void)state;
	const struct ra_request request = { .parts = { { "sign", (const uint8_t *)"\x30\x00", 2 } },
		.count = 1,
		.terms = &terms,
		.card_id = "v1" };
	assert_true(ra->ops->order_text(&request, &text, &fail));
	assert_string_equal(text,
		"{\"card_verification\":\"v1\",\"requests\":[{\"csr\":\"MAA=\",\"profile\":"
		"\"sign\"}],\"terms\":{\"accepted\":true,\"id\":\"t1\",\"sha256\":\"ab\"}}");
	assert_true(ra->ops->order(ra, "key-1", text, &order, &existing, &fail));
	assert_string_equal(wire.body, text);
	assert_string_equal(wire.key, "key-1");
	assert_string_equal(wire.url, "https://ra/o");
	assert_null(existing);
	ra_release(&order.owner);
	free(text);
	ra_close(ra);
}

static void the_order_in_the_way_is_named(void **state)
{
	static const struct {
		const char *body, *existing;
	} rows[] = {
		{ "{\"type\":\"certificate-exists\",\"order_url\":\"https://ra/o/9\"}",
			"https://ra/o/9" },
		{ "{\"type\":\"certificate-exists\",\"order_url\":9}", NULL },
		{ "{\"type\":\"certificate-exists\"}", NULL },
		{ "[\"order_url\"]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct wire_answer answer = { 409, PROBLEM, rows[i].body, 0 };
		struct ra *ra = wire_ra(&site);
		struct ra_order order = { 0 };
		struct fail fail = FAIL_INIT;
		char *existing = NULL;
		wire_begin(&answer, 1);
		assert_false(ra->ops->order(ra, "k", "{}", &order, &existing, &fail));
		assert_int_equal(fail.code, FAIL_RA_REFUSED);
		assert_int_equal(!existing, !rows[i].existing);
		if (existing)
			assert_string_equal(existing, rows[i].existing);
		free(existing);
		ra_close(ra);
	}
}

/* ---- cards, certificates, receipts ---- */

static void a_card_is_presented_before_and_after(void **state)
{
	struct ra *ra = ra_that_answers(CHALLENGE);
	struct ra_challenge card = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(ra->ops->card(ra, "0102", NULL, &card, &fail));
	assert_string_equal(wire.body, "{\"purpose\":\"before_key\",\"card_serial\":\"0102\"}");
	ra_release(&card.owner);
	assert_true(ra->ops->card(ra, "0102", "https://ra/o/1", &card, &fail));
	assert_non_null(strstr(wire.body, "\"purpose\":\"after_issue\""));
	assert_non_null(strstr(wire.body, "\"order_url\":\"https://ra/o/1\""));
	wire.answers[0].body = "{\"state\":\"verified\"}";
	assert_true(ra->ops->answer(ra, &card, (const uint8_t *)"\x30\x00", 2, &fail));
	assert_string_equal(wire.url, "https://ra/v/1");
	assert_string_equal(wire.body, "{\"alg\":\"RS256\",\"signature\":\"MAA=\"}");
	wire.answers[0].body = "{\"state\":\"challenged\"}";
	assert_false(ra->ops->answer(ra, &card, (const uint8_t *)"\x30\x00", 2, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	wire.answers[0].body = "{}";
	assert_false(ra->ops->answer(ra, &card, (const uint8_t *)"\x30\x00", 2, &fail));
	ra_release(&card.owner);
	ra_close(ra);
}

static void certificates_are_bounded_in_number(void **state)
{
	char text[400] = "{\"certificates\":[{\"der\":\"MAA=\"}";
	struct fail fail = FAIL_INIT;

	(void)state;
	for (unsigned i = 1; i < CHAIN_CA_MAX; i++)
		strcat(text, ",{\"der\":\"MAA=\"}");
	size_t full = strlen(text);
	strcat(text, "]}");
	assert_true(try_authorities(text, &fail));
	strcpy(text + full, ",{\"der\":\"MAA=\"}]}");
	assert_false(try_authorities(text, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
}

static void a_certificate_of_another_media_type_is_refused(void **state)
{
	struct ra *ra = ra_that_answers("{}");
	struct ra_order order = { .certs = { { .url = "https://ra/o/1/c" } } };
	struct chain chain = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_false(ra->ops->certificate(ra, &order, 0, &chain, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_non_null(strstr(fail.detail, JSON));
	assert_null(chain.leaf.der);
	ra_close(ra);
}

static void a_receipt_names_certificate_and_verification(void **state)
{
	static const char *const sha256[] = { "cd" };
	char *text = wire_change(ISSUED, "state", "\"acknowledged\"");
	struct ra *ra = ra_that_answers(text);
	struct ra_order order = { .receipt_url = "https://ra/o/1/receipt" }, answer = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(ra->ops->receipt(ra, &order, sha256, 1, "v2", &answer, &fail));
	assert_int_equal(answer.state, RA_ACKNOWLEDGED);
	assert_string_equal(wire.url, "https://ra/o/1/receipt");
	assert_string_equal(wire.body, "{\"certificates\":[\"cd\"],\"card_verification\":\"v2\"}");
	ra_release(&answer.owner);
	ra_close(ra);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_broken_anywhere_are_survived),
		cmocka_unit_test(what_is_needed_is_asked_for_by_name),
		cmocka_unit_test(what_may_be_left_out_may_be_left_out),
		cmocka_unit_test(an_order_is_read_in_each_state),
		cmocka_unit_test(an_order_with_three_certificates_or_none_is_refused),
		cmocka_unit_test(an_order_is_sent_as_it_was_recorded),
		cmocka_unit_test(the_order_in_the_way_is_named),
		cmocka_unit_test(a_card_is_presented_before_and_after),
		cmocka_unit_test(certificates_are_bounded_in_number),
		cmocka_unit_test(a_certificate_of_another_media_type_is_refused),
		cmocka_unit_test(a_receipt_names_certificate_and_verification),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
