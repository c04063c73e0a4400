/* SPDX-License-Identifier: Apache-2.0 */
/* Housekeeping: certificates that a newer one of the same name and issuer has made superfluous go
 * from the carrier, with their keys. What only deciphers stays. */
#include <stdlib.h>

#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/scope.h"
#include "lib/uri.h"
#include "renew.h"

/* The certificates of the carrier. */
struct shelf {
	struct p11_own own[P11_FIND_MAX];
	int newer[P11_FIND_MAX]; /* the index of the one that takes its place; -1: it stays */
	size_t count;
};

static void shelf_free(struct shelf **shelf)
{
	if (*shelf)
		p11_own_clear((*shelf)->own, (*shelf)->count);
	free(*shelf);
}

static int find_newer(const struct shelf *shelf, size_t older)
{
	for (size_t i = 0; i < shelf->count; i++)
		if (i != older && p11_own_replaces(&shelf->own[i], &shelf->own[older]))
			return (int)i;
	return -1;
}

/* *ret_count: how many are superfluous. */
static bool look(struct apply *apply, struct shelf *shelf, size_t *ret_count, struct fail *fail)
{
	*ret_count = 0;
	if (!p11_own_certs(apply->tool.session, shelf->own, &shelf->count, fail))
		return false;
	for (size_t i = 0; i < shelf->count; i++) {
		shelf->newer[i] = find_newer(shelf, i);
		*ret_count += shelf->newer[i] >= 0;
	}
	return true;
}

static bool tell(struct apply *apply, const struct p11_own *own, struct fail *fail)
{
	const struct chain_cert whole = { .der = own->der, .len = own->der_len };
	CLEANUP(chain_text_clear) struct chain_text text = { 0 };
	CLEANUP(free_p)
	char *uri = uri_of_object(&apply->tool.token, own->id, own->id_len, "cert");

	if (!chain_describe(&whole, &text, fail))
		return false;
	term_field(&apply->tool.term, _("Subject"), text.subject);
	term_field(&apply->tool.term, _("Serial number"), text.serial);
	term_field(&apply->tool.term, _("Valid until"), text.not_after);
	return json_array_append_new(apply->superseded,
		       json_pack("{s:s, s:s, s:s, s:s, s:s*, s:b}", "serial", text.serial,
			       "subject", text.subject, "not_after", text.not_after, "sha256",
			       text.sha256, "uri", uri, "removed", 0)) == 0 ||
	       fail_set(fail, FAIL_MEMORY, NULL);
}

static bool log_in(struct apply *apply, struct fail *fail)
{
	return apply->carrier == RA_FILE ? apply_open_file(apply, fail)
					 : card_login(&apply->tool, fail);
}

/* The newer one's key is here too: without it the old one is all that the person has. */
static bool can_go(
	struct apply *apply, const struct shelf *shelf, size_t index, bool *ret, struct fail *fail)
{
	struct p11_key key = { 0 };

	return p11_own_key(apply->tool.session, &shelf->own[shelf->newer[index]], &key, ret, fail);
}

static bool remove_all(struct apply *apply, const struct shelf *shelf, struct fail *fail)
{
	for (size_t i = 0, row = 0; i < shelf->count; i++) {
		bool goes;
		if (shelf->newer[i] < 0)
			continue;
		if (!interrupt_check(fail) || !can_go(apply, shelf, i, &goes, fail) ||
			(goes && !p11_own_destroy(apply->tool.session, &shelf->own[i], fail)))
			return false;
		if (goes)
			json_object_set_new(
				json_array_get(apply->superseded, row), "removed", json_true());
		apply->removed += goes;
		row++;
	}
	return apply->removed ||
	       fail_set(fail, FAIL_CERT_KEY, _("the newer certificate's key is not here"));
}

bool renew_step_tidy(void *context, struct fail *fail)
{
	struct apply *apply = context;
	CLEANUP(shelf_free) struct shelf *shelf = calloc(1, sizeof *shelf);
	size_t count;
	bool yes;

	apply->superseded = json_array();
	if (!shelf || !apply->superseded)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!look(apply, shelf, &count, fail))
		return false;
	if (!count)
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("no superseded certificate is here"));
	term_title(&apply->tool.term, _("Superseded certificates"));
	for (size_t i = 0; i < shelf->count; i++)
		if (shelf->newer[i] >= 0 && !tell(apply, &shelf->own[i], fail))
			return false;
	if (apply->tool.dry_run)
		return true;
	if (!term_confirm(&apply->tool.term, _("Remove them with their keys?"), &yes, fail))
		return false;
	if (!yes)
		return fail_set(fail, FAIL_CANCELLED, NULL);
	return log_in(apply, fail) && remove_all(apply, shelf, fail);
}

void renew_offer_tidy(struct apply *apply)
{
	CLEANUP(shelf_free) struct shelf *shelf = calloc(1, sizeof *shelf);
	struct fail ignored = FAIL_INIT;
	size_t count;

	if (shelf && look(apply, shelf, &count, &ignored) && count)
		term_note(&apply->tool.term, _("Superseded certificates are still here; twca-renew "
					       "--tidy removes them."));
}
