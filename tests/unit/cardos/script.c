/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted transport. */
#include "script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "still.h"

#define HEX_MAX 1024

size_t script_hex(const char *hex, unsigned char *out, size_t cap)
{
	size_t len = 0;
	while (*hex) {
		unsigned byte = 0;
		if (*hex == ' ') {
			hex++;
			continue;
		}
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		assert_true(len < cap);
		out[len++] = (unsigned char)byte;
		hex += 2;
	}
	return len;
}

static enum cardos_err transmit(struct transport *transport, const uint8_t *command,
	size_t command_len, uint8_t *reply, size_t reply_cap, size_t *ret_len)
{
	struct script *script = (struct script *)transport;
	unsigned char expected[HEX_MAX];
	char got[2 * HEX_MAX + 1] = "";
	if (script->gone)
		return CARDOS_E_REMOVED;
	if (script->at == script->fail_at) {
		script->gone = true;
		return CARDOS_E_REMOVED;
	}
	const struct exchange *step = &script->steps[script->at];
	for (size_t i = 0; i < command_len; i++)
		(void)snprintf(got + 2 * i, 3, "%02X", command[i]);
	if (!step->command)
		fail_msg("after the script came %s", got);
	size_t len = script_hex(step->command, expected, sizeof(expected));
	if (len != command_len || memcmp(expected, command, len) != 0)
		fail_msg("step %zu: expected %s, came %s", script->at, step->command, got);
	script->at++;
	if (strcmp(step->answer, "!removed") == 0)
		return CARDOS_E_REMOVED;
	if (strcmp(step->answer, "!reset") == 0)
		return CARDOS_E_RESET;
	if (strcmp(step->answer, "!length") == 0)
		return CARDOS_E_LENGTH;
	*ret_len = script_hex(step->answer, reply, reply_cap);
	return CARDOS_OK;
}

static enum cardos_err begin(struct transport *transport, bool *ret_reset)
{
	struct script *script = (struct script *)transport;
	if (script->gone)
		return CARDOS_E_REMOVED;
	*ret_reset = script->reset;
	script->reset = false;
	return CARDOS_OK;
}

static const uint8_t *atr(struct transport *transport, size_t *ret_len)
{
	struct script *script = (struct script *)transport;
	*ret_len = script->atr_len;
	return script->atr;
}

static bool alive(struct transport *transport)
{
	return !((struct script *)transport)->gone;
}

static void free_script(struct transport *transport)
{
	((struct script *)transport)->freed = true;
}

static const struct transport_ops ops = { .transmit = transmit,
	.begin = begin,
	.end = still_end,
	.control = still_control,
	.atr = atr,
	.alive = alive,
	.free = free_script };

struct transport *script_start(
	struct script *script, const char *atr_hex, const struct exchange *steps)
{
	*script = (struct script){ .transport = { .ops = &ops }, .steps = steps };
	script->fail_at = SIZE_MAX;
	script->atr_len = script_hex(atr_hex, script->atr, sizeof(script->atr));
	return &script->transport;
}

void script_done(const struct script *script)
{
	if (script->steps[script->at].command)
		fail_msg("step %zu was never sent: %s", script->at,
			script->steps[script->at].command);
}
