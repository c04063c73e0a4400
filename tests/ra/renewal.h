/* SPDX-License-Identifier: Apache-2.0 */
/* May this certificate be renewed now? */
#ifndef RA_RENEWAL_H
#define RA_RENEWAL_H

#include "ra.h"

/* Does the account have a valid certificate in its renewal window, and no newer one? */
bool renewal_due(struct request *request, int64_t account_id);

/* The account's valid certificate of that SHA-256 (hexadecimal), in its window: the stepped row of
 * CERTIFICATE_SQL, which the caller finalises. NULL: reply is the problem. */
sqlite3_stmt *renewal_certificate(struct request *request, struct reply *reply, const char *sha256);

#endif
