/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate file on its way to a phone: the RA keeps it until the phone shows the code. */
#ifndef TWCA_TOOLS_RA_PHONE_H
#define TWCA_TOOLS_RA_PHONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct ra;

/* Strings are the caller's; ra_transfer_clear() frees them. */
struct ra_transfer {
	char *qr;      /* what the QR code holds; who knows it can fetch the file once */
	char *expires; /* RFC 3339 */
};
void ra_transfer_clear(struct ra_transfer *transfer);

struct ra_phone_file {
	const char *sha256; /* of the certificate, lower-case hexadecimal */
	const uint8_t *pfx;
	size_t pfx_len;
};

/* Hand the encrypted file over. Errors: PHONE_NOT_READY, RA_REFUSED (this site has no phones, or
 * the certificate is not the newest). */
bool ra_phone_send(struct ra *ra, const struct ra_phone_file *file, struct ra_transfer *ret,
	struct fail *fail);

#endif
