/* SPDX-License-Identifier: Apache-2.0 */
/* The one trace point of the exchange with a card. Set TWCA_TRACE to a file name: every command is
 * appended as one line. Contents are shown only for commands of a short list (SELECT, GET DATA,
 * CREATE, DELETE, MSE, GENERATE, DIRECTORY, life cycle); of all others only lengths, so that no
 * PIN, key, block or file content ever reaches the file. */
#ifndef CARDOS_TRACE_H
#define CARDOS_TRACE_H

#include <stddef.h>
#include <stdint.h>

/* The file descriptor of the trace; -1: no tracing. Not for set-user-id programs. */
int trace_open(void);
void trace_close(int fd);

/* reply: with its status word. */
void trace_exchange(
	int fd, const uint8_t *command, size_t command_len, const uint8_t *reply, size_t reply_len);

#endif
