/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that only call the library: login, first password, terms, verifications, PIN. */
#include "apply.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/login.h"
#include "lib/terms.h"
#include "lib/verify.h"

bool apply_step_login(void *context, struct fail *fail)
{
	return login_open(context, fail);
}

bool apply_step_password(void *context, struct fail *fail)
{
	return login_first_password(context, fail);
}

bool apply_step_terms(void *context, struct fail *fail)
{
	return terms_show_registration(context, fail) && terms_accept(context, fail);
}

bool apply_step_verify(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_title(&apply->tool.term, _("Card"));
	if (journal_get(apply->tool.journal, "order_url"))
		return card_same(&apply->tool, fail);
	if (!apply->resumed)
		term_note(&apply->tool.term,
			_("Your card will be verified. Insert the card and choose "
			  "the reader in the next step."));
	if (!verify_present(&apply->tool, fail))
		return false;
	term_note(&apply->tool.term, _("Card verification succeeded."));
	return true;
}

bool apply_step_pin(void *context, struct fail *fail)
{
	struct apply *apply = context;

	term_note(&apply->tool.term,
		_("Generating the certificate key; you will be asked for the card PIN."));
	term_warn(&apply->tool.term, _("More than three wrong entries lock the card."));
	return card_login(&apply->tool, fail);
}

bool apply_step_prove(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->order.state == RA_ACKNOWLEDGED)
		return card_same(&apply->tool, fail);
	return verify_prove(&apply->tool, apply->order.url, &apply->key, fail);
}
