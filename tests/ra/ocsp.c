/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP (RFC 6960): the issuing CA itself answers, for certificates of its own only. */
#include "ocsp.h"

#include <ctype.h>
#include <openssl/ocsp.h>
#include <string.h>

#include "cleanup.h"

RA_CLEANUP_FN(ocsp_request_p, OCSP_REQUEST *, OCSP_REQUEST_free)
RA_CLEANUP_FN(ocsp_basic_p, OCSP_BASICRESP *, OCSP_BASICRESP_free)
RA_CLEANUP_FN(ocsp_response_p, OCSP_RESPONSE *, OCSP_RESPONSE_free)
RA_CLEANUP_FN(asn1_time_p, ASN1_TIME *, ASN1_TIME_free)

enum {
	LIFE_S = 3600,
	MAX_ASKED = 16
};

struct question {
	const struct ca *ca;
	int64_t now;
	ocsp_lookup_fn *lookup;
	void *user;
};

/* Is the CertID of a certificate that this CA could have issued? By its own hash algorithm. */
static bool issuer_is_ours(const struct ca *ca, OCSP_CERTID *id)
{
	ASN1_OBJECT *md_oid = NULL;
	OCSP_id_get0_info(NULL, &md_oid, NULL, NULL, id);
	const EVP_MD *md = EVP_get_digestbyobj(md_oid);
	OCSP_CERTID *own = md ? OCSP_cert_to_id(md, NULL, ca_issuing(ca)) : NULL;
	bool same = own && OCSP_id_issuer_cmp(own, id) == 0;
	OCSP_CERTID_free(own);
	return same;
}

static struct ocsp_state state_of(const struct question *question, OCSP_CERTID *id)
{
	struct ocsp_state state = { 0 };
	ASN1_INTEGER *serial = NULL;
	if (!issuer_is_ours(question->ca, id) || !OCSP_id_get0_info(NULL, NULL, NULL, &serial, id))
		return state;
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;
	BN_free(number);
	if (!hex)
		return state;
	for (char *c = hex; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	state = question->lookup(question->user, hex);
	OPENSSL_free(hex);
	return state;
}

static bool add_status(const struct question *question, OCSP_BASICRESP *basic, OCSP_CERTID *id)
{
	struct ocsp_state state = state_of(question, id);
	CLEANUP(asn1_time_p) ASN1_TIME *now = ASN1_TIME_set(NULL, question->now);
	CLEANUP(asn1_time_p) ASN1_TIME *next = ASN1_TIME_set(NULL, question->now + LIFE_S);
	CLEANUP(asn1_time_p) ASN1_TIME *when = ASN1_TIME_set(NULL, state.when);
	int status = !state.known    ? V_OCSP_CERTSTATUS_UNKNOWN
		     : state.revoked ? V_OCSP_CERTSTATUS_REVOKED
				     : V_OCSP_CERTSTATUS_GOOD;
	int reason = state.reason ? state.reason : OCSP_REVOKED_STATUS_NOSTATUS;
	return now && next && when &&
	       OCSP_basic_add1_status(basic, id, status, reason, when, now, next);
}

static OCSP_RESPONSE *answer_good(const struct question *question, OCSP_REQUEST *request)
{
	CLEANUP(ocsp_basic_p) OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	bool ok = basic;
	for (int i = 0; ok && i < OCSP_request_onereq_count(request); i++)
		ok = add_status(
			question, basic, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, i)));
	ok = ok && OCSP_copy_nonce(basic, request) >= 0 && ca_sign_ocsp(question->ca, basic);
	return ok ? OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic) : NULL;
}

unsigned char *ocsp_answer(const struct ca *ca, const void *request, size_t request_len,
	int64_t now, ocsp_lookup_fn *lookup, void *user, size_t *ret_len)
{
	const struct question question = { ca, now, lookup, user };
	const unsigned char *at = request;
	const unsigned char *end = at + request_len;
	CLEANUP(ocsp_request_p)
	OCSP_REQUEST *asked = request_len ? d2i_OCSP_REQUEST(NULL, &at, (long)request_len) : NULL;
	int count = asked && at == end ? OCSP_request_onereq_count(asked) : 0;
	CLEANUP(ocsp_response_p)
	OCSP_RESPONSE *response =
		count < 1 || count > MAX_ASKED
			? OCSP_response_create(OCSP_RESPONSE_STATUS_MALFORMEDREQUEST, NULL)
			: answer_good(&question, asked);
	int len = response ? i2d_OCSP_RESPONSE(response, NULL) : 0;
	unsigned char *der = len > 0 ? malloc((size_t)len) : NULL;
	unsigned char *to = der;
	if (der)
		*ret_len = (size_t)i2d_OCSP_RESPONSE(response, &to);
	return der;
}
