/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the renewal, signed by the old key, and waits for the RA's decision. */
#include <string.h>

#include "apply_order.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/jws.h"
#include "lib/scope.h"
#include "lib/terms.h"
#include "lib/text.h"
#include "renew.h"

#define ATTEMPTS_MAX 3

static bool sign_order(struct apply *apply, const char *payload, char **ret, struct fail *fail)
{
	struct apply_signer signer = { apply, &apply->old.key };
	struct jws_header header = { 0 };
	CLEANUP(free_p) char *nonce = NULL;
	size_t len;

	if (!text_unhex(apply->old.sha256, header.certificate, sizeof header.certificate, &len) ||
		len != sizeof header.certificate)
		return fail_set(fail, FAIL_INTERNAL, NULL);
	if (!ra_nonce(apply->tool.ra, &nonce, fail) ||
		!ra_renewal_url(apply->tool.ra, &header.url, fail))
		return false;
	header.nonce = nonce;
	return jws_make(&header, payload, apply_sign, &signer, ret, fail);
}

static bool prepare(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *payload = NULL;
	CLEANUP(free_p) char *text = NULL;

	if (apply_has_order(apply))
		return true;
	if (!apply_verified(apply, fail))
		return false;
	struct ra_request request = apply_request(apply);
	request.payment = tool_recorded(&apply->tool, "payment");
	return apply->tool.ra->ops->order_text(&request, &payload, fail) &&
	       sign_order(apply, payload, &text, fail) && apply_record_order(apply, text, fail);
}

/* What a fresh nonce, verification or text of the terms heals; nothing was done by the RA. */
static bool is_stale(const struct fail *fail)
{
	return strcmp(fail->type, "bad-nonce") == 0 ||
	       strcmp(fail->type, "card-verification-required") == 0 ||
	       strcmp(fail->type, "terms-outdated") == 0;
}

static bool send_once(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *existing = NULL;

	if (!prepare(apply, fail))
		return false;
	if (ra_renew(apply->tool.ra, tool_recorded(&apply->tool, "order_key"),
		    tool_recorded(&apply->tool, "order"), &apply->order, &existing, fail))
		return true;
	return existing && apply_take_over(apply, existing, fail);
}

static bool send_order(struct apply *apply, struct fail *fail)
{
	for (unsigned i = 1;; i++) {
		if (send_once(apply, fail))
			return true;
		if (!is_stale(fail) || i == ATTEMPTS_MAX)
			return false;
		struct fail reason = *fail;
		apply_forget_card(apply);
		if (!apply_forget_order(apply, fail) ||
			(strcmp(reason.type, "terms-outdated") == 0 &&
				!terms_accept(&apply->tool, fail)))
			return false;
	}
}

bool renew_step_order(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *url = tool_recorded(&apply->tool, "order_url");

	term_title(&apply->tool.term, _("Certificate"));
	if (url ? !apply->tool.ra->ops->order_get(apply->tool.ra, url, &apply->order, fail)
		: !send_order(apply, fail))
		return false;
	return apply_take_order(apply, fail) && apply_decided(apply, fail);
}
