/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in the database: their state and how they are shown. */
#include "certificate.h"

#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "window.h"

const char *certificate_status(const struct request *request, sqlite3_stmt *row)
{
	if (sqlite3_column_type(row, CERT_REVOKED) != SQLITE_NULL)
		return sqlite3_column_int(row, CERT_REASON) == REASON_HOLD ? "suspended"
									   : "revoked";
	if (sqlite3_column_int64(row, CERT_TO) < request->now)
		return "expired";
	return sqlite3_column_int(row, CERT_ACTIVE) ? "valid" : "not_activated";
}

/* The host's code, where the site has codes: valid ones in their renewal window are expiring. */
static void set_host_status(
	const struct request *request, json_t *json, const char *status, int64_t not_after)
{
	const struct site *site = request->site;
	bool expiring = strcmp(status, "valid") == 0 &&
			request->now >= window_opens(site->renewal_window, not_after);
	json_t *host = json_object_get(site->status, expiring ? "expiring" : status);
	if (host)
		json_object_set(json, "host_status", host);
}

json_t *certificate_json(struct request *request, sqlite3_stmt *row)
{
	const struct site *site = request->site;
	const char *id = db_text(row, CERT_ID);
	const char *status = certificate_status(request, row);
	const struct site_profile *profile = site_profile(site, db_text(row, CERT_PROFILE));
	CLEANUP(free_p) char *url = ra_url(request->ra, "v1/%s/certificates/%s", site->id, id);
	CLEANUP(free_p)
	char *order = ra_url(request->ra, "v1/%s/orders/%s", site->id, db_text(row, CERT_ORDER));
	json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", id, "url", url,
		"order_url", order, "profile", db_text(row, CERT_PROFILE), "role",
		profile ? profile->role : "both", "sha256", db_text(row, CERT_SHA256), "subject",
		db_text(row, CERT_SUBJECT), "issuer", db_text(row, CERT_ISSUER), "serial_number",
		id, "status", status);
	ra_set_time(json, "not_before", sqlite3_column_int64(row, CERT_FROM));
	ra_set_time(json, "not_after", sqlite3_column_int64(row, CERT_TO));
	if (*db_text(row, CERT_CARD))
		json_object_set_new(json, "card_serial", json_string(db_text(row, CERT_CARD)));
	if (strcmp(site->delivery, "download") == 0)
		json_object_set_new(json, "downloaded",
			json_boolean(sqlite3_column_type(row, CERT_DOWNLOADED) != SQLITE_NULL));
	set_host_status(request, json, status, sqlite3_column_int64(row, CERT_TO));
	return json;
}
