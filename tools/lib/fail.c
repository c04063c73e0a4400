/* SPDX-License-Identifier: Apache-2.0 */
/* Holds the table of failures and the three borders at which foreign codes become one of them. */
#include "fail.h"

#include <errno.h>
#include <p11-kit/pkcs11.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckr.h"
#include "i18n.h"
#include "text.h"

struct fail_row {
	enum fail_code code;
	int exit;
	const char *name;
	const char *message;
	const char *advice;
};

// clang-format off
static const struct fail_row rows[] = {
	{ FAIL_NONE, 0, "ok", N_("done"), "" },
	{ FAIL_INTERNAL, 1, "internal", N_("the program met a state it was not made for"),
	  N_("Run again with -v and report what it prints.") },
	{ FAIL_MEMORY, 1, "memory", N_("out of memory"), "" },
	{ FAIL_SYSTEM, 1, "system", N_("the system refused"), "" },
	{ FAIL_CLOCK, 1, "clock", N_("this computer's clock and the RA's clock disagree"),
	  N_("Set the clock (for example: sudo timedatectl set-ntp true) and run the same command again.") },
	{ FAIL_JOURNAL, 1, "journal", N_("the record of the unfinished job cannot be used"),
	  N_("Look at the file named above; without it a new application is begun.") },
	{ FAIL_JOURNAL_BUSY, 1, "busy", N_("the same job is already running"),
	  N_("Wait until the other command has ended.") },
	{ FAIL_BATCH, 1, "batch", N_("some cards failed"),
	  N_("Run the same command again; what is done is not repeated.") },
	{ FAIL_CARD_ERROR, 1, "card-error", N_("the card or its module refused"),
	  N_("Run the same command again; it goes on where it stopped.") },
	{ FAIL_CARD_FULL, 1, "card-full", N_("the card has no room left"),
	  N_("Remove objects that are no longer needed, then run the same command again.") },
	{ FAIL_CARD_READ_ONLY, 1, "card-read-only", N_("the card cannot be written"), "" },
	{ FAIL_BROWSER_RUNNING, 1, "browser-running", N_("a browser is running; nothing was changed in it"),
	  N_("Close all its windows and run the same command again.") },
	{ FAIL_NO_BROWSER, 1, "no-browser", N_("no such browser was found"),
	  N_("Start the browser once, so that it makes its profile, and close it.") },
	{ FAIL_NOT_REGISTERED, 1, "not-registered", N_("the module is not registered everywhere"),
	  N_("Run twca-export register.") },
	{ FAIL_NSS_TOOLS, 1, "nss-tools", N_("the program modutil is not installed"),
	  N_("Install libnss3-tools (Debian, Ubuntu) or nss-tools (Fedora).") },
	{ FAIL_ENVIRONMENT, 1, "environment", N_("this computer is not ready for certificate work"),
	  N_("The table tells how each item is repaired.") },
	{ FAIL_CANNOT_FIX, 1, "cannot-fix", N_("this program cannot repair it"), "" },
	{ FAIL_USAGE, 2, "usage", N_("wrong usage"), N_("See --help.") },
	{ FAIL_SETTINGS, 2, "settings", N_("the settings file has a mistake"), N_("See twca.conf(5).") },
	{ FAIL_READER_AMBIGUOUS, 2, "reader-ambiguous", N_("more than one card fits"),
	  N_("Name one with --reader or --token.") },
	{ FAIL_NEW_PASSWORD_UNEQUAL, 2, "new-password-unequal", N_("the two new passwords differ"),
	  N_("Nothing was changed. Run the same command again.") },
	{ FAIL_FILE_EXISTS, 2, "file-exists", N_("the file is there already"),
	  N_("Choose another place, or replace it with --force.") },
	{ FAIL_FILE_NAME, 2, "file-name", N_("the name of the file does not fit what is in it"),
	  N_("Do not change the file name.") },
	{ FAIL_KEY_ON_CARD, 2, "key-on-card", N_("the key is on a card and cannot leave it"),
	  N_("To use it on another computer, take the card along: twca-export register.") },
	{ FAIL_NEW_PIN_UNEQUAL, 2, "new-pin-unequal", N_("the two new card PINs differ"),
	  N_("The card was not touched. Run the same command again.") },
	{ FAIL_CERT_AMBIGUOUS, 2, "certificate-ambiguous", N_("more than one certificate fits"),
	  N_("Name one by its PKCS#11 URI or its whole serial number.") },
	{ FAIL_FILE_AMBIGUOUS, 2, "file-ambiguous", N_("more than one certificate file fits"),
	  N_("Name one with --token, or its site and account.") },
	{ FAIL_NOTHING_TO_DO, 3, "nothing-to-do", N_("nothing to do"), "" },
	{ FAIL_PIN_NOT_LOCKED, 3, "pin-not-locked", N_("the card PIN is not locked"),
	  N_("If you have forgotten it: twca-pin reset.") },
	{ FAIL_NOT_DUE, 3, "not-due", N_("the certificate cannot be renewed yet"), "" },
	{ FAIL_INPUT_NEEDED, 4, "input-needed", N_("an answer is needed and nobody can be asked"), "" },
	{ FAIL_NOT_LOGGED_IN, 4, "not-logged-in", N_("nobody is logged in at this site"),
	  N_("Log in: twca-account login.") },
	{ FAIL_LOGIN_REFUSED, 4, "login-refused", N_("the account or the password is wrong"),
	  N_("Three wrong site passwords suspend the login right.") },
	{ FAIL_LOGIN_LOCKED, 4, "login-locked", N_("the login right is suspended"),
	  N_("Only this form on paper can lift it; how: twca-account reset-help.") },
	{ FAIL_CAPTCHA_WRONG, 4, "captcha-wrong", N_("the digits of the picture are wrong"),
	  N_("This is not counted as a wrong password. Try again with a new picture.") },
	{ FAIL_CAPTCHA_STALE, 4, "captcha-stale", N_("the picture was used already or is too old"),
	  N_("Try again with a new picture.") },
	{ FAIL_PASSWORD_CHANGE, 4, "password-change-needed",
	  N_("the first password must be changed before anything else"),
	  N_("Give a new one at the prompt or with --new-password-source.") },
	{ FAIL_PASSWORD_RULE, 4, "password-rule", N_("the RA does not take this new password"), "" },
	{ FAIL_SESSION_ENDED, 4, "session-ended", N_("the session with the RA has ended"),
	  N_("Run the same command again; it goes on where it stopped.") },
	{ FAIL_RIGHTS_NEEDED, 4, "rights-needed", N_("this user may not change the file"),
	  N_("What holds for all users is changed by root: run the same command with sudo.") },
	{ FAIL_FILE_PASSWORD_RULE, 4, "file-password-rule", N_("the new file password is too short"),
	  N_("Set a password of at least four letters or digits.") },
	{ FAIL_SLIP_WRONG, 4, "slip-wrong", N_("the password is not that of the counter slip"),
	  N_("Upper and lower case matter. The slip comes from the counter of the branch.") },
	{ FAIL_NO_ACCESS, 4, "access-denied", N_("the smart card service refuses this user"),
	  N_("In a session over ssh polkit allows nobody: log in at the machine, or let root allow org.debian.pcsc-lite.access_pcsc and access_card; see twca-pkcs11(7).") },
	{ FAIL_PIN_WRONG, 5, "pin-wrong", N_("the card PIN is wrong"),
	  N_("More than three wrong entries lock the card.") },
	{ FAIL_PIN_LENGTH, 5, "pin-length", N_("the card PIN is too short or too long"),
	  N_("Nothing was sent to the card; no try is lost.") },
	{ FAIL_PIN_LAST_TRY, 5, "pin-last-try", N_("only one try is left; an unattended run does not risk it"),
	  N_("Enter the PIN at the prompt, or use --force if you are sure.") },
	{ FAIL_FILE_PASSWORD, 5, "file-password-wrong", N_("the file password is wrong"),
	  N_("Nothing was changed.") },
	{ FAIL_PUK_WRONG, 5, "puk-wrong", N_("the PUK is wrong"),
	  N_("Too many wrong entries make the card useless for ever.") },
	{ FAIL_PIN_LOCKED, 6, "pin-locked", N_("the card PIN is locked"),
	  N_("Unlock it: twca-pin unlock.") },
	{ FAIL_PUK_LOCKED, 6, "puk-locked", N_("the PUK is locked"),
	  N_("This card cannot be unlocked any more; the RA has to issue another one.") },
	{ FAIL_MODULE, 7, "module", N_("the PKCS#11 module cannot be used"),
	  N_("Install the package twca-pkcs11 (as root), or name the file in TWCA_PKCS11_MODULE.") },
	{ FAIL_NO_SERVICE, 7, "no-service", N_("the smart card service does not answer"),
	  N_("Start it: sudo systemctl enable --now pcscd.socket") },
	{ FAIL_NO_READER, 7, "no-reader", N_("no smart card reader found"),
	  N_("Connect a reader. If it is connected, install its driver: sudo apt install pcscd libccid") },
	{ FAIL_NO_CARD, 7, "no-card", N_("no card in the reader"), N_("Insert the card.") },
	{ FAIL_CARD_BLANK, 7, "card-blank", N_("the card is not personalised"),
	  N_("Use the card that the RA delivered.") },
	{ FAIL_CARD_REMOVED, 7, "card-removed", N_("the card was removed"),
	  N_("Insert it again and run the same command; it goes on where it stopped.") },
	{ FAIL_NO_KEY_FILE, 7, "no-key-file", N_("there is no such certificate file on this computer"),
	  N_("Import it: twca-export import FILE.") },
	{ FAIL_CARD_WRONG, 8, "card-wrong", N_("this is not the right card"),
	  N_("Insert the card that belongs to this account.") },
	{ FAIL_CARD_UNKNOWN, 8, "card-unknown", N_("the card is of a kind this software does not know"),
	  N_("Insert a CardOS card. One without PKCS#15 can be described: twca-card.conf(5).") },
	{ FAIL_NO_RECORD, 8, "no-record", N_("this computer has no unfinished application of this account"),
	  N_("Run it on the computer, and by the user, of the application; nothing was written.") },
	{ FAIL_RA_UNREACHABLE, 9, "ra-unreachable", N_("the RA cannot be reached"),
	  N_("Check the network and run the same command again; it goes on where it stopped.") },
	{ FAIL_RA_BUSY, 9, "ra-busy", N_("the RA is busy"), N_("Run the same command again later.") },
	{ FAIL_RA_REFUSED, 10, "ra-refused", N_("the RA refused"), "" },
	{ FAIL_COUNTER_VISIT, 10, "counter-visit", N_("the card PIN cannot be reset at present"),
	  N_("Ask for it at the counter first, then run the same command again.") },
	{ FAIL_TERMS_NEEDED, 10, "terms-needed", N_("the RA asks for the terms to be accepted first"), "" },
	{ FAIL_SUSPENSION, 10, "suspension", N_("suspension cannot be performed at present"),
	  N_("Look at the states of your certificates: twca-cert list.") },
	{ FAIL_NOT_ENABLED, 10, "not-enabled", N_("the RA has not allowed the download"),
	  N_("Ask customer service to enable it, then run: twca-apply --redownload, or twca-renew again after a renewal.") },
	{ FAIL_EXPIRED, 10, "expired", N_("the certificate has expired"), "" },
	{ FAIL_PAYMENT, 10, "payment-failed", N_("the fee could not be debited"),
	  N_("Nothing was debited or changed. Check the account number and its balance.") },
	{ FAIL_PHONE_NOT_READY, 10, "phone-not-ready", N_("the program on the phone is not logged in"),
	  N_("Log in there, then run the same command again.") },
	{ FAIL_PENDING, 11, "pending", N_("the RA has not decided yet"),
	  N_("Run the same command later; it goes on where it stopped.") },
	{ FAIL_NOT_ACTIVE, 11, "activation-needed", N_("the certificates must be activated first"),
	  N_("Run: twca-apply --activate") },
	{ FAIL_CANCELLED, 12, "cancelled", N_("cancelled"), "" },
	{ FAIL_RA_TRUST, 13, "ra-trust", N_("the server does not prove that it is the RA"),
	  N_("Check the address and --ca-file. Nothing was sent.") },
	{ FAIL_RA_REPLY, 13, "ra-reply", N_("the RA's answer cannot be understood"), "" },
	{ FAIL_CERT_CHAIN, 13, "certificate-chain", N_("the certificate is not signed by the RA's CA"),
	  N_("It was not written to the card. Report this to the RA.") },
	{ FAIL_CERT_KEY, 13, "certificate-key", N_("the certificate does not belong to the card's key"),
	  N_("It was not written to the card. Report this to the RA.") },
	{ FAIL_CERT_SUBJECT, 13, "certificate-subject", N_("the certificate names somebody else"),
	  N_("It was not written to the card. Report this to the RA.") },
	{ FAIL_CERT_VALIDITY, 13, "certificate-validity", N_("the certificate is not valid now"),
	  N_("It was not written to the card. Report this to the RA.") },
	{ FAIL_READ_BACK, 13, "read-back", N_("the card gives back something else than was written"),
	  N_("Run the same command again.") },
	{ FAIL_FILE_DAMAGED, 13, "file-damaged", N_("the file is damaged, or no PKCS#12 file"),
	  N_("Take another copy of the backup.") },
	{ FAIL_FILE_OLD_CIPHER, 13, "file-old-cipher", N_("the file is protected by an old, weak cipher"),
	  N_("Others may have opened it if it was ever copied. If you trust it, give --old-ciphers; it is written anew with a strong one.") },
	{ FAIL_HOST_NOT_HERE, 14, "host-not-here", N_("this computer has no certificate equal to the host's"),
	  N_("Import the newest valid certificate (twca-export import), or download it again (twca-apply --redownload).") },
	{ FAIL_HOST_DIFFERS, 15, "host-differs", N_("the certificates do not match"),
	  N_("Import the newest valid certificate (twca-export import), or download it again (twca-apply --redownload).") },
	{ FAIL_TEST_FAILED, 13, "test-failed", N_("the card test failed"), "" },
	{ FAIL_INTERRUPTED, 130, "interrupted", N_("interrupted"),
	  N_("Run the same command again; it goes on where it stopped.") },
	{ FAIL_TERMINATED, 143, "terminated", N_("ended by a signal"),
	  N_("Run the same command again; it goes on where it stopped.") },
};

