/* SPDX-License-Identifier: Apache-2.0 */
/* The line fails at any one exchange of a session, with any word that PC/SC has for it: every
 * function answers, with a code that says so, and the same module goes on with the same card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cards.h"
#include "session.h"
#include "stand_in.h"
#include "vcard.h"

struct fault {
	size_t at; /* exchange, from 1; 0: none */
	LONG code;
	size_t seen;
};

/* At the exchange the answer is lost, whatever the card did. */
static void meddle(void *at, struct reader_reply *reply)
{
	struct fault *fault = at;

	if (++fault->seen == fault->at) {
		reply->code = fault->code;
		reply->len = 0;
	}
}

static void run(enum cards_kind kind, const struct session_plan *plan, struct fault *fault,
	struct session_log *log)
{
	struct vcard *card = cards_copy(kind);

	*log = (struct session_log){ .count = 0 };
	fault->seen = 0;
	reader = (struct reader){ .card = card, .event = 1, .meddle = meddle, .at = fault };
	session_run(plan, log);
	assert_int_equal(reader.connects, reader.disconnects);
	(void)vcard_free(card);
}

/* Where the second round begins. */
static size_t second(const struct session_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		if (strcmp(log->steps[i].name, SESSION_AGAIN) == 0)
			return i;
	fail_msg("the session has no second round");
	return 0;
}

static bool fitting(CK_RV rv)
{
	static const CK_RV codes[] = { CKR_OK, CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED,
		CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SESSION_HANDLE_INVALID,
		CKR_USER_NOT_LOGGED_IN, CKR_OPERATION_NOT_INITIALIZED, CKR_OBJECT_HANDLE_INVALID,
		CKR_KEY_HANDLE_INVALID, CKR_FUNCTION_CANCELED, CKR_DATA_LEN_RANGE,
		CKR_MECHANISM_INVALID, CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i] == rv)
			return true;
	return false;
}

/* The steps of an undisturbed round are those of the log, from there on. */
static void goes_on(
	const struct session_log *good, const struct session_log *log, const struct fault *fault)
{
	size_t from = second(good), at = second(log);

	if (log->count - at != good->count - from)
		fail_msg("exchange %zu, %08lx: the second round took %zu steps, not %zu", fault->at,
			(unsigned long)fault->code, log->count - at, good->count - from);
	for (; at < log->count; at++, from++)
		if (log->steps[at].rv != good->steps[from].rv)
			fail_msg("exchange %zu, %08lx: %s says %lx in the second round", fault->at,
				(unsigned long)fault->code, log->steps[at].name,
				(unsigned long)log->steps[at].rv);
}

static const LONG codes[] = { SCARD_F_COMM_ERROR, SCARD_E_NOT_TRANSACTED, SCARD_W_RESET_CARD,
	SCARD_W_REMOVED_CARD, SCARD_W_UNRESPONSIVE_CARD, SCARD_W_UNPOWERED_CARD,
	SCARD_E_INVALID_HANDLE, SCARD_E_NO_SERVICE, SCARD_E_SERVICE_STOPPED, SCARD_E_TIMEOUT,
	SCARD_E_READER_UNAVAILABLE, SCARD_F_INTERNAL_ERROR };

static void at_every_exchange(enum cards_kind kind, const struct session_plan *plan)
{
	static struct session_log good, log;
	struct fault fault = { .at = 0 };

	run(kind, plan, &fault, &good);
	const size_t exchanges = fault.seen;
	size_t signatures = 0;

	for (size_t i = 0; i < good.count; i++)
		signatures +=
			strcmp(good.steps[i].name, "C_Sign") == 0 && good.steps[i].rv == CKR_OK;
	assert_true(exchanges > 10 && signatures >= 2);
	for (fault.at = 1; fault.at <= exchanges / 2; fault.at++) {
		fault.code = codes[fault.at % (sizeof(codes) / sizeof(codes[0]))];
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			fault.code = codes[i];
			run(kind, plan, &fault, &log);
			for (size_t step = 0; step < second(&log); step++)
				if (!fitting(log.steps[step].rv) &&
					log.steps[step].rv != good.steps[step].rv)
					fail_msg("exchange %zu, %08lx: %s says %lx", fault.at,
						(unsigned long)fault.code, log.steps[step].name,
						(unsigned long)log.steps[step].rv);
			goes_on(&good, &log, &fault);
		}
	}
}

static void while_a_v4_card_is_used(void **state)
{
	static const struct session_plan plan = { .uses = true, .again = true };

	(void)state;
	at_every_exchange(CARDS_V44, &plan);
}

static void while_a_v5_card_is_used(void **state)
{
	static const struct session_plan plan = { .uses = true, .again = true };

	(void)state;
	at_every_exchange(CARDS_V53_PLAIN, &plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_a_v4_card_is_used),
		cmocka_unit_test(while_a_v5_card_is_used),
	};

	(void)setenv("TWCA_CARD_CACHE", "no", 1);
	(void)setenv("TWCA_CARD_LAYOUT", "", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
