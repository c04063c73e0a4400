/* SPDX-License-Identifier: Apache-2.0 */
/* A whole session of an application with the module and the card of stand_in.h: every kind of use,
 * one after the other, whatever the card answers. */
#ifndef TESTS_FUZZ_SESSION_H
#define TESTS_FUZZ_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11/ck.h"

#define SESSION_PIN "123456"
#define SESSION_PUK "87654321"
#define SESSION_STEPS_MAX 400
#define SESSION_AGAIN "again" /* the step between the two rounds */

struct session_log {
	struct session_step {
		const char *name;
		CK_RV rv;
	} steps[SESSION_STEPS_MAX];
	size_t count; /* steps beyond the array are taken, and not noted */
};

struct session_plan {
	bool reads;  /* every attribute of every object */
	bool uses;   /* signs and decrypts with every private key */
	bool writes; /* generates, stores, changes, deletes */
	bool pins;   /* changes the PIN, unblocks it, and makes the token anew */
	bool keypad; /* PINs are typed at the reader */
	bool again;  /* and once more, in a new session of the same module */
};

/* From C_Initialize to C_Finalize. log: may be NULL. */
void session_run(const struct session_plan *plan, struct session_log *log);

#endif
