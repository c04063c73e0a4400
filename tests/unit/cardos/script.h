/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted transport: the commands a test expects, in order, each with its answer. */
#ifndef TESTS_UNIT_CARDOS_SCRIPT_H
#define TESTS_UNIT_CARDOS_SCRIPT_H

#include "transport.h"

#define SCRIPT_V44 "3BD21802C10A31FE58C80D51"
#define SCRIPT_V43B "3BF2180002C10A31FE58C80874"
#define SCRIPT_V50 "3BD218008131FE58C90114"
#define SCRIPT_V53 "3BD218008131FE58C90316"

struct exchange {
	const char *command; /* hex; NULL ends the script */
	const char
		*answer; /* hex with status word; "!removed", "!reset", "!length": a line error */
};

struct script {
	struct transport transport;
	const struct exchange *steps;
	size_t at;
	size_t fail_at; /* this step answers REMOVED; SIZE_MAX: none */
	unsigned char atr[33];
	size_t atr_len;
	bool reset; /* the next begin() tells of a reset */
	bool gone;
	bool freed;
};

/* The transport is the script's own member, freed by nobody; a command that is not the one expected
 * fails the test. */
struct transport *script_start(
	struct script *script, const char *atr, const struct exchange *steps);
/* Every step was used. */
void script_done(const struct script *script);
size_t script_hex(const char *hex, unsigned char *out, size_t cap);

#endif
