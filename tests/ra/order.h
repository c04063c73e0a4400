/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: finding, issuing, showing them. */
#ifndef RA_ORDER_H
#define RA_ORDER_H

#include "ra.h"

enum order_column {
	ORDER_ID,
	ORDER_STATE,
	ORDER_CREATED,
	ORDER_EXPIRES,
	ORDER_CARD,
	ORDER_KIND,
	ORDER_POLLS,
	ORDER_FATE,
	ORDER_REASON,
	ORDER_SESSION
};

/* The account's order of that id, not stepped yet. The caller finalises. */
sqlite3_stmt *order_find(struct request *request, const char *id);

/* All of the account, newest first. */
sqlite3_stmt *order_find_all(struct request *request);

/* The document of a stepped row. */
json_t *order_json(struct request *request, sqlite3_stmt *row);

/* Answers with the order; 201 and 202 get Location, unfinished ones Retry-After. */
void order_reply(struct request *request, struct reply *reply, unsigned status, const char *id);

/* Certifies the order's key and sets it issued. False: nothing was issued. */
bool order_issue(struct request *request, const char *id);

/* One step towards the order's fate: pending -> approved -> issued, or rejected, or expired. */
bool order_advance(struct request *request, const char *id);

/* Is there an open order, or a certificate in force, for this card (or these files)? Then reply is
 * the problem. renewal: only unfinished renewals count. */
bool order_exists_for(struct request *request, struct reply *reply, const char *card, bool renewal);

#endif
