/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the requests to the RA and waits for its decision. */
#include "apply_order.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply_match.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/terms.h"
#include "lib/text.h"
#include "lib/verify.h"

static bool order_is_of_carrier(const struct apply *apply, const struct ra_order *order)
{
	if (apply->carrier == RA_FILE)
		return !order->card_serial;
	return order->card_serial && strcasecmp(order->card_serial, apply->tool.token.serial) == 0;
}

bool apply_order_is_ours(const struct apply *apply, const struct ra_order *order)
{
	for (size_t i = 0; i < apply->count; i++)
		if (!apply_order_of_key(order, i, apply->certs[i].key.public))
			return false;
	return order_is_of_carrier(apply, order);
}

bool apply_forget_order(struct apply *apply, struct fail *fail)
{
	return journal_set(apply->tool.journal, "order_key", NULL, fail) &&
	       journal_set(apply->tool.journal, "order", NULL, fail) &&
	       tool_record(&apply->tool, "order_url", NULL, fail);
}

struct ra_request apply_request(const struct apply *apply)
{
	struct ra_request request = { .count = apply->count, .terms = &apply->tool.terms };

	for (size_t i = 0; i < apply->count; i++)
		request.parts[i] = (struct ra_request_part){ .profile = apply->certs[i].profile->id,
			.csr = apply->certs[i].csr,
			.csr_len = apply->certs[i].csr_len };
	if (apply->carrier == RA_CARD)
		request.card_id = apply->tool.card.id;
	return request;
}

bool apply_has_order(const struct apply *apply)
{
	return tool_recorded(&apply->tool, "order_key") && tool_recorded(&apply->tool, "order");
}

bool apply_verified(struct apply *apply, struct fail *fail)
{
	return apply->carrier != RA_CARD || apply->tool.card.id ||
	       verify_present(&apply->tool, fail);
}

bool apply_record_order(struct apply *apply, const char *text, struct fail *fail)
{
	char key[TEXT_UUID_SIZE];

	if (!text_uuid(key))
		return fail_set(fail, FAIL_INTERNAL, NULL);
	return journal_set(apply->tool.journal, "order_key", key, fail) &&
	       tool_record(&apply->tool, "order", text, fail);
}

bool apply_take_order(struct apply *apply, struct fail *fail)
{
	if (!apply_order_is_ours(apply, &apply->order))
		return fail_set(
			fail, FAIL_CERT_KEY, _("the RA's order is for another key or card"));
	return tool_recorded(&apply->tool, "order_url") ||
	       tool_record(&apply->tool, "order_url", apply->order.url, fail);
}

void apply_forget_card(struct apply *apply)
{
	ra_release(&apply->tool.card.owner);
	memset(&apply->tool.card, 0, sizeof apply->tool.card);
}

static bool prepare_order(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;

	if (apply_has_order(apply))
		return true;
	if (!apply_verified(apply, fail))
		return false;
	struct ra_request request = apply_request(apply);
	request.eligibility = apply->eligibility;
	return apply->tool.ra->ops->order_text(&request, &text, fail) &&
	       apply_record_order(apply, text, fail);
}

bool apply_take_over(struct apply *apply, const char *url, struct fail *fail)
{
	CLEANUP(free_p) char *detail = strdup(fail->detail);

	if (!apply->tool.ra->ops->order_get(apply->tool.ra, url, &apply->order, fail))
		return false;
	bool ours = apply_order_is_ours(apply, &apply->order);
	if (!ours && order_is_of_carrier(apply, &apply->order) &&
		!apply_adopt_keys(apply, &ours, fail))
		return false;
	if (ours)
		return true;
	fail_set(fail, FAIL_RA_REFUSED, "%s", detail ? detail : "");
	snprintf(fail->type, sizeof fail->type, "certificate-exists");
	return false;
}

static bool outdated(const struct fail *fail)
{
	return strcmp(fail->type, "card-verification-required") == 0 ||
	       strcmp(fail->type, "eligibility-required") == 0 ||
	       strcmp(fail->type, "terms-outdated") == 0;
}

/* One POST. A definite refusal that a fresh verification, slip or terms can heal sets *ret_again.
 */
static bool send_order(struct apply *apply, bool *ret_again, struct fail *fail)
{
	CLEANUP(free_p) char *existing = NULL;

	*ret_again = false;
	if (!prepare_order(apply, fail))
		return false;
	if (apply->tool.ra->ops->order(apply->tool.ra, tool_recorded(&apply->tool, "order_key"),
		    tool_recorded(&apply->tool, "order"), &apply->order, &existing, fail))
		return true;
	if (existing)
		return apply_take_over(apply, existing, fail);
	if (outdated(fail)) {
		struct fail ignored = FAIL_INIT;
		apply_forget_card(apply);
		*ret_again = apply_forget_order(apply, &ignored) &&
			     apply_step_slip(apply, &ignored) &&
			     terms_accept(&apply->tool, &ignored);
	}
	return false;
}

bool apply_place_order(struct apply *apply, struct fail *fail)
{
	const char *url = tool_recorded(&apply->tool, "order_url");
	bool again;

	if (url) {
		if (!apply->tool.ra->ops->order_get(apply->tool.ra, url, &apply->order, fail))
			return false;
	} else if (!send_order(apply, &again, fail) &&
		   (!again || !send_order(apply, &again, fail))) {
		return false;
	}
	return apply_take_order(apply, fail);
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

bool apply_decided(struct apply *apply, struct fail *fail)
{
	if (!wait_for_order(apply, fail))
		return false;
	if (apply->order.state == RA_ISSUED || apply->order.state == RA_ACKNOWLEDGED ||
		apply->order.state == RA_AWAITING_ACTIVATION)
		return true;
	CLEANUP(free_p) char *reason = text_clean_line(apply->order.reason);
	struct fail ignored = FAIL_INIT;
	apply_forget_order(apply, &ignored);
	return fail_set(fail, FAIL_RA_REFUSED, "%s%s%s", ra_state_text(apply->order.state),
		reason ? ": " : "", reason ? reason : "");
}

/* Is a step of the person's needed before the certificates come? */
static bool is_later(const struct apply *apply)
{
	return apply->order.state == RA_AWAITING_ACTIVATION ||
	       (apply->tool.site.delivery == RA_DOWNLOAD && apply->manner->later);
}

bool apply_step_order(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_title(&apply->tool.term, _("Certificate"));
	if (!apply_place_order(apply, fail) || !apply_decided(apply, fail))
		return false;
	apply->later = is_later(apply);
	return !apply->later || tool_record(&apply->tool, "state", "ordered", fail);
}
