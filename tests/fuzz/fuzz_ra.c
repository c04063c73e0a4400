/* SPDX-License-Identifier: Apache-2.0 */
/* An RA that may say anything: its directory, and its answer to every request.
 *
 * Input: the request (1 byte), how it is answered (1 byte), then the document. */
#include "fuzz.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "fail.h"
#include "json.h"
#include "pin.h"
#include "ra.h"
#include "ra_account.h"
#include "ra_cert.h"
#include "ra_info.h"
#include "ra_phone.h"
#include "ra_puk.h"
#include "ra_renewal.h"
#include "ra_session.h"
#include "wire.h"

/* A site with everything. */
static const char directory[] =
	"{\"server_time\":\"2026-01-31T10:20:30Z\",\"limits\":{\"max_clock_skew_s\":300},"
	"\"sites\":[{\"id\":\"fine\",\"name\":\"FINE\",\"contact\":{\"name\":\"Help\"},"
	"\"login\":{\"password_policy\":{\"min_length\":8,\"max_length\":16,\"require\":"
	"[\"lower\"]}},\"rules\":{\"suspend\":\"selected\"},\"profiles\":[{\"id\":\"sign\","
	"\"validity\":\"P1Y\",\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":2048}]}],"
	"\"resources\":{\"captchas\":\"https://ra/c\",\"sessions\":\"https://ra/s\","
	"\"session\":\"https://ra/s/1\",\"password\":\"https://ra/p\",\"registration\":"
	"\"https://ra/r\",\"terms\":\"https://ra/t\",\"card_verifications\":\"https://ra/v\","
	"\"orders\":\"https://ra/o\",\"ca_certificates\":\"https://ra/ca\",\"forms\":"
	"\"https://ra/f\",\"profile_data\":\"https://ra/d\",\"certificates\":\"https://ra/x\","
	"\"certificate_search\":\"https://ra/y\",\"suspensions\":\"https://ra/u\","
	"\"revocations\":\"https://ra/w\",\"proof\":\"https://ra/z\",\"notices\":"
	"\"https://ra/n\",\"phone_transfers\":\"https://ra/ph\",\"puk_changes\":"
	"\"https://ra/puk\",\"renewal_info\":\"https://ra/i\",\"card_challenges\":"
	"\"https://ra/l\",\"payments\":\"https://ra/pay\",\"nonces\":\"https://ra/no\","
	"\"renewals\":\"https://ra/re\",\"eligibilities\":\"https://ra/e\"}}]}";

static struct ra *ra;
static struct pin *password;

static bool ask_site(struct fail *fail)
{
	const struct ra_options options = { .url = "https://ra/" };
	struct ra_site site = { 0 };
	struct ra *other = NULL;
	bool ok = ra_json_open(&options, &other, fail) &&
		  other->ops->site(other, "fine", &site, fail);

	ra_close(other);
	return ok;
}

static bool ask_captcha(struct fail *fail)
{
	struct ra_captcha captcha = { 0 };
	bool ok = ra->ops->captcha(ra, &captcha, fail);

	ra_captcha_clear(&captcha);
	return ok;
}

static bool ask_login(struct fail *fail)
{
	bool must_change = false;

	return ra->ops->login(ra, "A1", password, NULL, NULL, &must_change, fail);
}

static bool ask_password(struct fail *fail)
{
	bool again = false;

	return ra->ops->password(ra, password, password, &again, fail);
}

static bool ask_registration(struct fail *fail)
{
	struct ra_registration registration = { 0 };
	bool ok = ra->ops->registration(ra, &registration, fail);

	ra_registration_clear(&registration);
	return ok;
}

static bool ask_terms(struct fail *fail)
{
	struct ra_terms terms = { 0 };
	bool ok = ra->ops->terms(ra, "en", &terms, fail);

	ra_release(&terms.owner);
	return ok;
}

static bool ask_card(struct fail *fail)
{
	struct ra_challenge challenge = { 0 };
	bool ok = ra->ops->card(ra, "0102", NULL, &challenge, fail);

	ra_release(&challenge.owner);
	return ok;
}

static bool ask_orders(struct fail *fail)
{
	struct ra_orders orders = { 0 };
	bool ok = ra->ops->orders(ra, &orders, fail);

	ra_release(&orders.owner);
	return ok;
}

/* An order, and all that follows from it. */
static bool ask_order(struct fail *fail)
{
	struct ra_order order = { 0 }, later = { 0 };
	struct chain chain = { 0 };
	char *existing = NULL;
	bool ok = ra->ops->order(ra, "key", "{}", &order, &existing, fail);

	free(existing);
	for (size_t i = 0; ok && i < order.cert_count; i++) {
		struct fail other = FAIL_INIT;

		(void)ra->ops->certificate(ra, &order, i, &chain, &other);
		chain_clear(&chain);
	}
	if (ok) {
		const char *const sums[] = { "aa" };

		(void)ra->ops->receipt(ra, &order, sums, 1, NULL, &later, fail);
		ra_release(&later.owner);
		(void)ra->ops->activate(ra, &order, password, &later, fail);
		ra_release(&later.owner);
	}
	ra_release(&order.owner);
	return ok;
}

static bool ask_eligibility(struct fail *fail)
{
	char *text = NULL;
	bool ok = ra->ops->eligibility(ra, password, &text, fail);

	free(text);
	return ok;
}

static bool ask_person(struct fail *fail)
{
	struct ra_person person = { 0 };
	bool ok = ra_person(ra, &person, fail);

	ra_release(&person.owner);
	return ok;
}

static bool ask_form(struct fail *fail)
{
	struct ra_form form = { 0 };
	bool ok = ra_reset_form(ra, &form, fail);

	ra_release(&form.owner);
	return ok;
}

