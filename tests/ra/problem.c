/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9457 problem documents: the table of types and the one way to make one. */
#include "problem.h"

#include <stdio.h>

#include "text.h"

// clang-format off
static const struct row {
	unsigned status;
	const char *word, *title;
} rows[PROBLEM_COUNT] = {
	[PROBLEM_MALFORMED_REQUEST]          = { 400, "malformed-request", "The request is malformed" },
	[PROBLEM_IDEMPOTENCY_KEY_MISSING]    = { 400, "idempotency-key-missing", "Idempotency-Key is missing or ill-formed" },
	[PROBLEM_CAPTCHA_WRONG]              = { 400, "captcha-wrong", "The captcha answer is wrong" },
	[PROBLEM_CAPTCHA_EXPIRED]            = { 400, "captcha-expired", "The captcha cannot be used any more" },
	[PROBLEM_WRONG_CREDENTIALS]          = { 401, "wrong-credentials", "Account or password is wrong" },
	[PROBLEM_SESSION_REQUIRED]           = { 401, "session-required", "A live session is required" },
	[PROBLEM_ACCOUNT_LOCKED]             = { 403, "account-locked", "The login right is suspended" },
	[PROBLEM_PASSWORD_CHANGE_REQUIRED]   = { 403, "password-change-required", "The first password must be changed" },
	[PROBLEM_WRONG_PASSWORD]             = { 403, "wrong-password", "The old password is wrong" },
	[PROBLEM_CARD_NOT_REGISTERED]        = { 403, "card-not-registered", "This card is not registered to the account" },
	[PROBLEM_CHALLENGE_FAILED]           = { 403, "challenge-failed", "The card's signature does not verify" },
	[PROBLEM_NOT_FOUND]                  = { 404, "not-found", "There is no such resource" },
	[PROBLEM_METHOD_NOT_ALLOWED]         = { 405, "method-not-allowed", "This resource has no such method" },
	[PROBLEM_NOT_ACCEPTABLE]             = { 406, "not-acceptable", "There is no such form of this resource" },
	[PROBLEM_CARD_VERIFICATION_REQUIRED] = { 409, "card-verification-required", "The card must be verified first" },
	[PROBLEM_CERTIFICATE_EXISTS]         = { 409, "certificate-exists", "This card has a certificate or an open order" },
	[PROBLEM_KEY_IN_USE]                 = { 409, "key-in-use", "This key was certified before" },
	[PROBLEM_TERMS_OUTDATED]             = { 409, "terms-outdated", "These are not the terms in force" },
	[PROBLEM_ORDER_STATE]                = { 409, "order-state", "Not possible in the order's state" },
	[PROBLEM_BODY_TOO_LARGE]             = { 413, "body-too-large", "The request body is too large" },
	[PROBLEM_UNSUPPORTED_MEDIA_TYPE]     = { 415, "unsupported-media-type", "The body must be application/json" },
	[PROBLEM_IDEMPOTENCY_KEY_REUSED]     = { 422, "idempotency-key-reused", "This Idempotency-Key was used for another request" },
	[PROBLEM_PASSWORD_POLICY]            = { 422, "password-policy", "The new password breaks a rule" },
	[PROBLEM_TERMS_NOT_ACCEPTED]         = { 422, "terms-not-accepted", "The terms were not accepted" },
	[PROBLEM_PROFILE_UNKNOWN]            = { 422, "profile-unknown", "There is no such certificate profile" },
	[PROBLEM_CSR_MALFORMED]              = { 422, "csr-malformed", "The CSR is malformed" },
	[PROBLEM_CSR_SIGNATURE]              = { 422, "csr-signature", "The CSR's signature does not verify" },
	[PROBLEM_KEY_POLICY]                 = { 422, "key-policy", "The key does not satisfy the profile" },
	[PROBLEM_SUBJECT_MISMATCH]           = { 422, "subject-mismatch", "The subject is not the registered one" },
	[PROBLEM_RECEIPT_MISMATCH]           = { 422, "receipt-mismatch", "These are not the order's certificates" },
	[PROBLEM_REJECTED_BY_OFFICER]        = { 403, "rejected-by-officer", "The application was rejected" },
	[PROBLEM_ACTIVATION_REQUIRED]        = { 409, "activation-required", "The certificates must be activated first" },
	[PROBLEM_BAD_NONCE]                  = { 400, "bad-nonce", "The nonce is unknown, used or too old" },
	[PROBLEM_CARD_NOT_LOCKED]            = { 409, "card-not-locked", "The card is not locked" },
	[PROBLEM_CERTIFICATE_EXPIRED]        = { 403, "certificate-expired", "The certificate has expired" },
	[PROBLEM_CERTIFICATE_STATE]          = { 409, "certificate-state", "Not possible in the certificate's state" },
	[PROBLEM_COUNTER_VISIT_REQUIRED]     = { 403, "counter-visit-required", "The counter must enable this first" },
	[PROBLEM_DOWNLOAD_NOT_ENABLED]       = { 403, "download-not-enabled", "Customer service must enable the download first" },
	[PROBLEM_ELIGIBILITY_REQUIRED]       = { 409, "eligibility-required", "The counter slip's password must be given first" },
	[PROBLEM_JWS_INVALID]                = { 400, "jws-invalid", "The JWS is malformed" },
	[PROBLEM_NOTHING_TO_DO]              = { 409, "nothing-to-do", "There is no certificate this can be done to" },
	[PROBLEM_ORDER_INCOMPLETE]           = { 422, "order-incomplete", "The order must ask for each profile of the account once" },
	[PROBLEM_PAYMENT_FAILED]             = { 402, "payment-failed", "The account could not be debited" },
	[PROBLEM_PAYMENT_REQUIRED]           = { 409, "payment-required", "The renewal must be paid first" },
	[PROBLEM_PFX_UNFIT]                  = { 422, "pfx-unfit", "This is no encrypted PKCS#12 file" },
	[PROBLEM_PHONE_NOT_READY]            = { 409, "phone-not-ready", "The program on the phone has not logged in" },
	[PROBLEM_PUK_UNKNOWN]                = { 409, "puk-unknown", "The RA has no PUK of this card" },
	[PROBLEM_SIGNATURE_WRONG]            = { 403, "signature-wrong", "The old key's signature does not verify" },
	[PROBLEM_SLIP_PASSWORD_WRONG]        = { 403, "slip-password-wrong", "The password is not that of the counter slip" },
	[PROBLEM_WINDOW_CLOSED]              = { 403, "window-closed", "The renewal window has not opened yet" },
	[PROBLEM_TOO_MANY_REQUESTS]          = { 429, "too-many-requests", "Too many requests" },
	[PROBLEM_INTERNAL_ERROR]             = { 500, "internal-error", "The RA failed" },
	[PROBLEM_UNAVAILABLE]                = { 503, "unavailable", "The RA is closed for a while" },
};
// clang-format on

