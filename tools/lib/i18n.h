/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: _() translates now, N_() marks a string of a constant table. */
#ifndef TWCA_TOOLS_I18N_H
#define TWCA_TOOLS_I18N_H

#include <libintl.h>

#define TWCA_TEXT_DOMAIN "twca-tools"

#define _(text) dgettext(TWCA_TEXT_DOMAIN, text)
#define N_(text) text

#endif