static const struct ck_row {
	CK_RV rv;
	enum fail_code code;
} ck_rows[] = {
	{ CKR_HOST_MEMORY, FAIL_MEMORY },
	{ CKR_SLOT_ID_INVALID, FAIL_NO_READER },
	{ CKR_GENERAL_ERROR, FAIL_CARD_ERROR },
	{ CKR_DEVICE_ERROR, FAIL_CARD_ERROR },
	{ CKR_DEVICE_MEMORY, FAIL_CARD_FULL },
	{ CKR_DEVICE_REMOVED, FAIL_CARD_REMOVED },
	{ CKR_FUNCTION_CANCELED, FAIL_CANCELLED },
	{ CKR_PIN_INCORRECT, FAIL_PIN_WRONG },
	{ CKR_PIN_INVALID, FAIL_PIN_LENGTH },
	{ CKR_PIN_LEN_RANGE, FAIL_PIN_LENGTH },
	{ CKR_PIN_LOCKED, FAIL_PIN_LOCKED },
	{ CKR_SESSION_HANDLE_INVALID, FAIL_CARD_REMOVED },
	{ CKR_TOKEN_NOT_PRESENT, FAIL_NO_CARD },
	{ CKR_TOKEN_NOT_RECOGNIZED, FAIL_CARD_UNKNOWN },
	{ CKR_TOKEN_WRITE_PROTECTED, FAIL_CARD_READ_ONLY },
};

