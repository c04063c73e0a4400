/* SPDX-License-Identifier: Apache-2.0 */
/* How a suspended login is lifted: on paper, at the RA; this command changes nothing. */
#include <string.h>

#include "account.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/out.h"

// clang-format off
static const struct help_row {
	const char *site;
	const char *form;     /* where the RA does not tell */
	const char *how;      /* the form goes in */
	const char *delivery; /* the new password slip comes out */
	const char *note;     /* NULL: none */
} rows[] = {
	{ "soft", N_("the site password reset form"),
	  N_("by mail, or at the TWCA counter"), N_("picked up at the counter, or by mail"), NULL },
	{ "fine", N_("the FINE site password reset form"),
	  N_("by mail, or at the TWCA counter"), N_("picked up at the counter, or by mail"),
	  N_("Mail goes to the certificate contact person of the registration form.") },
	{ "tipo", N_("the TIPO site password reset form"),
	  N_("by mail, or at the TWCA counter"),
	  N_("picked up at the counter, by mail, or electronically"), NULL },
	{ "post", N_("a request at the counter"), N_("at the post office counter"),
	  N_("at the counter"), NULL },
	{ "bts", N_("a new password slip"), N_("at the counter of the branch that keeps the account"),
	  N_("at the counter"), NULL },
};
// clang-format on

static const struct help_row *row_of(const struct account *account)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].site, account->tool.profile->site) == 0)
			return &rows[i];
	return &rows[0];
}

static const char *form_of(const struct account *account)
{
	return account->form.title ? account->form.title : _(row_of(account)->form);
}

bool account_reset_help(struct account *account, struct fail *fail)
{
	struct fail why = FAIL_INIT;

	(void)fail;
	/* the RA tells its form's name; without it there is what this program knows */
	if (!tool_open_ra(&account->tool, &why) ||
		!ra_reset_form(account->tool.ra, &account->form, &why))
		tool_warn(&account->tool, &why);
	return true;
}

void account_help_print(const struct account *account)
{
	const struct help_row *row = row_of(account);
	const struct ra_site *site = &account->tool.site;

	out_text(_("The login right is restored on paper only:"));
	out_field(_("Form"), form_of(account));
	if (account->form.papers)
		out_field(_("Papers"), account->form.papers);
	out_field(_("Hand it in"), _(row->how));
	out_field(_("New password slip"), _(row->delivery));
	if (row->note)
		out_text(_(row->note));
	if (site->contact)
		out_field(_("Contact"), site->contact);
	if (site->address)
		out_field(_("Postal address"), site->address);
	if (site->phone)
		out_field(_("Telephone"), site->phone);
	if (site->hours)
		out_field(_("Hours"), site->hours);
}

json_t *account_help_json(const struct account *account)
{
	const struct help_row *row = row_of(account);
	const struct ra_site *site = &account->tool.site;

	return json_pack("{s:s, s:s*, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*}", "form",
		form_of(account), "papers", account->form.papers, "hand_in", _(row->how),
		"delivery", _(row->delivery), "note", row->note ? _(row->note) : NULL, "contact",
		site->contact, "address", site->address, "telephone", site->phone, "hours",
		site->hours);
}
