/* SPDX-License-Identifier: Apache-2.0 */
/* One loop for reader, control socket and signals; the faults the knobs order happen here. */
#include "serve.h"

#include "control.h"
#include "knobs.h"
#include "link.h"
#include "vcard.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS 100
#define MUTE_MS 1500
#define INS_GENERATE 0x46

enum {
	POLL_SIGNAL,
	POLL_READER,
	POLL_CONTROL,
	POLL_COUNT = POLL_CONTROL + 1 + VC_CLIENTS
};

struct server {
	const struct vc_serve *params;
	struct vcard *card;
	struct vc_link link;
	struct vc_control control;
	struct vc_knobs knobs;
	int64_t due;     /* when the waiting command runs; 0: none waits */
	int64_t begun;   /* when it came */
	int64_t connect; /* not before */
	int64_t answer_due;
	struct vc_buf answer;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The reader sees the card go; it stays out for ms. Power is lost with it. */
static void unplug(struct server *server, int ms)
{
	vc_link_close(&server->link);
	vcard_reset(server->card);
	server->due = server->answer_due = 0;
	server->connect = now_ms() + ms;
}

static void log_command(
	const struct server *server, const uint8_t *apdu, size_t len, const struct vc_buf *answer)
{
	FILE *log = server->params->log;
	char sw[5] = "----";

	if (!log)
		return;
	if (answer->len >= 2)
		snprintf(sw, sizeof(sw), "%04X", vc_u16(answer->data + answer->len - 2));
	fprintf(log, "%lu %02X%02X%02X%02X %zu %zu %s\n", server->knobs.commands, apdu[0], apdu[1],
		apdu[2], apdu[3], len, answer->len >= 2 ? answer->len - 2 : 0, sw);
	fflush(log);
}

/* Run the command at the head of the link. */
static void execute(struct server *server)
{
	size_t len = 0;
	const uint8_t *apdu = vc_link_message(&server->link, &len);
	struct vc_knobs *knobs = &server->knobs;
	unsigned long writes = vcard_writes(server->card), number = ++knobs->commands;

	server->due = 0;
	server->answer.len = 0;
	if (number == knobs->remove_before || number == knobs->mute) {
		log_command(server, apdu, len, &server->answer);
		knobs->present = number != knobs->remove_before;
		unplug(server, knobs->present ? MUTE_MS : 0);
		return;
	}
	vcard_apdu(server->card, apdu, len, &server->answer);
	log_command(server, apdu, len, &server->answer);
	vc_link_drop(&server->link);
	if (!server->answer.len || number == knobs->remove_after) {
		knobs->present = false;
		unplug(server, 0);
		return;
	}
	writes = vcard_writes(server->card) - writes;
	server->answer_due = now_ms() + (int64_t)writes * vcard_write_ms(server->card);
	if (!server->answer_due)
		server->answer_due = 1;
}

static void send_answer(struct server *server)
{
	server->answer_due = 0;
	vc_link_send(&server->link, server->answer.data, server->answer.len);
	server->answer.len = 0;
}

static void control_byte(struct server *server, uint8_t byte)
{
	uint8_t atr[33];

	if (byte == 0x04) {
		vc_link_send(&server->link, atr, vcard_atr(server->card, atr));
		return;
	}
	if (byte <= 0x02)
		vcard_reset(server->card);
}

static unsigned delay_of(const struct server *server, uint8_t ins)
{
	return server->knobs.delay_ms[ins] +
	       (ins == INS_GENERATE ? vcard_generate_ms(server->card) : 0);
}

/* Take messages as far as no command has to wait. */
static void handle_messages(struct server *server)
{
	size_t len;
	const uint8_t *message;

	while (server->link.fd >= 0 && !server->due && !server->answer_due &&
		(message = vc_link_message(&server->link, &len))) {
		if (len >= 4) {
			unsigned delay = delay_of(server, message[1]);

			server->begun = now_ms();
			server->due = server->begun + delay;
			if (!delay)
				execute(server);
			if (server->answer_due && server->answer_due <= now_ms())
				send_answer(server);
			continue;
		}
		uint8_t byte = len == 1 ? message[0] : 0xFF;

		vc_link_drop(&server->link);
		if (len == 1)
			control_byte(server, byte);
		else if (len)
			vc_link_send(&server->link, (const uint8_t *)"\x67\x00", 2);
	}
}

static void run_control(void *context, const char *line, char *answer, size_t size)
{
	struct server *server = context;

	size_t len = 0;
	const uint8_t *waiting = server->due ? vc_link_message(&server->link, &len) : NULL;

	vc_knobs_run(&server->knobs, server->card, line, answer, size);
	if (waiting && len >= 4) /* a new delay is that of the waiting command too */
		server->due = server->begun + delay_of(server, waiting[1]);
	if (server->knobs.reset || !server->knobs.present)
		unplug(server, server->knobs.reset ? MUTE_MS : 0);
	server->knobs.reset = false;
}

static int wait_ms(const struct server *server)
{
	int64_t until = -1;

	if (server->due)
		until = server->due;
	else if (server->answer_due)
		until = server->answer_due;
	else if (server->link.fd < 0 && server->knobs.present)
		until = server->connect;
	if (until < 0)
		return -1;
	int64_t rest = until - now_ms();

	return rest < 0 ? 0 : (int)rest;
}

static void step(struct server *server)
{
	const struct vc_serve *params = server->params;
	int64_t now = now_ms();

	if (server->due && server->due <= now)
		execute(server);
	if (server->answer_due && server->answer_due <= now)
		send_answer(server);
	if (server->link.fd < 0 && server->knobs.present && server->connect <= now) {
		server->due = server->answer_due = 0;
		vcard_reset(server->card);
		if (!vc_link_open(&server->link, params->host, params->port))
			server->connect = now + RETRY_MS;
	}
	handle_messages(server);
}

static int open_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static void loop(struct server *server, int signals)
{
	struct pollfd fds[POLL_COUNT];

	do {
		step(server);
		fds[POLL_SIGNAL] = (struct pollfd){ .fd = signals, .events = POLLIN };
		/* A reader that talks while its command waits is not listened to. */
		fds[POLL_READER] = (struct pollfd){ .fd = server->link.fd, .events = POLLIN };
		vc_control_poll(&server->control, fds + POLL_CONTROL);
		if (poll(fds, POLL_COUNT, wait_ms(server)) < 0)
			memset(fds, 0, sizeof(fds));
		if (fds[POLL_READER].revents && !vc_link_receive(&server->link))
			unplug(server, RETRY_MS);
		vc_control_handle(&server->control, fds + POLL_CONTROL, run_control, server);
	} while (!fds[POLL_SIGNAL].revents);
}

int vc_serve(const struct vc_serve *params)
{
	struct server *server = vc_alloc(sizeof(*server));
	int signals = open_signals(), status = 0;

	server->params = params;
	server->card = params->card;
	server->knobs.present = true;
	server->link.fd = -1;
	if (!vc_control_open(&server->control, params->control)) {
		fprintf(stderr, "twca-vcard: %s: %s\n", params->control, strerror(errno));
		status = 1;
	} else {
		loop(server, signals);
	}
	vc_link_close(&server->link);
	vc_control_close(&server->control);
	vc_buf_clear(&server->answer);
	close(signals);
	free(server);
	return status;
}
