/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the certificates, reads them back, sends the receipt. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"

#define CA_ID_LEN 20
#define LABEL_MAX 128

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

struct writing {
	struct p11_session *session;
	const struct p11_cert *cert;
	bool ok;
	struct fail fail;
};

static void write_cert(void *arg)
{
	struct writing *job = arg;

	/* the id of our own certificate is nobody else's; a CA's may be shared by cross
	 * certificates */
	job->ok = (job->cert->authority ||
			  p11_cert_clear_others(job->session, job->cert, &job->fail)) &&
		  p11_cert_store(job->session, job->cert, &job->fail);
}

/* Write unless it is there already, and see it there afterwards. */
static bool install(
	struct apply *apply, const struct p11_cert *cert, const char *doing, struct fail *fail)
{
	struct writing job = { .session = apply->tool.session, .cert = cert, .fail = FAIL_INIT };
	bool present;

	if (!p11_cert_present(apply->tool.session, cert, &present, fail))
		return false;
	if (present)
		return true;
	term_work(&apply->tool.term, doing, write_cert, &job);
	if (!job.ok) {
		*fail = job.fail;
		return false;
	}
	if (!p11_cert_present(apply->tool.session, cert, &present, fail))
		return false;
	if (!present)
		return fail_set(fail, FAIL_READ_BACK, NULL);
	return interrupt_check(fail);
}

/* CKA_ID (SHA-1 of the public key, as is the custom) and label (the CN) of a CA certificate. */
static bool identify(
	const struct chain_cert *cert, uint8_t id[EVP_MAX_MD_SIZE], char label[LABEL_MAX])
{
	const unsigned char *next = cert->der;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &next, (long)cert->len);
	unsigned len;

	if (!x509 || X509_pubkey_digest(x509, EVP_sha1(), id, &len) != 1)
		return false;
	char *name = NULL;
	const X509_NAME *subject = X509_get_subject_name(x509);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const X509_NAME_ENTRY *entry = at >= 0 ? X509_NAME_get_entry(subject, at) : NULL;
	int name_len = entry ? ASN1_STRING_to_UTF8(
				       (unsigned char **)&name, X509_NAME_ENTRY_get_data(entry))
			     : -1;
	CLEANUP(free_p) char *clean = name_len > 0 ? text_clean_line(name) : NULL;
	OPENSSL_free(name);
	snprintf(label, LABEL_MAX, "%.60s", clean ? clean : "CA");
	text_end_whole(label);
	return true;
}

static bool install_authorities(struct apply *apply, struct fail *fail)
{
	for (size_t i = 0; i < apply->chain.count; i++) {
		const struct chain_cert *authority = &apply->chain.authorities[i];
		uint8_t id[EVP_MAX_MD_SIZE];
		char label[LABEL_MAX];
		if (!identify(authority, id, label))
			return fail_set(fail, FAIL_CERT_CHAIN, NULL);
		struct p11_cert cert = { .der = authority->der,
			.der_len = authority->len,
			.id = id,
			.id_len = CA_ID_LEN,
			.label = label,
			.authority = true };
		if (install(apply, &cert, _("Writing a CA certificate to the card"), fail))
			continue;
		if (fail->code != FAIL_CARD_FULL)
			return false;
		term_warn(&apply->tool.term, _("The card has no room for the CA certificate %s."),
			label);
		*fail = (struct fail)FAIL_INIT;
	}
	return true;
}

/* The issuer and the root's fingerprint are shown; nothing is written without a yes. */
static bool trust(struct apply *apply, struct fail *fail)
{
	const char *trusted = journal_get(apply->tool.journal, "trusted");
	CLEANUP(chain_text_clear) struct chain_text root = { 0 };
	bool yes;

	for (size_t i = 0; i < apply->chain.count && !root.sha256; i++)
		if (chain_is_root(&apply->chain.authorities[i]) &&
			!chain_describe(&apply->chain.authorities[i], &root, fail))
			return false;
	if (!root.sha256)
		return fail_set(fail, FAIL_CERT_CHAIN, NULL);
	if (trusted && strcmp(trusted, root.sha256) == 0)
		return true;
	term_note(&apply->tool.term,
		_("You are about to install a certificate from a certification authority "
		  "claiming to represent"));
	term_field(&apply->tool.term, _("Issuer"), apply->text.issuer);
	term_field(&apply->tool.term, _("Root"), root.subject);
	term_field(&apply->tool.term, "SHA-256", root.sha256);
	if (!term_confirm(&apply->tool.term, _("Install it and its CA certificates on the card?"),
		    &yes, fail))
		return false;
	if (!yes)
		return fail_set(
			fail, FAIL_CANCELLED, _("the certificate was not written to the card"));
	return tool_record(&apply->tool, "trusted", root.sha256, fail);
}

bool apply_step_install(void *context, struct fail *fail)
{
	struct apply *apply = context;
	struct p11_cert cert = { .der = apply->chain.leaf.der,
		.der_len = apply->chain.leaf.len,
		.id = apply->key.id,
		.id_len = P11_ID_LEN,
		.label = apply->tool.profile->key_label };
	CLEANUP(free_p) char *base64 = text_base64(cert.der, cert.der_len);

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!trust(apply, fail) || !card_same(&apply->tool, fail))
		return false;
	if (!install(apply, &cert, _("Writing the certificate to the card"), fail) ||
		!tool_record(&apply->tool, "certificate", base64, fail))
		return false;
	return install_authorities(apply, fail);
}

bool apply_step_receipt(void *context, struct fail *fail)
{
	struct apply *apply = context;
	struct ra_order answer = { 0 };

	if (apply->order.state != RA_ACKNOWLEDGED) {
		if (!apply->tool.ra->ops->receipt(apply->tool.ra, &apply->order, apply->text.sha256,
			    apply->tool.card.id, &answer, fail))
			return false;
		bool acknowledged = answer.state == RA_ACKNOWLEDGED;
		ra_release(&answer.owner);
		if (!acknowledged)
			return fail_set(fail, FAIL_RA_REPLY, _("the receipt was not acknowledged"));
	}
	return journal_set(apply->tool.journal, "order", NULL, fail) &&
	       tool_record(&apply->tool, "state", "done", fail);
}
