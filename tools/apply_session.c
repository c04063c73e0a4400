/* SPDX-License-Identifier: Apache-2.0 */
/* The steps with the RA before a key is made: login, first password, slip, terms, verification; and
 * the PIN. */
#include <string.h>

#include "apply.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/login.h"
#include "lib/pin.h"
#include "lib/scope.h"
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

bool apply_step_registration(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!terms_show_registration(&apply->tool, fail))
		return false;
	if (apply->tool.registration.carrier == apply->carrier)
		return true;
	return apply->carrier == RA_CARD
		       ? fail_set(fail, FAIL_USAGE,
				 _("this account's certificates are files: give --carrier file"))
		       : fail_set(fail, FAIL_USAGE,
				 _("this account's certificates are on a card: give --carrier "
				   "card"));
}

static bool read_slip(struct apply *apply, struct pin **ret, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *pin = NULL;
	size_t len;

	if (apply->slip_source)
		return pin_from_source(apply->slip_source, ret, fail);
	pin = pin_new();
	if (!pin)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_ask_hidden(&apply->tool.term, _("Password of the counter slip: "),
		    "--slip-source", pin_buffer(pin), PIN_MAX + 1, &len, fail))
		return false;
	if (!len)
		return fail_set(fail, FAIL_CANCELLED, NULL);
	pin_filled(pin, len);
	*ret = TAKE(pin);
	return true;
}

/* The right to apply; an order that was recorded has used it up already. */
bool apply_step_slip(void *context, struct fail *fail)
{
	struct apply *apply = context;
	CLEANUP(pin_free_p) struct pin *slip = NULL;

	if (!apply->tool.site.slip || tool_recorded(&apply->tool, "order_url"))
		return true;
	if (tool_recorded(&apply->tool, "order"))
		return true;
	return read_slip(apply, &slip, fail) &&
	       apply->tool.ra->ops->eligibility(apply->tool.ra, slip, &apply->eligibility, fail);
}

bool apply_step_terms(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!terms_accept(&apply->tool, fail))
		return false;
	if (apply->manner->agreed)
		term_note(&apply->tool.term, "%s", _(apply->manner->agreed));
	return true;
}

bool apply_step_verify(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->carrier == RA_FILE)
		return true;
	term_title(&apply->tool.term, _("Card"));
	if (tool_recorded(&apply->tool, "order_url"))
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

	if (apply->carrier == RA_FILE)
		return apply->mode == APPLY_REDOWNLOAD ? apply_open_file(apply, fail)
						       : apply_open_identity(apply, fail);
	if (apply->manner->announce && apply->mode == APPLY_NEW)
		term_note(&apply->tool.term, "%s", _(apply->manner->announce));
	if (apply->manner->second_pin)
		term_title(&apply->tool.term, _("IC card PIN verification"));
	term_warn(&apply->tool.term, _("More than three wrong entries lock the card."));
	return card_login(&apply->tool, fail);
}
