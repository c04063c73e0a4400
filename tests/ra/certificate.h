/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in the database: their state and how they are shown. */
#ifndef RA_CERTIFICATE_H
#define RA_CERTIFICATE_H

#include "ra.h"

enum certificate_column {
	CERT_ID,
	CERT_ORDER,
	CERT_CARD,
	CERT_PROFILE,
	CERT_SHA256,
	CERT_SUBJECT,
	CERT_ISSUER,
	CERT_FROM,
	CERT_TO,
	CERT_REVOKED,
	CERT_REASON,
	CERT_ACTIVE,
	CERT_DOWNLOADED,
	CERT_DER
};

/* CRL reasons (RFC 5280 section 5.3.1) that this RA gives. */
enum {
	REASON_UNSPECIFIED = 0,
	REASON_SUPERSEDED = 4,
	REASON_HOLD = 6
};

#define CERTIFICATE_SQL                                                                            \
	"SELECT id, order_id, card_serial, profile, sha256, subject, issuer, not_before,"          \
	" not_after, revoked, reason, active, downloaded, der FROM certificate WHERE account_id=?"

/* not_activated, valid, suspended, revoked, expired */
const char *certificate_status(const struct request *request, sqlite3_stmt *row);

/* The document of a stepped row of CERTIFICATE_SQL. */
json_t *certificate_json(struct request *request, sqlite3_stmt *row);

#endif
