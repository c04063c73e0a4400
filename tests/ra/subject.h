/* SPDX-License-Identifier: Apache-2.0 */
/* The subject name that a registered person's certificates carry. */
#ifndef RA_SUBJECT_H
#define RA_SUBJECT_H

#include <openssl/x509.h>

#include "site.h"

/* organization "": the site's. NULL: no memory. The caller frees. */
X509_NAME *subject_make(const struct site *site, const char *organization, const char *cn);

/* RFC 4514 text; the caller frees. */
char *subject_text(const X509_NAME *name);

#endif
