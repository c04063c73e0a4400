/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with certificates that are issued: list, fetch, look up others', suspend,
 * revoke, prove. All of it needs a session. */
#ifndef TWCA_TOOLS_RA_CERT_H
#define TWCA_TOOLS_RA_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct pin;
struct ra;

/* One certificate as the RA tells it; strings are borrowed from the list, NULL: not told. */
struct ra_cert {
	const char *id, *url, *profile, *role, *status;
	const char *subject, *issuer, *serial; /* serial: lower-case hexadecimal */
	const char *not_before, *not_after;    /* RFC 3339 */
	const char *sha256, *card_serial;
	const char *host_text; /* what the site calls the status; NULL: it has no codes */
	long host_code;
	const char *der; /* base64; of what was looked up only */
};

struct ra_certs {
	struct ra_cert *items;
	size_t count;
	bool more;   /* of a search: there are others */
	void *owner; /* the RA's document */
};
void ra_certs_clear(struct ra_certs *certs);

/* Mine, newest first. */
bool ra_cert_list(struct ra *ra, struct ra_certs *ret, struct fail *fail);

/* The bytes of one, DER. The caller frees *ret. */
bool ra_cert_bytes(struct ra *ra, const struct ra_cert *cert, uint8_t **ret, size_t *ret_len,
	struct fail *fail);

/* Other people's valid ones whose subject contains pattern. */
bool ra_cert_query(struct ra *ra, const char *pattern, struct ra_certs *ret, struct fail *fail);

/* How this site does it; false: not on line. */
struct ra_suspension {
	bool selected; /* some may be chosen; else all at once */
	bool password; /* the site password is wanted again */
};
bool ra_cert_can_suspend(struct ra *ra, struct ra_suspension *ret);
bool ra_cert_can_revoke(struct ra *ra);

/* ids: count of them, or 0 for all. password: NULL where it is not wanted. *ret: all as they are
 * now. Errors: NOTHING_TO_DO, LOGIN_REFUSED. */
bool ra_cert_suspend(struct ra *ra, const char *const *ids, size_t count,
	const struct pin *password, struct ra_certs *ret, struct fail *fail);

/* All valid ones. Errors: NOTHING_TO_DO. */
bool ra_cert_revoke(struct ra *ra, struct ra_certs *ret, struct fail *fail);

/* The proof page; html: to be printed, else text, cleaned for the terminal. The caller frees.
 * Errors: NOTHING_TO_DO. */
bool ra_cert_proof(struct ra *ra, bool html, char **ret, struct fail *fail);

#endif