json_t *problem_json(enum problem_type type, const char *detail)
{
	const struct row *row = &rows[type];
	char id[ID_HEX];
	char name[64];
	char instance[64];
	text_random_id(id);
	snprintf(name, sizeof name, "urn:twca:problem:%s", row->word);
	snprintf(instance, sizeof instance, "urn:uuid:%.8s-%.4s-4%.3s-a%.3s-%.12s", id, id + 8,
		id + 13, id + 17, id + 20);
	return json_pack("{s:s,s:s,s:i,s:s,s:s,s:b}", "type", name, "title", row->title, "status",
		(int)row->status, "detail", detail ? detail : row->title, "instance", instance,
		"retryable", row->status == 429 || row->status >= 500);
}

json_t *problem(struct reply *reply, enum problem_type type, const char *detail)
{
	ra_reply(reply, rows[type].status, problem_json(type, detail));
	reply->type = "application/problem+json";
	reply->rollback = type == PROBLEM_INTERNAL_ERROR;
	return reply->json;
}

json_t *problem_contact(const struct site *site)
{
	return json_pack("{s:s,s:s*,s:s*,s:s*,s:s*}", "name", site->contact_name, "phone",
		site->contact_phone, "hours", site->contact_hours, "address", site->contact_address,
		"password_reset_form", site->reset_form);
}
