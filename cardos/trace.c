/* SPDX-License-Identifier: Apache-2.0 */
/* The trace of commands, masked by INS. */
#include "trace.h"

#include "iso_cmd.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACE_BYTES 64 /* shown of a data field */
#define HEADER_LEN 4

static const uint8_t shown[] = { 0x04, 0x10, 0x16, ISO_INS_MSE, 0x44, ISO_INS_GENERATE,
	ISO_INS_SELECT, ISO_INS_GET_DATA, ISO_INS_CREATE_FILE, ISO_INS_DELETE_FILE, 0xEA };

int trace_open(void)
{
	const char *name = secure_getenv("TWCA_TRACE");
	if (!name || !*name)
		return -1;
	return open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void trace_close(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

static void hex(char *out, const uint8_t *bytes, size_t len)
{
	*out = 0;
	size_t n = len < TRACE_BYTES ? len : TRACE_BYTES;
	for (size_t i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02X", bytes[i]);
}

void trace_exchange(
	int fd, const uint8_t *command, size_t command_len, const uint8_t *reply, size_t reply_len)
{
	if (fd < 0 || command_len < HEADER_LEN || reply_len < 2)
		return;
	/* V5 gathers keys and PINs by the INS that makes files */
	bool gathers = command[0] != 0x00 && command[1] == ISO_INS_ACCUMULATE;
	bool clear = !gathers && memchr(shown, command[1], sizeof(shown)) != NULL;
	char sent[2 * TRACE_BYTES + 1] = "";
	char got[2 * TRACE_BYTES + 1] = "";
	if (clear) {
		hex(sent, command + HEADER_LEN, command_len - HEADER_LEN);
		hex(got, reply, reply_len - 2);
	}
	char line[4 * TRACE_BYTES + 96];
	int len = snprintf(line, sizeof(line), "> %02X%02X%02X%02X %s[%zu] < %s[%zu] %02X%02X\n",
		command[0], command[1], command[2], command[3], sent, command_len, got,
		reply_len - 2, reply[reply_len - 2], reply[reply_len - 1]);
	if (len > 0 && write(fd, line, (size_t)len) < 0)
		return; /* a full disk must not stop a signature */
}