/* Of the RA (docs/ra-api.yaml): the word behind urn:twca:problem: */
static const struct problem_row {
	const char *type;
	enum fail_code code;
} problem_rows[] = {
	{ "account-locked", FAIL_LOGIN_LOCKED },
	{ "captcha-expired", FAIL_CAPTCHA_STALE },
	{ "captcha-wrong", FAIL_CAPTCHA_WRONG },
	{ "card-not-locked", FAIL_PIN_NOT_LOCKED },
	{ "card-not-registered", FAIL_CARD_WRONG },
	{ "certificate-expired", FAIL_EXPIRED },
	{ "challenge-failed", FAIL_CARD_WRONG },
	{ "counter-visit-required", FAIL_COUNTER_VISIT },
	{ "download-not-enabled", FAIL_NOT_ENABLED },
	{ "internal-error", FAIL_RA_BUSY },
	{ "nothing-to-do", FAIL_NOTHING_TO_DO },
	{ "password-change-required", FAIL_PASSWORD_CHANGE },
	{ "password-policy", FAIL_PASSWORD_RULE },
	{ "payment-failed", FAIL_PAYMENT },
	{ "phone-not-ready", FAIL_PHONE_NOT_READY },
	{ "request-in-progress", FAIL_RA_BUSY },
	{ "session-required", FAIL_SESSION_ENDED },
	{ "slip-password-wrong", FAIL_SLIP_WRONG },
	{ "terms-not-accepted", FAIL_TERMS_NEEDED },
	{ "too-many-requests", FAIL_RA_BUSY },
	{ "unavailable", FAIL_RA_BUSY },
	{ "window-closed", FAIL_NOT_DUE },
	{ "wrong-credentials", FAIL_LOGIN_REFUSED },
	{ "wrong-password", FAIL_LOGIN_REFUSED },
};
// clang-format on

