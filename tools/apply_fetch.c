/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches certificates that were issued: finds their order, has it activated, checks what comes. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "apply_match.h"
#include "apply_order.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/login.h"
#include "lib/scope.h"
#include "lib/text.h"

/* In a run of its own: the keys of the application have to be here. */
static bool load_keys(struct apply *apply, struct fail *fail)
{
	for (size_t i = 0; i < apply->count; i++) {
		bool found;
		if (!apply_load_key(apply, i, &found, fail))
			return false;
		if (!found && apply->carrier == RA_CARD)
			return fail_set(fail, FAIL_CARD_WRONG,
				_("the key of the unfinished application is not on card %s"),
				apply->tool.token.serial);
		if (!found)
			return fail_set(fail, FAIL_NO_RECORD,
				_("%s: the key is not there any more"), apply->path);
	}
	return true;
}

static const char *kind_of(const struct ra_profile *profile)
{
	if (profile->role == RA_SIGNING)
		return _("Signing certificate");
	return profile->role == RA_ENCRYPTION ? _("Encryption certificate") : _("Certificate");
}

/* The list of what can be downloaded, with one line an order. */
static bool show_orders(struct apply *apply, const struct ra_orders *orders, struct fail *fail)
{
	const char *url = tool_recorded(&apply->tool, "order_url");
	bool yes, here = false;

	term_title(&apply->tool.term, _("Certificates to download"));
	for (size_t i = 0; i < orders->count; i++) {
		const struct ra_order *order = &orders->orders[i];
		if (strcmp(order->url, url) != 0)
			continue;
		here = true;
		for (size_t c = 0; c < apply->count; c++)
			term_field(&apply->tool.term, kind_of(apply->certs[c].profile),
				ra_state_text(order->state));
	}
	if (!here)
		return fail_set(fail, FAIL_NOTHING_TO_DO,
			_("the RA has no certificate to download for account %s"),
			apply->tool.account);
	/* two belong together: both or none */
	if (!term_confirm(&apply->tool.term,
		    apply->count == 1 ? _("Download this certificate?")
				      : _("Download both certificates?"),
		    &yes, fail))
		return false;
	return yes || fail_set(fail, FAIL_CANCELLED, _("nothing was downloaded"));
}

bool apply_step_find(void *context, struct fail *fail)
{
	struct apply *apply = context;
	struct ra_orders orders = { 0 };
	struct ra *ra = apply->tool.ra;

	if (!load_keys(apply, fail) || !apply_place_order(apply, fail) ||
		!ra->ops->orders(ra, &orders, fail))
		return false;
	bool ok = show_orders(apply, &orders, fail);
	ra_release(&orders.owner);
	return ok && apply_decided(apply, fail);
}

bool apply_step_activate(void *context, struct fail *fail)
{
	struct apply *apply = context;
	struct ra_order active = { 0 };

	if (apply->order.state != RA_AWAITING_ACTIVATION)
		return true;
	if (apply->mode != APPLY_ACTIVATE)
		return fail_set(fail, FAIL_NOT_ACTIVE, NULL);
	if (!login_password(&apply->tool, fail) ||
		!apply->tool.ra->ops->activate(
			apply->tool.ra, &apply->order, apply->tool.password, &active, fail))
		return false;
	ra_release(&apply->order.owner);
	apply->order = active;
	return apply->order.state == RA_ISSUED ||
	       fail_set(fail, FAIL_RA_REPLY, _("the certificates were not activated"));
}

/* The RA's order names its certificates by their profiles. */
static size_t place_of(const struct apply *apply, size_t index)
{
	const char *wanted = apply->certs[index].profile->id;

	for (size_t i = 0; i < apply->order.cert_count; i++)
		if (apply->order.certs[i].profile &&
			strcmp(apply->order.certs[i].profile, wanted) == 0)
			return i;
	return index;
}

/* Customer service has to allow it first: say how to reach it. */
static void add_contact(const struct apply *apply, struct fail *fail)
{
	const struct ra_site *site = &apply->tool.site;
	const char *parts[] = { site->contact, site->phone, site->hours };
	size_t used = strlen(fail->detail);

	for (size_t i = 0; i < 3; i++) {
		CLEANUP(free_p) char *clean = text_clean_line(parts[i]);
		if (!clean || strstr(fail->detail, clean) || used >= sizeof fail->detail - 1)
			continue;
		snprintf(fail->detail + used, sizeof fail->detail - used, "%s%s", used ? "; " : "",
			clean);
		used = strlen(fail->detail);
	}
}

/* A renewal whose receipt the RA has: what it brought is on its carrier, and some sites let it be
 * fetched only once. The certificate comes from the record then, without those of the CA. */
static bool take_recorded(struct apply *apply, size_t index)
{
	struct chain_cert *leaf = &apply->certs[index].chain.leaf;
	char name[APPLY_NAME_MAX];
	const char *text = tool_recorded(&apply->tool, apply_name(name, "certificate", index));

	return apply->mode == APPLY_RENEW && apply->order.state == RA_ACKNOWLEDGED && text &&
	       text_unbase64(text, &leaf->der, &leaf->len);
}

static bool fetch(struct apply *apply, size_t index, struct fail *fail)
{
	struct apply_cert *cert = &apply->certs[index];
	struct chain_wish wish = { .public = cert->key.public,
		.subject = apply->tool.registration.subject_der,
		.subject_len = apply->tool.registration.subject_len,
		.now = time(NULL) };
	size_t at = place_of(apply, index);
	CLEANUP(free_p) char *hex = NULL;

	bool recorded = take_recorded(apply, index);
	if (!recorded && !apply->tool.ra->ops->certificate(
				 apply->tool.ra, &apply->order, at, &cert->chain, fail)) {
		if (fail->code == FAIL_NOT_ENABLED)
			add_contact(apply, fail);
		return false;
	}
	if (!apply_sha256(cert->chain.leaf.der, cert->chain.leaf.len, &hex))
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (strcasecmp(hex, apply->order.certs[at].sha256) != 0)
		return fail_set(
			fail, FAIL_RA_REPLY, _("the certificate is not the one of the order"));
	return (recorded || chain_check(&cert->chain, &wish, fail)) &&
	       chain_describe(&cert->chain.leaf, &cert->text, fail);
}

bool apply_step_certificate(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->order.cert_count != apply->count)
		return fail_set(
			fail, FAIL_RA_REPLY, _("the order has another number of certificates"));
	if (apply->carrier == RA_FILE && apply->tool.site.slip)
		term_note(&apply->tool.term, "%s", _("Downloading the certificate, please wait."));
	for (size_t i = 0; i < apply->count; i++)
		if (!fetch(apply, i, fail))
			return false;
	return true;
}
