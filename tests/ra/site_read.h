/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a settings file to sites. */
#ifndef RA_SITE_READ_H
#define RA_SITE_READ_H

#include "site.h"

/* Fills up to SITE_MAX sites; false after a line on stderr that names what is wrong. */
bool site_read(const char *text, struct site *ret_sites, size_t *ret_count);

/* Frees what is in site and leaves it empty. */
void site_clear(struct site *site);

#endif
