/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9457 problem documents: the table of types and the one way to make one. */
#ifndef RA_PROBLEM_H
#define RA_PROBLEM_H

#include "ra.h"

enum problem_type {
	PROBLEM_MALFORMED_REQUEST,
	PROBLEM_IDEMPOTENCY_KEY_MISSING,
	PROBLEM_CAPTCHA_WRONG,
	PROBLEM_CAPTCHA_EXPIRED,
	PROBLEM_WRONG_CREDENTIALS,
	PROBLEM_SESSION_REQUIRED,
	PROBLEM_ACCOUNT_LOCKED,
	PROBLEM_PASSWORD_CHANGE_REQUIRED,
	PROBLEM_WRONG_PASSWORD,
	PROBLEM_CARD_NOT_REGISTERED,
	PROBLEM_CHALLENGE_FAILED,
	PROBLEM_NOT_FOUND,
	PROBLEM_METHOD_NOT_ALLOWED,
	PROBLEM_NOT_ACCEPTABLE,
	PROBLEM_CARD_VERIFICATION_REQUIRED,
	PROBLEM_CERTIFICATE_EXISTS,
	PROBLEM_KEY_IN_USE,
	PROBLEM_TERMS_OUTDATED,
	PROBLEM_ORDER_STATE,
	PROBLEM_BODY_TOO_LARGE,
	PROBLEM_UNSUPPORTED_MEDIA_TYPE,
	PROBLEM_IDEMPOTENCY_KEY_REUSED,
	PROBLEM_PASSWORD_POLICY,
	PROBLEM_TERMS_NOT_ACCEPTED,
	PROBLEM_PROFILE_UNKNOWN,
	PROBLEM_CSR_MALFORMED,
	PROBLEM_CSR_SIGNATURE,
	PROBLEM_KEY_POLICY,
	PROBLEM_SUBJECT_MISMATCH,
	PROBLEM_RECEIPT_MISMATCH,
	PROBLEM_REJECTED_BY_OFFICER,
	PROBLEM_TOO_MANY_REQUESTS,
	PROBLEM_INTERNAL_ERROR,
	PROBLEM_UNAVAILABLE,
	PROBLEM_COUNT
};

/* The document alone; detail NULL: the title again. */
json_t *problem_json(enum problem_type type, const char *detail);

/* Makes reply this problem and returns its document (borrowed) for further members. Nothing is
 * kept for replays unless the caller sets reply->keep. Internal errors undo the request. */
json_t *problem(struct reply *reply, enum problem_type type, const char *detail);

/* The site's contact, for problems that only the counter can lift. */
json_t *problem_contact(const struct site *site);

#endif