bool fail_set(struct fail *fail, enum fail_code code, const char *fmt, ...)
{
	fail->code = code;
	fail->detail[0] = '\0';
	if (fmt) {
		va_list args;
		va_start(args, fmt);
		vsnprintf(fail->detail, sizeof fail->detail, fmt, args);
		va_end(args);
		text_end_whole(fail->detail);
	}
	return false;
}

bool fail_errno(struct fail *fail, const char *subject)
{
	int number = errno;

	return fail_set(fail, number == ENOMEM ? FAIL_MEMORY : FAIL_SYSTEM, "%s: %s", subject,
		strerror(number));
}

static int compare_ck(const void *key, const void *row)
{
	CK_RV a = *(const CK_RV *)key;
	CK_RV b = ((const struct ck_row *)row)->rv;

	return a < b ? -1 : a > b;
}

bool fail_ck(struct fail *fail, unsigned long rv, const char *doing)
{
	CK_RV key = rv;
	const struct ck_row *row = bsearch(
		&key, ck_rows, sizeof ck_rows / sizeof ck_rows[0], sizeof ck_rows[0], compare_ck);

	if (row && row->code != FAIL_CARD_ERROR)
		return fail_set(fail, row->code, "%s", doing);
	if (ckr_name(rv))
		return fail_set(fail, FAIL_CARD_ERROR, "%s (%s)", doing, ckr_name(rv));
	return fail_set(fail, FAIL_CARD_ERROR, _("%s (PKCS#11 code 0x%lx)"), doing, rv);
}

