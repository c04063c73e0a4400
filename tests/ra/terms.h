/* SPDX-License-Identifier: Apache-2.0 */
/* Which terms are in force, and whether somebody accepted just these. */
#ifndef RA_TERMS_H
#define RA_TERMS_H

#include "ra.h"

#define TERMS_ID 48

/* ret_id again. */
const char *terms_id(struct request *request, char ret_id[TERMS_ID]);

/* The text with its version at the end; the caller frees. */
char *terms_text(struct request *request, const struct site_terms *terms);

/* Accepted, and these are the terms in force, in either language; false: reply is the problem. */
bool terms_pass(struct request *request, struct reply *reply, int accepted, const char *id,
	const char *sha256);

#endif
