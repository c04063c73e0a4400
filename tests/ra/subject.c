/* SPDX-License-Identifier: Apache-2.0 */
/* The subject name that a registered person's certificates carry. */
#include "subject.h"

#include <stdbool.h>
#include <string.h>

#include "cleanup.h"

static bool add(X509_NAME *name, const char *type, const char *value)
{
	return X509_NAME_add_entry_by_txt(
		name, type, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0);
}

X509_NAME *subject_make(const struct site *site, const char *organization, const char *cn)
{
	X509_NAME *name = X509_NAME_new();
	if (name && add(name, "C", "TW") &&
		add(name, "O", *organization ? organization : site->organization) &&
		add(name, "OU", site->unit) && add(name, "CN", cn))
		return name;
	X509_NAME_free(name);
	return NULL;
}

char *subject_text(const X509_NAME *name)
{
	CLEANUP(bio_p) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	if (!bio || X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
		return NULL;
	long len = BIO_get_mem_data(bio, &text);
	return strndup(text, len > 0 ? (size_t)len : 0);
}
