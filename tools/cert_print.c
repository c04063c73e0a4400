/* SPDX-License-Identifier: Apache-2.0 */
/* Shows results to people. */
#include <stdio.h>
#include <string.h>

#include "cert.h"
#include "lib/form.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/uri.h"

const char *cert_status_text(const char *status)
{
	// clang-format off
	static const struct {
		const char *word, *text;
	} words[] = {
		{ "expired",       N_("expired") },
		{ "not_activated", N_("not activated") },
		{ "revoked",       N_("revoked") },
		{ "suspended",     N_("suspended") },
		{ "valid",         N_("valid") },
	};
	// clang-format on
	for (size_t i = 0; status && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, status) == 0)
			return _(words[i].text);
	return status ? status : "";
}

const char *cert_role_text(const char *role)
{
	if (strcmp(role, "signing") == 0)
		return _("signing");
	return strcmp(role, "encryption") == 0 ? _("encryption") : _("signing and encryption");
}

void cert_print_one(const struct cert *cert, const struct ra_cert *item, size_t number)
{
	const struct local_cert *here = local_by_hash(&cert->local, item->sha256);
	CLEANUP(free_p)
	char *uri = here ? uri_of_object(&here->token, here->id, here->id_len, "cert") : NULL;
	char line[512];

	snprintf(line, sizeof line, "%zu. %s", number, item->subject);
	out_text(line);
	if (item->status)
		out_field(_("Status"), cert_status_text(item->status));
	if (item->host_text)
		out_field(_("At the host"), item->host_text);
	if (item->role)
		out_field(_("Use"), cert_role_text(item->role));
	out_field(_("Issuer"), item->issuer);
	out_field(_("Serial number"), item->serial);
	out_field(_("Valid from"), item->not_before);
	out_field(_("Valid until"), item->not_after);
	out_field("SHA-256", item->sha256);
	if (item->card_serial)
		out_field(_("Card"), item->card_serial);
	if (uri)
		out_field(_("On this computer"), uri);
}

static void print_form(const struct cert *cert)
{
	const char *title = json_text(cert->form, "title");

	if (title)
		out_text(title);
	else
		out_text(_("This site has no form for that. Ask the RA:"));
	form_print(cert->form);
	form_print_end(cert->contact);
}

static void print_all(const struct cert *cert)
{
	for (size_t i = 0; i < cert->certs.count; i++)
		if (!cert->has_chosen || cert->chosen == i)
			cert_print_one(cert, &cert->certs.items[i], i + 1);
}

static void print_changed(const struct cert *cert)
{
	bool post = strcmp(cert->tool.profile->site, "post") == 0;

	if (!cert->changed) /* --dry-run */
		return;
	if (cert->tool.verb == CERT_REVOKE)
		out_text(_("Certificates revoked."));
	else
		out_text(post ? _("Suspension completed.")
			      : _("Suspension completed successfully."));
	print_all(cert);
}

void cert_print(void *context)
{
	const struct cert *cert = context;
	bool on_stdout = cert->save && strcmp(cert->save, "-") == 0;

	if (on_stdout)
		return;
	if (cert->form || cert->contact)
		print_form(cert);
	else if (cert->tool.verb == CERT_STATUS)
		cert_print_status(cert);
	else if (cert->tool.verb == CERT_SUSPEND || cert->tool.verb == CERT_REVOKE)
		print_changed(cert);
	else if (cert->tool.verb == CERT_PROOF)
		printf("%s", cert->proof);
	else
		print_all(cert);
	if (cert->saved)
		out_field(_("Saved"), cert->saved);
}
