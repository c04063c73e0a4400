/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the certificates, reads them back, sends the receipt. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "apply_match.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"
#include "lib/verify.h"

#define CA_ID_LEN 20
#define LABEL_MAX 128

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

bool apply_step_prove(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (apply->carrier == RA_FILE)
		return true;
	if (apply->order.state == RA_ACKNOWLEDGED)
		return card_same(&apply->tool, fail);
	return verify_prove(&apply->tool, apply->order.url, &apply->certs[0].key, fail);
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
	const struct chain *chain = &apply->certs[0].chain;

	for (size_t i = 0; i < chain->count; i++) {
		const struct chain_cert *authority = &chain->authorities[i];
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
		if (install(apply, &cert,
			    apply->carrier == RA_CARD ? _("Writing a CA certificate to the card")
						      : _("Writing a CA certificate"),
			    fail))
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
	const char *trusted = tool_recorded(&apply->tool, "trusted");
	const struct chain *chain = &apply->certs[0].chain;
	CLEANUP(chain_text_clear) struct chain_text root = { 0 };
	bool yes;

	for (size_t i = 0; i < chain->count && !root.sha256; i++)
		if (chain_is_root(&chain->authorities[i]) &&
			!chain_describe(&chain->authorities[i], &root, fail))
			return false;
	if (!root.sha256)
		return fail_set(fail, FAIL_CERT_CHAIN, NULL);
	if (trusted && strcmp(trusted, root.sha256) == 0)
		return true;
	if (apply->manner->trust)
		term_note(&apply->tool.term, "%s", _(apply->manner->trust));
	term_field(&apply->tool.term, _("Issuer"), apply->certs[0].text.issuer);
	term_field(&apply->tool.term, _("Root"), root.subject);
	term_field(&apply->tool.term, "SHA-256", root.sha256);
	if (!term_confirm(&apply->tool.term, _(apply->manner->trust_question), &yes, fail))
		return false;
	if (!yes)
		return fail_set(fail, FAIL_CANCELLED,
			apply->carrier == RA_CARD ? _("the certificate was not written to the card")
						  : _("the certificate was not installed"));
	return tool_record(&apply->tool, "trusted", root.sha256, fail);
}

static bool install_own(struct apply *apply, size_t index, struct fail *fail)
{
	const struct apply_cert *own = &apply->certs[index];
	struct p11_cert cert = { .der = own->chain.leaf.der,
		.der_len = own->chain.leaf.len,
		.id = own->key.id,
		.id_len = P11_ID_LEN,
		.label = apply->manner->key_labels[own->profile->role] };
	CLEANUP(free_p) char *base64 = text_base64(cert.der, cert.der_len);
	char name[APPLY_NAME_MAX];

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return install(apply, &cert,
		       apply->carrier == RA_CARD ? _("Writing the certificate to the card")
						 : _("Writing the certificate"),
		       fail) &&
	       tool_record(&apply->tool, apply_name(name, "certificate", index), base64, fail);
}

bool apply_step_install(void *context, struct fail *fail)
{
	struct apply *apply = context;
	bool recorded = !apply->certs[0].chain.count; /* written by an earlier run */

	if ((!recorded && !trust(apply, fail)) ||
		(apply->carrier == RA_CARD && !card_same(&apply->tool, fail)))
		return false;
	for (size_t i = 0; i < apply->count; i++)
		if (!install_own(apply, i, fail))
			return false;
	return install_authorities(apply, fail);
}

static bool send_receipt(struct apply *apply, struct fail *fail)
{
	const char *sha256[RA_CERTS_MAX];
	struct ra_order answer = { 0 };

	for (size_t i = 0; i < apply->count; i++)
		sha256[i] = apply->certs[i].text.sha256;
	if (!apply->tool.ra->ops->receipt(apply->tool.ra, &apply->order, sha256, apply->count,
		    apply->carrier == RA_CARD ? apply->tool.card.id : NULL, &answer, fail))
		return false;
	bool acknowledged = answer.state == RA_ACKNOWLEDGED;
	ra_release(&answer.owner);
	return acknowledged || fail_set(fail, FAIL_RA_REPLY, _("the receipt was not acknowledged"));
}

bool apply_step_receipt(void *context, struct fail *fail)
{
	struct apply *apply = context;

	bool again = apply->mode == APPLY_REDOWNLOAD; /* it ends the permission to download */

	if ((again || apply->order.state != RA_ACKNOWLEDGED) && !send_receipt(apply, fail))
		return false;
	/* where the file's name is the site's rule: an ended certificate may have stood there */
	if (apply->mode != APPLY_RENEW && apply->carrier == RA_FILE && apply->tool.site.slip &&
		!apply_name_file(apply, fail))
		return false;
	return journal_set(apply->tool.journal, "order", NULL, fail) &&
	       (apply->mode == APPLY_RENEW ||
		       journal_set(apply->tool.journal, "repin", NULL, fail)) &&
	       tool_record(&apply->tool, "state", apply->mode == APPLY_RENEW ? "installed" : "done",
		       fail);
}
