/* SPDX-License-Identifier: Apache-2.0 */
/* Understands the names of certificates and compares them with what is there. */
#include "which.h"

#include <ctype.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chain.h"
#include "fail.h"
#include "i18n.h"
#include "p11.h"
#include "scope.h"
#include "text.h"
#include "uri.h"

#define FILE_MAX (256u * 1024)
#define BEGINNING_MIN 4 /* digits that are more than chance */

static void bio_free_p(BIO **bio)
{
	BIO_free(*bio);
}

static void x509_free_p(X509 **x509)
{
	X509_free(*x509);
}

static bool is_uri(const char *text)
{
	return strncasecmp(text, "pkcs11:", strlen("pkcs11:")) == 0;
}

/* Hexadecimal digits, with or without colons or blanks between bytes. */
static bool take_digits(const char *text, size_t len, struct which *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		if ((text[i] == ':' || text[i] == ' ') && count)
			continue;
		if (!isxdigit((unsigned char)text[i]) || count == WHICH_DIGITS_MAX)
			return false;
		ret->digits[count++] = (char)tolower((unsigned char)text[i]);
	}
	ret->digits[count] = '\0';
	return count > 0;
}

/* "0x018E1F", and "101919(0x018E1F)" as twca-cert status writes it. */
static bool take_number(const char *text, struct which *ret)
{
	const char *bracket = strchr(text, '(');
	const char *hex = bracket ? bracket + 1 : text;
	size_t len = strlen(hex);

	if (strncasecmp(hex, "0x", 2) != 0)
		return !bracket && take_digits(text, strlen(text), ret);
	if (bracket && (strspn(text, "0123456789") != (size_t)(bracket - text) || !len ||
			       hex[len - 1] != ')'))
		return false;
	ret->whole = true;
	return take_digits(hex + 2, len - 2 - (bracket ? 1 : 0), ret);
}

/* At most FILE_MAX bytes of a file, or of standard input. The caller frees; NULL: cannot be read.
 */
static BIO *read_whole(const char *path)
{
	bool std = strcmp(path, "-") == 0;
	FILE *opened = std ? NULL : fopen(path, "rbe");
	FILE *from = std ? stdin : opened;
	CLEANUP(free_p) char *bytes = malloc(FILE_MAX);
	BIO *bio = BIO_new(BIO_s_mem());

	size_t len = from && bytes ? fread(bytes, 1, FILE_MAX, from) : 0;
	bool ok = bio && len && BIO_write(bio, bytes, (int)len) == (int)len;
	if (opened)
		fclose(opened);
	if (!ok)
		BIO_free(bio);
	return ok ? bio : NULL;
}

static bool take_file(const char *path, struct which *ret, struct fail *fail)
{
	CLEANUP(bio_free_p) BIO *bio = read_whole(path);
	CLEANUP(chain_text_clear) struct chain_text text = { 0 };
	struct chain_cert cert = { 0 };
	char *start = NULL;

	if (!bio)
		return fail_set(fail, FAIL_USAGE,
			_("%s: no serial number, no PKCS#11 URI, and no file with a certificate"),
			path);
	long len = BIO_get_mem_data(bio, &start);
	const unsigned char *der = (const unsigned char *)start;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &der, len);
	if (!x509)
		x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	int der_len = x509 ? i2d_X509(x509, &cert.der) : 0;
	cert.len = der_len > 0 ? (size_t)der_len : 0;
	bool ok = cert.len && chain_describe(&cert, &text, fail);
	OPENSSL_free(cert.der);
	if (!ok)
		return fail_set(
			fail, FAIL_USAGE, _("%s: there is no certificate in this file"), path);
	ret->is_file = true;
	snprintf(ret->digits, sizeof ret->digits, "%s", text.sha256);
	return true;
}

bool which_read(const char *text, struct which *ret, struct fail *fail)
{
	struct which which = { .text = text };
	struct p11_token nothing = { 0 };
	bool match;

	if (is_uri(text)) {
		which.is_uri = true;
		if (!uri_match_token(text, &nothing, &match, fail))
			return false;
	} else if (!take_number(text, &which) && !take_file(text, &which, fail)) {
		return false;
	}
	*ret = which;
	return true;
}

static const char *without_zeros(const char *digits)
{
	return digits + strspn(digits, "0");
}

static bool is_decimal_of(const char *text, const char *serial)
{
	BIGNUM *number = NULL;
	bool equal = false;

	if (strspn(text, "0123456789") != strlen(text) || !BN_hex2bn(&number, serial))
		return false;
	char *decimal = BN_bn2dec(number);
	equal = decimal && strcmp(decimal, without_zeros(text)) == 0;
	OPENSSL_free(decimal);
	BN_free(number);
	return equal;
}

static bool begins(const struct which *which, const char *digits)
{
	return digits && strlen(which->digits) >= BEGINNING_MIN && !which->whole &&
	       strncasecmp(digits, which->digits, strlen(which->digits)) == 0;
}

static bool is_numbered(const struct which *which, const struct which_cert *cert)
{
	CLEANUP(free_p) char *id = cert->id_len ? text_hex(cert->id, cert->id_len) : NULL;

	if (cert->serial &&
		strcasecmp(without_zeros(cert->serial), without_zeros(which->digits)) == 0)
		return true;
	return begins(which, cert->serial) || begins(which, cert->sha256) || begins(which, id) ||
	       (id && strcmp(id, which->digits) == 0) ||
	       (cert->serial && is_decimal_of(which->text, cert->serial));
}

bool which_is(const struct which *which, const struct which_cert *cert)
{
	if (which->is_uri)
		return cert->token && uri_is_object(which->text, cert->token,
					      &(struct uri_object){ .id = cert->id,
						      .id_len = cert->id_len,
						      .label = cert->label });
	if (which->is_file)
		return cert->sha256 && strcasecmp(cert->sha256, which->digits) == 0;
	return is_numbered(which, cert);
}

bool which_several(
	const struct which_cert *certs, const bool *fits, size_t count, struct fail *fail)
{
	char all[FAIL_DETAIL_MAX] = "";

	for (size_t i = 0; i < count; i++) {
		const struct which_cert *cert = &certs[i];
		size_t used = strlen(all);
		if (!fits[i])
			continue;
		CLEANUP(free_p)
		char *uri = cert->token ? uri_of_object(cert->token, cert->id, cert->id_len, "cert")
					: NULL;
		snprintf(all + used, sizeof all - used, "%s%s", used ? "\n" : "",
			uri            ? uri
			: cert->serial ? cert->serial
				       : "");
		used = strlen(all);
		if (!uri && cert->subject)
			snprintf(all + used, sizeof all - used, " (%s)", cert->subject);
	}
	return fail_set(fail, FAIL_CERT_AMBIGUOUS, "%s", all);
}

bool which_find(const char *text, const struct which_cert *certs, size_t count, size_t *ret_index,
	struct fail *fail)
{
	CLEANUP(free_p) bool *fits = calloc(count + 1, sizeof *fits);
	struct which which;
	size_t hits = 0;

	if (!fits)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!which_read(text, &which, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		fits[i] = which_is(&which, &certs[i]);
		hits += fits[i];
		if (fits[i])
			*ret_index = i;
	}
	if (hits > 1)
		return which_several(certs, fits, count, fail);
	return hits || fail_set(fail, FAIL_USAGE, _("there is no certificate %s"), text);
}
