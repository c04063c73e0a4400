/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a person's own certificates and their keys, and removes old ones. */
#include "p11_own.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

static bool is_own(const uint8_t *der, size_t len)
{
	const unsigned char *next = der;
	CLEANUP(x509_free_p) X509 *cert = d2i_X509(NULL, &next, (long)len);

	return cert && X509_check_ca(cert) == 0;
}

static bool read_cert(struct p11_session *session, CK_OBJECT_HANDLE object, struct p11_own *ret,
	bool *ret_kept, struct fail *fail)
{
	CLEANUP(free_p) uint8_t *id = NULL;
	CLEANUP(free_p) uint8_t *der = NULL;
	CLEANUP(free_p) uint8_t *label = NULL;
	struct fail unlabelled = FAIL_INIT;
	size_t id_len, der_len, label_len;

	*ret_kept = false;
	if (!p11_get(session, object, CKA_ID, &id, &id_len, fail) ||
		!p11_get(session, object, CKA_VALUE, &der, &der_len, fail))
		return false;
	if (!id_len || id_len > P11_ID_MAX || !is_own(der, der_len))
		return true;
	memset(ret->label, 0, sizeof ret->label);
	if (p11_get(session, object, CKA_LABEL, &label, &label_len, &unlabelled) &&
		label_len < sizeof ret->label)
		memcpy(ret->label, label, label_len);
	memcpy(ret->id, id, id_len);
	ret->id_len = id_len;
	ret->der = TAKE(der);
	ret->der_len = der_len;
	*ret_kept = true;
	return true;
}

bool p11_own_certs(
	struct p11_session *session, struct p11_own *own, size_t *ret_count, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count, kept = 0;

	*ret_count = 0;
	if (!p11_find(session, template, 1, found, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool keep;
		if (!read_cert(session, found[i], &own[kept], &keep, fail)) {
			p11_own_clear(own, kept);
			return false;
		}
		kept += keep;
	}
	*ret_count = kept;
	return true;
}

void p11_own_clear(struct p11_own *own, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(own[i].der);
		own[i].der = NULL;
	}
}

bool p11_own_signs(const struct p11_own *own, time_t *ret_not_after)
{
	const unsigned char *next = own->der;
	CLEANUP(x509_free_p) X509 *cert = d2i_X509(NULL, &next, (long)own->der_len);
	struct tm tm;

	if (!cert || !(X509_get_key_usage(cert) & X509v3_KU_DIGITAL_SIGNATURE) ||
		ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
		return false;
	*ret_not_after = timegm(&tm);
	return true;
}

static bool signs(X509 *cert)
{
	uint32_t usage = X509_get_key_usage(cert);

	return usage != UINT32_MAX && (usage & X509v3_KU_DIGITAL_SIGNATURE);
}

bool p11_own_replaces(const struct p11_own *newer, const struct p11_own *older)
{
	const unsigned char *first = newer->der;
	const unsigned char *second = older->der;
	CLEANUP(x509_free_p) X509 *a = d2i_X509(NULL, &first, (long)newer->der_len);
	CLEANUP(x509_free_p) X509 *b = d2i_X509(NULL, &second, (long)older->der_len);

	return a && b && signs(a) && signs(b) &&
	       X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) == 0 &&
	       X509_NAME_cmp(X509_get_issuer_name(a), X509_get_issuer_name(b)) == 0 &&
	       ASN1_TIME_compare(X509_get0_notBefore(a), X509_get0_notBefore(b)) > 0;
}

static bool find(struct p11_session *session, CK_OBJECT_CLASS class, const struct p11_own *own,
	CK_OBJECT_HANDLE found[P11_FIND_MAX], size_t *ret_count, struct fail *fail)
{
	bool cert = class == CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_ID, own->id, own->id_len),
		p11_attr(CKA_VALUE, own->der, own->der_len) };

	return p11_find(session, template, cert ? 3 : 2, found, ret_count, fail);
}

bool p11_own_key(struct p11_session *session, const struct p11_own *own, struct p11_key *ret,
	bool *ret_found, struct fail *fail)
{
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count;

	if (!find(session, CKO_PRIVATE_KEY, own, found, &count, fail))
		return false;
	*ret_found = count == 1;
	if (count == 1)
		*ret = (struct p11_key){ .private = found[0] };
	return true;
}

bool p11_own_destroy(struct p11_session *session, const struct p11_own *own, struct fail *fail)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_PRIVATE_KEY,
		CKO_PUBLIC_KEY };

	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		CK_OBJECT_HANDLE found[P11_FIND_MAX];
		size_t count;
		if (!find(session, classes[i], own, found, &count, fail))
			return false;
		for (size_t j = 0; j < count; j++) {
			CK_RV rv = p11_functions(session)->C_DestroyObject(
				p11_handle(session), found[j]);
			if (rv != CKR_OK && rv != CKR_OBJECT_HANDLE_INVALID)
				return fail_ck(fail, rv, _("removing the old certificate"));
		}
	}
	return true;
}
