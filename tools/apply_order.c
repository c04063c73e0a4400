/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the request to the RA, waits for the certificate, fetches and checks it. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/terms.h"
#include "lib/text.h"
#include "lib/verify.h"

static void der_free_p(unsigned char **der)
{
	OPENSSL_free(*der);
}

static bool sha256_hex(const uint8_t *bytes, size_t len, char **ret)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;

	if (EVP_Digest(bytes, len, digest, &digest_len, EVP_sha256(), NULL) != 1)
		return false;
	*ret = text_hex(digest, digest_len);
	return *ret != NULL;
}

bool apply_order_of_key(const struct ra_order *order, EVP_PKEY *public)
{
	CLEANUP(der_free_p) unsigned char *der = NULL;
	CLEANUP(free_p) char *hex = NULL;

	int len = i2d_PUBKEY(public, &der);
	return len > 0 && sha256_hex(der, (size_t)len, &hex) && order->key_sha256 &&
	       strcasecmp(order->key_sha256, hex) == 0;
}

static bool order_is_of_card(const struct apply *apply, const struct ra_order *order)
{
	return strcasecmp(order->card_serial, apply->tool.token.serial) == 0;
}

/* Is this order for the key on the card and for this card? */
static bool order_is_ours(const struct apply *apply, const struct ra_order *order)
{
	return apply_order_of_key(order, apply->key.public) && order_is_of_card(apply, order);
}

static bool forget_order(struct apply *apply, struct fail *fail)
{
	return journal_set(apply->tool.journal, "order_key", NULL, fail) &&
	       journal_set(apply->tool.journal, "order", NULL, fail) &&
	       tool_record(&apply->tool, "order_url", NULL, fail);
}

/* Key and text of the request are recorded before they are sent, once. */
static bool prepare_order(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;
	char key[TEXT_UUID_SIZE];

	if (journal_get(apply->tool.journal, "order_key") &&
		journal_get(apply->tool.journal, "order"))
		return true;
	if (!apply->tool.card.id && !verify_present(&apply->tool, fail))
		return false;
	if (!apply->tool.ra->ops->order_text(&apply->tool.site, apply->csr, apply->csr_len,
		    &apply->tool.terms, apply->tool.card.id, &text, fail))
		return false;
	if (!text_uuid(key))
		return fail_set(fail, FAIL_INTERNAL, NULL);
	return journal_set(apply->tool.journal, "order_key", key, fail) &&
	       tool_record(&apply->tool, "order", text, fail);
}

static bool take_over(struct apply *apply, const char *url, struct fail *fail)
{
	CLEANUP(free_p) char *detail = strdup(fail->detail);

	if (!apply->tool.ra->ops->order_get(apply->tool.ra, url, &apply->order, fail))
		return false;
	bool ours = order_is_ours(apply, &apply->order);
	if (!ours && order_is_of_card(apply, &apply->order) && !apply_adopt_key(apply, &ours, fail))
		return false;
	if (ours)
		return true;
	fail_set(fail, FAIL_RA_REFUSED, "%s", detail ? detail : "");
	snprintf(fail->type, sizeof fail->type, "certificate-exists");
	return false;
}

/* One POST. A definite refusal that a fresh verification or fresh terms can heal sets *ret_again.
 */
static bool send_order(struct apply *apply, bool *ret_again, struct fail *fail)
{
	CLEANUP(free_p) char *existing = NULL;

	*ret_again = false;
	if (!prepare_order(apply, fail))
		return false;
	if (apply->tool.ra->ops->order(apply->tool.ra,
		    journal_get(apply->tool.journal, "order_key"),
		    journal_get(apply->tool.journal, "order"), &apply->order, &existing, fail))
		return true;
	if (existing)
		return take_over(apply, existing, fail);
	if (strcmp(fail->type, "card-verification-required") == 0 ||
		strcmp(fail->type, "terms-outdated") == 0) {
		struct fail ignored = FAIL_INIT;
		ra_release(&apply->tool.card.owner);
		memset(&apply->tool.card, 0, sizeof apply->tool.card);
		*ret_again = forget_order(apply, &ignored) && terms_accept(&apply->tool, &ignored);
	}
	return false;
}

static bool place_order(struct apply *apply, struct fail *fail)
{
	const char *url = journal_get(apply->tool.journal, "order_url");
	bool again;

	if (url) {
		if (!apply->tool.ra->ops->order_get(apply->tool.ra, url, &apply->order, fail))
			return false;
	} else if (!send_order(apply, &again, fail) &&
		   (!again || !send_order(apply, &again, fail))) {
		return false;
	}
	if (!order_is_ours(apply, &apply->order))
		return fail_set(
			fail, FAIL_CERT_KEY, _("the RA's order is for another key or card"));
	return url || tool_record(&apply->tool, "order_url", apply->order.url, fail);
}

static bool wait_for_order(struct apply *apply, struct fail *fail)
{
	long waited = 0;

	while (apply->order.state == RA_PENDING || apply->order.state == RA_APPROVED) {
		long pause = apply->order.retry_after > 0 ? apply->order.retry_after : 1;
		if (waited + pause > apply->wait_s) {
			fail_set(fail, FAIL_PENDING, NULL);
			fail->retry_after = pause;
			return false;
		}
		if (!waited)
			term_note(&apply->tool.term, _("The RA is working on it ..."));
		CLEANUP(free_p) char *url = strdup(apply->order.url);
		sleep((unsigned)pause);
		waited += pause;
		if (!url || !interrupt_check(fail))
			return url ? false : fail_set(fail, FAIL_MEMORY, NULL);
		ra_release(&apply->order.owner);
		if (!apply->tool.ra->ops->order_get(apply->tool.ra, url, &apply->order, fail))
			return false;
	}
	return true;
}

bool apply_step_order(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_title(&apply->tool.term, _("Certificate"));
	if (!place_order(apply, fail) || !wait_for_order(apply, fail))
		return false;
	if (apply->order.state == RA_ISSUED || apply->order.state == RA_ACKNOWLEDGED)
		return true;
	CLEANUP(free_p) char *reason = text_clean_line(apply->order.reason);
	struct fail ignored = FAIL_INIT;
	forget_order(apply, &ignored);
	return fail_set(fail, FAIL_RA_REFUSED, "%s%s%s", ra_state_name(apply->order.state),
		reason ? ": " : "", reason ? reason : "");
}

bool apply_step_certificate(void *context, struct fail *fail)
{
	struct apply *apply = context;
	struct chain_wish wish = { .public = apply->key.public,
		.subject = apply->tool.registration.subject_der,
		.subject_len = apply->tool.registration.subject_len,
		.now = time(NULL) };
	CLEANUP(free_p) char *hex = NULL;

	if (!apply->tool.ra->ops->certificate(apply->tool.ra, &apply->order, &apply->chain, fail))
		return false;
	if (!sha256_hex(apply->chain.leaf.der, apply->chain.leaf.len, &hex))
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (strcasecmp(hex, apply->order.certificate_sha256) != 0)
		return fail_set(
			fail, FAIL_RA_REPLY, _("the certificate is not the one of the order"));
	if (!chain_check(&apply->chain, &wish, fail))
		return false;
	return chain_describe(&apply->chain.leaf, &apply->text, fail);
}
