/* SPDX-License-Identifier: Apache-2.0 */
/* Finds objects, reads byte attributes, stores and compares certificates on the card. */
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "p11.h"
#include "scope.h"

#define ATTRIBUTE_MAX (64u * 1024)

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

bool p11_find(struct p11_session *session, CK_ATTRIBUTE *template, size_t count,
	CK_OBJECT_HANDLE found[P11_FIND_MAX], size_t *ret_count, struct fail *fail)
{
	CK_FUNCTION_LIST *functions = p11_functions(session);
	CK_ULONG number = 0;

	CK_RV rv = functions->C_FindObjectsInit(p11_handle(session), template, count);
	if (rv == CKR_OK) {
		rv = functions->C_FindObjects(p11_handle(session), found, P11_FIND_MAX, &number);
		functions->C_FindObjectsFinal(p11_handle(session));
	}
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("looking for objects on the card"));
	*ret_count = number;
	return true;
}

bool p11_get(struct p11_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
	uint8_t **ret, size_t *ret_len, struct fail *fail)
{
	CK_FUNCTION_LIST *functions = p11_functions(session);
	CK_ATTRIBUTE attr = { type, NULL, 0 };

	CK_RV rv = functions->C_GetAttributeValue(p11_handle(session), object, &attr, 1);
	if (rv != CKR_OK || attr.ulValueLen > ATTRIBUTE_MAX)
		return fail_ck(fail, rv == CKR_OK ? CKR_GENERAL_ERROR : rv,
			_("reading an object of the card"));
	CLEANUP(free_p) uint8_t *value = malloc(attr.ulValueLen + 1);
	if (!value)
		return fail_set(fail, FAIL_MEMORY, NULL);
	attr.pValue = value;
	rv = functions->C_GetAttributeValue(p11_handle(session), object, &attr, 1);
	if (rv != CKR_OK)
		return fail_ck(fail, rv, _("reading an object of the card"));
	*ret = TAKE(value);
	*ret_len = attr.ulValueLen;
	return true;
}

/* The DER of a name or number of the certificate, as PKCS#11 wants CKA_SUBJECT and the like. */
struct part {
	unsigned char *der;
	int len;
};

static void part_free_p(struct part *part)
{
	OPENSSL_free(part->der);
}

bool p11_cert_store(struct p11_session *session, const struct p11_cert *cert, struct fail *fail)
{
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_ULONG category = cert->authority ? 2 : 1; /* authority, token user */
	const unsigned char *der = cert->der;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &der, (long)cert->der_len);
	CLEANUP(part_free_p) struct part subject = { 0 };
	CLEANUP(part_free_p) struct part issuer = { 0 };
	CLEANUP(part_free_p) struct part serial = { 0 };
	CK_OBJECT_HANDLE handle;

	if (!x509)
		return fail_set(fail, FAIL_INTERNAL, _("no certificate"));
	subject.len = i2d_X509_NAME(X509_get_subject_name(x509), &subject.der);
	issuer.len = i2d_X509_NAME(X509_get_issuer_name(x509), &issuer.der);
	serial.len = i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &serial.der);
	if (subject.len < 0 || issuer.len < 0 || serial.len < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_CERTIFICATE_TYPE, &type, sizeof type), p11_attr(CKA_TOKEN, &yes, 1),
		p11_attr(CKA_PRIVATE, &no, 1), p11_attr(CKA_VALUE, cert->der, cert->der_len),
		p11_attr(CKA_SUBJECT, subject.der, (size_t)subject.len),
		p11_attr(CKA_ISSUER, issuer.der, (size_t)issuer.len),
		p11_attr(CKA_SERIAL_NUMBER, serial.der, (size_t)serial.len),
		p11_attr(CKA_CERTIFICATE_CATEGORY, &category, sizeof category),
		p11_attr(CKA_ID, cert->id, cert->id_len),
		p11_attr(CKA_LABEL, cert->label, strlen(cert->label)) };
	CK_RV rv = p11_functions(session)->C_CreateObject(
		p11_handle(session), template, sizeof template / sizeof template[0], &handle);
	return rv == CKR_OK || fail_ck(fail, rv, _("writing the certificate to the card"));
}

bool p11_cert_present(struct p11_session *session, const struct p11_cert *cert, bool *ret_present,
	struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_ID, cert->id, cert->id_len) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count;
	bool present = false;

	if (!p11_find(session, template, cert->id_len ? 2 : 1, found, &count, fail))
		return false;
	for (size_t i = 0; i < count && !present; i++) {
		CLEANUP(free_p) uint8_t *der = NULL;
		size_t len;
		struct fail unreadable = FAIL_INIT;
		if (!p11_get(session, found[i], CKA_VALUE, &der, &len, &unreadable)) {
			if (unreadable.code == FAIL_CARD_REMOVED ||
				unreadable.code == FAIL_NO_CARD) {
				*fail = unreadable;
				return false;
			}
			continue;
		}
		present = len == cert->der_len && memcmp(der, cert->der, len) == 0;
	}
	*ret_present = present;
	return true;
}

bool p11_cert_clear_others(
	struct p11_session *session, const struct p11_cert *cert, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_ID, cert->id, cert->id_len) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count;

	if (!p11_find(session, template, 2, found, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		CLEANUP(free_p) uint8_t *der = NULL;
		size_t len = 0;
		struct fail unreadable = FAIL_INIT;
		if (p11_get(session, found[i], CKA_VALUE, &der, &len, &unreadable) &&
			len == cert->der_len && memcmp(der, cert->der, len) == 0)
			continue;
		CK_RV rv = p11_functions(session)->C_DestroyObject(p11_handle(session), found[i]);
		if (rv != CKR_OK)
			return fail_ck(fail, rv, _("removing half a certificate from the card"));
	}
	return true;
}
