/* SPDX-License-Identifier: Apache-2.0 */
/* What an RA tells everybody: notices, documents, questions, links, drivers, forms. No session. */
#ifndef TWCA_TOOLS_RA_INFO_H
#define TWCA_TOOLS_RA_INFO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct ra;

/* The entries of a kind (about, notices, documents, faq, links, drivers, forms): an array of
 * objects whose members are strings, cleaned for the terminal. Errors: RA_REFUSED (this site has
 * none). The caller decrefs *ret. */
bool ra_info(struct ra *ra, const char *kind, json_t **ret, struct fail *fail);

/* The file behind an entry. Errors: USAGE (it has none). The caller frees *ret. */
bool ra_info_file(
	struct ra *ra, const json_t *entry, uint8_t **ret, size_t *ret_len, struct fail *fail);

/* The form for a purpose (register, revoke, resume, password_reset, slip) as a document of its own;
 * *ret NULL: this site has none. The caller decrefs. */
bool ra_info_form(struct ra *ra, const char *purpose, json_t **ret, struct fail *fail);

/* Whom to ask: name, phone, hours, address; each may be missing. The caller decrefs. */
bool ra_info_contact(struct ra *ra, json_t **ret, struct fail *fail);

#endif
