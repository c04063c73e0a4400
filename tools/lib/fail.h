/* SPDX-License-Identifier: Apache-2.0 */
/* The table of everything that can go wrong in a tool: stable name, exit code, message, advice.
 *
 * A CK_RV, a problem type of the RA, an errno each become one enum fail_code here and nowhere else.
 * Functions that can fail take a struct fail * as last parameter and return false after filling it;
 * on success they leave it alone. */
#ifndef TWCA_TOOLS_FAIL_H
#define TWCA_TOOLS_FAIL_H

#include <stdbool.h>
#include <stddef.h>

enum fail_code {
	FAIL_NONE = 0,
	FAIL_INTERNAL,
	FAIL_MEMORY,
	FAIL_SYSTEM,
	FAIL_CLOCK,
	FAIL_JOURNAL,
	FAIL_JOURNAL_BUSY,
	FAIL_BATCH,
	FAIL_CARD_ERROR,
	FAIL_CARD_FULL,
	FAIL_CARD_READ_ONLY,
	FAIL_BROWSER_RUNNING,
	FAIL_NO_BROWSER,
	FAIL_NOT_REGISTERED,
	FAIL_NSS_TOOLS,
	FAIL_ENVIRONMENT,
	FAIL_CANNOT_FIX,
	FAIL_USAGE,
	FAIL_SETTINGS,
	FAIL_READER_AMBIGUOUS,
	FAIL_NEW_PASSWORD_UNEQUAL,
	FAIL_FILE_EXISTS,
	FAIL_FILE_NAME,
	FAIL_KEY_ON_CARD,
	FAIL_NEW_PIN_UNEQUAL,
	FAIL_CERT_AMBIGUOUS,
	FAIL_FILE_AMBIGUOUS,
	FAIL_NOTHING_TO_DO,
	FAIL_PIN_NOT_LOCKED,
	FAIL_NOT_DUE,
	FAIL_INPUT_NEEDED,
	FAIL_NOT_LOGGED_IN,
	FAIL_LOGIN_REFUSED,
	FAIL_LOGIN_LOCKED,
	FAIL_CAPTCHA_WRONG,
	FAIL_CAPTCHA_STALE,
	FAIL_PASSWORD_CHANGE,
	FAIL_PASSWORD_RULE,
	FAIL_SESSION_ENDED,
	FAIL_RIGHTS_NEEDED,
	FAIL_FILE_PASSWORD_RULE,
	FAIL_SLIP_WRONG,
	FAIL_NO_ACCESS,
	FAIL_PIN_WRONG,
	FAIL_PIN_LENGTH,
	FAIL_PIN_LAST_TRY,
	FAIL_FILE_PASSWORD,
	FAIL_PUK_WRONG,
	FAIL_PIN_LOCKED,
	FAIL_PUK_LOCKED,
	FAIL_MODULE,
	FAIL_NO_SERVICE,
	FAIL_NO_READER,
	FAIL_NO_CARD,
	FAIL_CARD_BLANK,
	FAIL_CARD_REMOVED,
	FAIL_NO_KEY_FILE,
	FAIL_CARD_WRONG,
	FAIL_CARD_UNKNOWN,
	FAIL_NO_RECORD,
	FAIL_RA_UNREACHABLE,
	FAIL_RA_BUSY,
	FAIL_RA_REFUSED,
	FAIL_COUNTER_VISIT,
	FAIL_TERMS_NEEDED,
	FAIL_SUSPENSION,
	FAIL_NOT_ENABLED,
	FAIL_EXPIRED,
	FAIL_PAYMENT,
	FAIL_PHONE_NOT_READY,
	FAIL_PENDING,
	FAIL_NOT_ACTIVE,
	FAIL_CANCELLED,
	FAIL_RA_TRUST,
	FAIL_RA_REPLY,
	FAIL_CERT_CHAIN,
	FAIL_CERT_KEY,
	FAIL_CERT_SUBJECT,
	FAIL_CERT_VALIDITY,
	FAIL_READ_BACK,
	FAIL_FILE_DAMAGED,
	FAIL_FILE_OLD_CIPHER,
	FAIL_HOST_NOT_HERE,
	FAIL_HOST_DIFFERS,
	FAIL_TEST_FAILED,
	FAIL_INTERRUPTED,
	FAIL_TERMINATED,
	FAIL_LAST = FAIL_TERMINATED
};

#define FAIL_DETAIL_MAX 1024

struct fail {
	enum fail_code code;
	int tries_left;               /* of the PIN or password; -1: not told, or no such limit */
	long retry_after;             /* seconds; 0: not told */
	char type[128];               /* the RA's problem type, or "" */
	char detail[FAIL_DETAIL_MAX]; /* what exactly, already in the user's language; may be "" */
};

#define FAIL_INIT                                                                                  \
	{                                                                                          \
		.code = FAIL_NONE, .tries_left = -1                                                \
	}

/* Fill in; the detail is cut at FAIL_DETAIL_MAX. fmt may be NULL. Always returns false. */
bool fail_set(struct fail *fail, enum fail_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* From errno as it is now; subject is the file or call. Always returns false. */
bool fail_errno(struct fail *fail, const char *subject);

/* From a CK_RV other than CKR_OK; doing tells what was tried ("reading the card"). Always false. */
bool fail_ck(struct fail *fail, unsigned long rv, const char *doing);

/* The code for a problem type of the RA (NULL: none) and its HTTP status. */
enum fail_code fail_code_of_problem(const char *type, long status);

/* The row of a code. Strings are constant; message and advice are translated. */
const char *fail_name(enum fail_code code);
int fail_exit(enum fail_code code);
const char *fail_message(enum fail_code code);
const char *fail_advice(enum fail_code code); /* "" where there is nothing to advise */

#endif