static int compare_problem(const void *key, const void *row)
{
	return strcmp(key, ((const struct problem_row *)row)->type);
}

enum fail_code fail_code_of_problem(const char *type, long status)
{
	const char *last = type ? strrchr(type, ':') : NULL;
	const struct problem_row *row = NULL;

	last = last ? last + 1 : type;
	if (last)
		row = bsearch(last, problem_rows, sizeof problem_rows / sizeof problem_rows[0],
			sizeof problem_rows[0], compare_problem);
	if (row)
		return row->code;
	if (status == 401)
		return FAIL_SESSION_ENDED;
	if (status == 429 || status == 503)
		return FAIL_RA_BUSY;
	return status >= 500 ? FAIL_RA_BUSY : FAIL_RA_REFUSED;
}

static const struct fail_row *row_of(enum fail_code code)
{
	return &rows[code <= FAIL_LAST && rows[code].code == code ? code : FAIL_INTERNAL];
}

const char *fail_name(enum fail_code code)
{
	return row_of(code)->name;
}

int fail_exit(enum fail_code code)
{
	return row_of(code)->exit;
}

const char *fail_message(enum fail_code code)
{
	return _(row_of(code)->message);
}

const char *fail_advice(enum fail_code code)
{
	const char *advice = row_of(code)->advice;

	return *advice ? _(advice) : "";
}
