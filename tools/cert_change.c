/* SPDX-License-Identifier: Apache-2.0 */
/* Suspends and revokes where the site does that on line; tells what to do where it is done on
 * paper. */
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "lib/i18n.h"
#include "lib/login.h"
#include "lib/pick.h"
#include "lib/ra_info.h"
#include "lib/scope.h"
#include "lib/verify.h"

static bool is_valid(const struct ra_cert *item)
{
	return item->status && strcmp(item->status, "valid") == 0;
}

static size_t count_valid(const struct cert *cert)
{
	size_t count = 0;

	for (size_t i = 0; i < cert->certs.count; i++)
		count += is_valid(&cert->certs.items[i]);
	return count;
}

/* Show what will be hit, on the terminal, before anything is asked. */
static void show(const struct cert *cert)
{
	const struct term *term = &cert->tool.term;

	term_title(term, _("Your certificates"));
	for (size_t i = 0; i < cert->certs.count; i++) {
		const struct ra_cert *item = &cert->certs.items[i];
		term_note(term, "%zu. %s%s%s", i + 1, cert_status_text(item->status),
			item->role ? _(", ") : "", item->role ? cert_role_text(item->role) : "");
		term_field(term, _("Subject"), item->subject);
		term_field(term, _("Serial number"), item->serial);
	}
}

/* Both questions must be answered with yes. */
static bool confirm_twice(
	const struct cert *cert, const char *first, const char *second, struct fail *fail)
{
	bool yes;

	if (!term_confirm(&cert->tool.term, first, &yes, fail))
		return false;
	if (yes && second && !term_confirm(&cert->tool.term, second, &yes, fail))
		return false;
	return yes || fail_set(fail, FAIL_CANCELLED, _("nothing was changed"));
}

/* A card is verified if one is there; the card may also be what was lost. */
static bool verify_card(struct cert *cert, struct fail *fail)
{
	struct fail none = FAIL_INIT;

	if (!pick_card(&cert->tool, PICK_QUIETLY | PICK_BLANK | PICK_READ_ONLY, &none)) {
		term_note(
			&cert->tool.term, _("No card was verified: %s."), fail_message(none.code));
		return true;
	}
	return verify_present(&cert->tool, fail);
}

/* named[i]: the i-th certificate is named on the command line. The caller frees *ret. */
static bool read_names(struct cert *cert, bool **ret, struct fail *fail)
{
	CLEANUP(free_p) bool *named = calloc(cert->certs.count + 1, sizeof *named);
	size_t index;

	if (!named)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (unsigned i = 0; i < cert->argument_count; i++) {
		if (!cert_find(cert, cert->arguments[i], &index, fail))
			return false;
		named[index] = true;
	}
	*ret = TAKE(named);
	return true;
}

/* Those that are named, or all valid ones where none is. */
static bool choose(struct cert *cert, const char **ids, size_t *ret_count, struct fail *fail)
{
	CLEANUP(free_p) bool *named = NULL;

	*ret_count = 0;
	if (!read_names(cert, &named, fail))
		return false;
	for (size_t i = 0; i < cert->certs.count; i++)
		if (cert->argument_count ? named[i] : is_valid(&cert->certs.items[i]))
			ids[(*ret_count)++] = cert->certs.items[i].id;
	return true;
}

/* Where the site takes all at once, who names some must have named all that would be hit. */
static bool names_all(struct cert *cert, struct fail *fail)
{
	CLEANUP(free_p) bool *named = NULL;

	if (!cert->argument_count)
		return true;
	if (!read_names(cert, &named, fail))
		return false;
	for (size_t i = 0; i < cert->certs.count; i++)
		if (is_valid(&cert->certs.items[i]) && !named[i])
			return fail_set(fail, FAIL_USAGE,
				_("this site changes all certificates at once; that would hit %s "
				  "too"),
				cert->certs.items[i].serial);
	return true;
}

static bool take_result(struct cert *cert, struct ra_certs *after)
{
	ra_certs_clear(&cert->certs);
	cert->certs = *after;
	cert->changed = true;
	return true;
}

/* tipo: chosen ones, with the site password again. */
static bool suspend_selected(
	struct cert *cert, const struct ra_suspension *manner, struct fail *fail)
{
	CLEANUP(free_p)
	const char **ids = calloc(cert->certs.count + 1, sizeof *ids);
	struct ra_certs after;
	size_t count;

	if (!ids)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!choose(cert, ids, &count, fail) || !verify_card(cert, fail) ||
		!confirm_twice(cert,
			cert->argument_count ? _("Suspend the certificates you chose?")
					     : _("Suspend all valid certificates?"),
			NULL, fail))
		return false;
	if (cert->tool.dry_run)
		return true;
	if (manner->password && !login_password(&cert->tool, fail))
		return false;
	return ra_cert_suspend(cert->tool.ra, ids, count,
		       manner->password ? cert->tool.password : NULL, &after, fail) &&
	       take_result(cert, &after);
}

static bool suspend_all(struct cert *cert, struct fail *fail)
{
	struct ra_certs after;

	if (!names_all(cert, fail) || !confirm_twice(cert, _("Suspend your certificates?"),
					      _("Suspension will proceed. Go on?"), fail))
		return false;
	if (cert->tool.dry_run)
		return true;
	return ra_cert_suspend(cert->tool.ra, NULL, 0, NULL, &after, fail) &&
	       take_result(cert, &after);
}

bool cert_suspend(struct cert *cert, struct fail *fail)
{
	struct ra_suspension manner;

	if (!tool_open_ra(&cert->tool, fail))
		return false;
	if (!ra_cert_can_suspend(cert->tool.ra, &manner))
		return fail_set(fail, FAIL_RA_REFUSED,
			_("this site does not suspend certificates; they can be revoked: twca-cert "
			  "revoke"));
	if (!cert_load(cert, fail))
		return false;
	show(cert);
	if (!count_valid(cert))
		return fail_set(fail, FAIL_SUSPENSION, _("there is no valid certificate"));
	if (manner.selected ? suspend_selected(cert, &manner, fail) : suspend_all(cert, fail))
		return true;
	if (strcmp(fail->type, "nothing-to-do") == 0)
		fail->code = FAIL_SUSPENSION;
	return false;
}

/* On paper: the form and whom to ask. Needs no login and changes nothing. */
static bool on_paper(struct cert *cert, const char *purpose, struct fail *fail)
{
	return ra_info_form(cert->tool.ra, purpose, &cert->form, fail) &&
	       ra_info_contact(cert->tool.ra, &cert->contact, fail);
}

bool cert_resume(struct cert *cert, struct fail *fail)
{
	return tool_open_ra(&cert->tool, fail) && on_paper(cert, "resume", fail);
}

bool cert_revoke(struct cert *cert, struct fail *fail)
{
	struct ra_certs after;

	if (!tool_open_ra(&cert->tool, fail))
		return false;
	if (!ra_cert_can_revoke(cert->tool.ra))
		return cert->argument_count
			       ? fail_set(fail, FAIL_USAGE,
					 _("this site revokes on paper; name no certificate, to be "
					   "shown how"))
			       : on_paper(cert, "revoke", fail);
	if (!cert_load(cert, fail))
		return false;
	show(cert);
	if (!count_valid(cert))
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("there is no valid certificate"));
	if (!names_all(cert, fail) || !confirm_twice(cert, _("Revoke your certificates?"),
					      _("All certificates will be revoked. Go on?"), fail))
		return false;
	if (cert->tool.dry_run)
		return true;
	return ra_cert_revoke(cert->tool.ra, &after, fail) && take_result(cert, &after);
}
