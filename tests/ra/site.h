/* SPDX-License-Identifier: Apache-2.0 */
/* The sites' rules, as data. */
#ifndef RA_SITE_H
#define RA_SITE_H

#include <stddef.h>

struct site_terms {
	const char *language, *title, *text, *accept_label;
};

struct site {
	const char *id, *name, *name_en, *profile, *organization, *unit;
	const char *contact_name, *reset_form;
	int years; /* validity of certificates */
	int password_min, password_max;
	const char *terms_id;
	struct site_terms terms[2]; /* the first is the default */
};

/* All sites; ret_count is set. */
const struct site *site_all(size_t *ret_count);

/* NULL: unknown. */
const struct site *site_find(const char *id, size_t len);

#endif
