/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and proofs as files: others' by name, one's own, the proof page. */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "cert.h"
#include "lib/i18n.h"
#include "lib/login.h"
#include "lib/save.h"
#include "lib/scope.h"

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcasecmp(text + len - end_len, end) == 0;
}

static void bio_free_p(BIO **bio)
{
	BIO_free(*bio);
}

/* As PEM, unless the name of the file says DER. */
static bool save_certificate(struct cert *cert, const struct ra_cert *item, struct fail *fail)
{
	CLEANUP(free_p) uint8_t *der = NULL;
	CLEANUP(bio_free_p) BIO *bio = BIO_new(BIO_s_mem());
	char *pem = NULL;
	char name[80];
	size_t len;

	if (!ra_cert_bytes(cert->tool.ra, item, &der, &len, fail))
		return false;
	const unsigned char *at = der;
	X509 *x509 = d2i_X509(NULL, &at, (long)len);
	bool ok = x509 && bio && PEM_write_bio_X509(bio, x509) == 1;
	X509_free(x509);
	if (!ok)
		return fail_set(fail, FAIL_RA_REPLY, _("this is no certificate"));
	bool as_der = ends_with(cert->save, ".der") || ends_with(cert->save, ".cer");
	long pem_len = BIO_get_mem_data(bio, &pem);
	snprintf(name, sizeof name, "%.64s.pem", item->serial);
	const struct save save = { .path = cert->save,
		.name = name,
		.bytes = as_der ? (const void *)der : pem,
		.len = as_der ? len : (size_t)pem_len,
		.force = cert->tool.force,
		.dry_run = cert->tool.dry_run };
	return save_bytes(&save, &cert->saved, fail);
}

/* One of several: --select, the only one, or the person's choice. */
static bool choose_hit(struct cert *cert, struct fail *fail)
{
	CLEANUP(free_p) const char **items = calloc(cert->certs.count, sizeof *items);

	cert->has_chosen = true;
	if (cert->select)
		return cert_find(cert, cert->select, &cert->chosen, fail);
	if (cert->certs.count == 1)
		return true;
	if (!items)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < cert->certs.count; i++)
		items[i] = cert->certs.items[i].subject;
	return term_choose(&cert->tool.term, _("Which one is to be saved?"), "--select", items,
		cert->certs.count, &cert->chosen, fail);
}

bool cert_query(struct cert *cert, struct fail *fail)
{
	CLEANUP(free_p) char *asked = NULL;
	const char *pattern = cert->argument_count ? cert->arguments[0] : NULL;

	if (!pattern) {
		if (!term_ask(&cert->tool.term, _("Enter the user's distinguished name: "), "NAME",
			    &asked, fail))
			return false;
		pattern = asked;
	}
	if (strspn(pattern, " ") == strlen(pattern))
		return fail_set(fail, FAIL_USAGE, _("the name is empty"));
	if (!login_ready(&cert->tool, fail) ||
		!ra_cert_query(cert->tool.ra, pattern, &cert->certs, fail))
		return false;
	if (!cert->certs.count)
		return fail_set(fail, FAIL_NOTHING_TO_DO,
			_("nobody else has a valid certificate with this name: %s"), pattern);
	if (cert->certs.more)
		term_warn(&cert->tool.term,
			_("There are more; give a longer part of the name to see others."));
	if (!cert->save)
		return true;
	return choose_hit(cert, fail) &&
	       save_certificate(cert, &cert->certs.items[cert->chosen], fail);
}

bool cert_view(struct cert *cert, struct fail *fail)
{
	if (!cert_load(cert, fail))
		return false;
	if (!cert->certs.count)
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("there is no certificate yet"));
	cert->has_chosen = true;
	if (cert->argument_count && !cert_find(cert, cert->arguments[0], &cert->chosen, fail))
		return false;
	return !cert->save || save_certificate(cert, &cert->certs.items[cert->chosen], fail);
}

/* Give the page to the command that prints its standard input. */
static bool print_page(const struct cert *cert, struct fail *fail)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);

	fflush(stdout);
	FILE *printer = popen(cert->print_command, "we");
	bool ok = printer && fputs(cert->proof, printer) != EOF && fflush(printer) == 0;
	int status = printer ? pclose(printer) : -1;
	signal(SIGPIPE, old);
	if (ok && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return fail_set(fail, FAIL_SYSTEM, _("the print command failed: %s"), cert->print_command);
}

static bool save_page(struct cert *cert, struct fail *fail)
{
	bool html = ends_with(cert->save, ".html") || ends_with(cert->save, ".htm");
	CLEANUP(free_p) char *page = NULL;

	if (html && !ra_cert_proof(cert->tool.ra, true, &page, fail))
		return false;
	const char *text = html ? page : cert->proof;
	const struct save save = { .path = cert->save,
		.name = "proof.txt",
		.bytes = text,
		.len = strlen(text),
		.force = cert->tool.force,
		.dry_run = cert->tool.dry_run };
	return save_bytes(&save, &cert->saved, fail);
}

bool cert_proof(struct cert *cert, struct fail *fail)
{
	if (!login_ready(&cert->tool, fail) ||
		!ra_cert_proof(cert->tool.ra, false, &cert->proof, fail))
		return false;
	if (cert->print_command && !cert->tool.dry_run && !print_page(cert, fail))
		return false;
	return !cert->save || save_page(cert, fail);
}
