/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: _() translates now, N_() marks a string of a constant table. */
#ifndef TWCA_TOOLS_I18N_H
#define TWCA_TOOLS_I18N_H

#include <libintl.h>

#define TWCA_TEXT_DOMAIN "twca-tools"

#define _(text) dgettext(TWCA_TEXT_DOMAIN, text)
#define N_(text) text

/* Texts that are one in English and several elsewhere: C_("post", "Done.") looks for the
 * catalogue's row with msgctxt "post", and takes the row without it if there is none. */
#define C_(context, text) i18n_in_context(context "\004" text, _(text))

static inline const char *i18n_in_context(const char *key, const char *usual)
{
	const char *found = dgettext(TWCA_TEXT_DOMAIN, key);

	return found == key ? usual : found;
}

#endif
