/* SPDX-License-Identifier: Apache-2.0 */
/* The sites' own words and manners, as their manuals have them. */
#include "manner.h"

#include <string.h>

#include "lib/i18n.h"

// clang-format off
static const struct apply_manner manners[] = {
	{
		.site = "bts", .carrier = RA_FILE, .level = 2,
		.key_labels = { "BTS", "BTS", "BTS" },
		.busy = N_("Processing certificate data, please wait."),
		.trust_question = N_("Do you want to install this certificate?"),
		.done = N_("Certificate download succeeded."),
		.fetched = N_("Certificate download succeeded."),
		.fetched_again = N_("Certificate download succeeded."),
		.renewed = { N_("Certificate download succeeded.") },
		.advice = { N_("Back up your new certificate file with the export function."),
			N_("Mobile users must run the phone upload again."),
			N_("Close the browser for the new setting to take effect.") },
		.secret = N_("New certificate password: "),
		.expired = N_("Get a new password slip at the counter of the branch that holds the account, and apply again."),
		.asks_level = true,
	},
	{
		.site = "fine", .carrier = RA_CARD,
		.key_labels = { "TWCA FINE", "TWCA FINE", "TWCA FINE" },
		.announce = N_("Generating the certificate key; you will be asked for the card PIN."),
		.busy = N_("Do not leave this screen and do not remove the card from the reader."),
		.trust = N_("You are about to install a certificate from a certification authority claiming to represent"),
		.trust_question = N_("Install it and its CA certificates on the card?"),
		.done = N_("Application completed."),
		.fetched = N_("Certificate import completed."),
		.fetched_again = N_("Certificate import completed."),
		.renewed = { N_("Certificate renewal completed.") },
		.advice = { N_("The certificate can be used at once; no activation is needed. To use it in browsers "
			"and other programs on this computer: twca-export register") },
		.expired = N_("Register again at the RA and apply for a new certificate."),
	},
	{
		.site = "post", .carrier = RA_CARD,
		.key_labels = { "Post", "Post signing", "Post encryption" },
		.agreed = N_("Terms accepted; the certificate will be stored on the certificate card."),
		.busy = N_("Do not leave this screen and do not remove the card from the reader."),
		.trust = N_("Security warning"),
		.trust_question = N_("Install it and its CA certificates on the card?"),
		.done = N_("Application succeeded."),
		.fetched = N_("Certificate import completed."),
		.fetched_again = N_("Certificate import completed."),
		.renewed = { N_("Certificate renewal succeeded.") },
		.expired = N_("Register again at the RA and apply for a new certificate."),
	},
	{
		.site = "post", .carrier = RA_FILE, .level = 2,
		.key_labels = { "Post", "Post signing", "Post encryption" },
		.agreed = N_("Terms accepted."),
		.trust = N_("Security warning"),
		.trust_question = N_("Install it and its CA certificates?"),
		.done = N_("Application succeeded."),
		.fetched = N_("Certificate import completed."),
		.fetched_again = N_("Certificate import completed."),
		.renewed = { N_("Certificate renewal succeeded.") },
		.files_made = { N_("Certificate files created."), N_("The new certificate files were created.") },
		.secret = N_("Certificate file password: "),
		.expired = N_("Register again at the RA and apply for a new certificate."),
		.saves_files = true,
	},
	{
		.site = "soft", .carrier = RA_FILE, .level = 1,
		.key_labels = { "TWCA", "TWCA", "TWCA" },
		.busy = N_("Do not close the program now, or the operation may fail."),
		.trust = N_("Security warning"),
		.trust_question = N_("Install it and its CA certificates?"),
		.done = N_("Certificate download completed."),
		.later = N_("Application completed. Please download the certificate."),
		.fetched = N_("Certificate download completed."),
		.fetched_again = N_("Certificate import completed."),
		.renewed = { N_("Certificate update completed."), N_("You have completed the certificate renewal.") },
		.advice = { N_("Back the certificate and its key up now and keep the copy safe: twca-export backup FILE --site soft") },
		.secret = N_("Key password: "),
		.expired = N_("Register again at the RA and apply for a new certificate."),
		.asks_label = true,
	},
	{
		.site = "tipo", .carrier = RA_CARD,
		.key_labels = { "TIPO", "TIPO signing", "TIPO encryption" },
		.announce = N_("Generating the certificate key; you will be asked for the card PIN."),
		.busy = N_("Do not leave this screen and do not remove the card from the reader."),
		.trust = N_("Security warning"),
		.trust_question = N_("Install it and its CA certificates on the card?"),
		.done = N_("Certificate import completed."),
		.later = N_("Application completed. Please activate the certificate."),
		.fetched = N_("Certificate import completed."),
		.fetched_again = N_("Certificate import completed."),
		.activated = N_("Certificate activation completed."),
		.renewed = { N_("Certificate import completed."), N_("You have completed the certificate renewal.") },
		.expired = N_("Register again at the RA and apply for a new certificate."),
		.second_pin = true,
	},
};
// clang-format on

const struct apply_manner *apply_manner_find(const char *site, enum ra_carrier carrier)
{
	for (size_t i = 0; i < sizeof manners / sizeof manners[0]; i++)
		if (strcmp(manners[i].site, site) == 0 && manners[i].carrier == carrier)
			return &manners[i];
	return NULL;
}
