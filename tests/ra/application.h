/* SPDX-License-Identifier: Apache-2.0 */
/* An application as it comes in, for new certificates or for a renewal: read, checked, stored. */
#ifndef RA_APPLICATION_H
#define RA_APPLICATION_H

#include "ra.h"

enum {
	APPLICATION_MAX = 2 /* certificates at once */
};

struct application_request {
	const char *profile, *csr; /* csr in base64 */
	unsigned char *der;
	size_t len;
	char key_sha256[65];
};

struct application {
	json_t *body; /* owned */
	struct application_request requests[APPLICATION_MAX];
	size_t count;
	const char *terms_id, *terms_sha256, *verification, *eligibility, *payment;
	int accepted;
	char card[33];         /* "" for files */
	const char *old_order; /* a renewal: the order of the old certificates; else NULL */
};

void application_clear(struct application *app);

/* Takes body over. False: reply is the problem. */
bool application_read(
	struct request *request, struct reply *reply, json_t *body, struct application *ret);

/* All checks, in the order that the contract gives. */
bool application_pass(struct request *request, struct reply *reply, struct application *app);

/* Makes the order, issues when nothing is to wait for, and answers with it. */
void application_store(struct request *request, struct reply *reply, const struct application *app);

#endif