static bool ask_certs(struct fail *fail)
{
	struct ra_certs certs = { 0 };
	bool ok = ra_cert_list(ra, &certs, fail);

	for (size_t i = 0; ok && i < certs.count && i < 3; i++) {
		struct fail other = FAIL_INIT;
		uint8_t *der = NULL;
		size_t len;

		(void)ra_cert_bytes(ra, &certs.items[i], &der, &len, &other);
		free(der);
	}
	ra_certs_clear(&certs);
	return ok;
}

static bool ask_search(struct fail *fail)
{
	struct ra_certs certs = { 0 };
	bool ok = ra_cert_query(ra, "Wang", &certs, fail);

	ra_certs_clear(&certs);
	return ok;
}

static bool ask_suspend(struct fail *fail)
{
	struct ra_certs certs = { 0 };
	bool ok = ra_cert_suspend(ra, NULL, 0, NULL, &certs, fail);

	ra_certs_clear(&certs);
	return ok;
}

static bool ask_proof(struct fail *fail)
{
	char *text = NULL;
	bool ok = ra_cert_proof(ra, false, &text, fail);

	free(text);
	return ok;
}

static bool ask_info(struct fail *fail)
{
	json_t *list = NULL;
	bool ok = ra_info(ra, "notices", &list, fail);

	json_decref(list);
	return ok;
}

static bool ask_phone(struct fail *fail)
{
	const struct ra_phone_file file = { "aa", (const uint8_t *)"PFX", 3 };
	struct ra_transfer transfer = { 0 };
	bool ok = ra_phone_send(ra, &file, &transfer, fail);

	ra_transfer_clear(&transfer);
	return ok;
}

static bool ask_puk(struct fail *fail)
{
	struct ra_puk_change change = { 0 };
	bool ok = ra_puk_change(ra, "v1", false, 0, &change, fail);

	ra_puk_clear(&change);
	return ok;
}

static bool ask_renewal(struct fail *fail)
{
	struct ra_renewal_info info = { 0 };
	bool ok = ra_renewal_info(ra, "aa", &info, fail);

	ra_release(&info.owner);
	return ok;
}

static bool ask_challenge(struct fail *fail)
{
	const struct ra_card_claim claim = { .unit = "U", .identifier = "A1" };
	const struct ra_card_proof proof = { (const uint8_t *)"s", 1, "aa" };
	struct ra_card_login login = { 0 };
	bool ok = ra_card_challenge(ra, &claim, &login, fail) &&
		  ra_card_login(ra, &login, &proof, fail);

	ra_release(&login.owner);
	return ok;
}

static bool ask_payment(struct fail *fail)
{
	const struct ra_terms terms = { .id = "t", .sha256 = "aa" };
	const struct ra_debit debit = { "key", "aa", "1", &terms };
	struct ra_payment payment = { 0 };
	bool ok = ra_pay(ra, &debit, &payment, fail);

	ra_release(&payment.owner);
	return ok;
}

static bool ask_nonce(struct fail *fail)
{
	char *nonce = NULL;
	bool ok = ra_nonce(ra, &nonce, fail);

	free(nonce);
	return ok;
}

static bool ask_renew(struct fail *fail)
{
	struct ra_order order = { 0 };
	char *existing = NULL;
	bool ok = ra_renew(ra, "key", "text", &order, &existing, fail);

	free(existing);
	ra_release(&order.owner);
	return ok;
}

static bool ask_session(struct fail *fail)
{
	struct ra_session_state known = { 0 };
	bool must_change = false;
	bool ok = ra_session_resume(ra, "t0k", &must_change, fail);

	return ok && ra_session_ask(ra, &known, fail);
}

static bool (*const asks[])(struct fail *fail) = { ask_site, ask_captcha, ask_login, ask_password,
	ask_registration, ask_terms, ask_card, ask_orders, ask_order, ask_eligibility, ask_person,
	ask_form, ask_certs, ask_search, ask_suspend, ask_proof, ask_info, ask_phone, ask_puk,
	ask_renewal, ask_challenge, ask_payment, ask_nonce, ask_renew, ask_session };

static void begin(void)
{
	const struct wire_answer answer = { 200, "application/json", directory, 0 };
	const struct ra_options options = { .url = "https://ra/" };
	struct ra_site site = { 0 };
	struct fail fail = FAIL_INIT;

	json_init();
	wire_begin(&answer, 1);
	if (!ra_json_open(&options, &ra, &fail) || !ra->ops->site(ra, "fine", &site, &fail))
		abort();
	password = pin_new();
	if (!password)
		abort();
	memcpy(pin_buffer(password), "password", 8);
	pin_filled(password, 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct wire_answer hows[] = { { 200, "application/json", NULL, 0 },
		{ 201, "application/json", NULL, 0 }, { 409, "application/problem+json", NULL, 0 },
		{ 403, "application/problem+json", NULL, 0 },
		{ 503, "application/problem+json", NULL, 7 }, { 200, "text/html", NULL, 0 },
		{ 200, "text/plain", NULL, 0 }, { 200, "application/pkix-cert", NULL, 0 } };
	struct fail fail = FAIL_INIT;
	struct wire_answer answer;
	char *body;
	bool ok;

	if (!ra)
		begin();
	if (len < 2)
		return 0;
	body = strndup((const char *)bytes + 2, len - 2);
	if (!body)
		abort();
	answer = hows[bytes[1] % (sizeof hows / sizeof hows[0])];
	answer.body = body;
	wire_begin(&answer, 1);
	ok = asks[bytes[0] % (sizeof asks / sizeof asks[0])](&fail);
	if (ok != (fail.code == FAIL_NONE))
		abort();
	free(body);
	return 0;
}
