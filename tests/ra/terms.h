/* SPDX-License-Identifier: Apache-2.0 */
/* Which terms are in force, and whether somebody accepted just these. */
#ifndef RA_TERMS_H
#define RA_TERMS_H

#include "ra.h"

#define TERMS_ID 48

enum terms_state {
	TERMS_CURRENT,
	TERMS_OUTDATED
};

/* ret_id again. */
const char *terms_id(struct request *request, char ret_id[TERMS_ID]);

/* The text with its version at the end; the caller frees. */
char *terms_text(struct request *request, const struct site_terms *terms);

/* In either language. */
enum terms_state terms_check(struct request *request, const char *id, const char *sha256);

#endif
