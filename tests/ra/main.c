/* SPDX-License-Identifier: Apache-2.0 */
/* twca-ra: options, start, wait for a signal, stop. */
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ca.h"
#include "cleanup.h"
#include "clock.h"
#include "db.h"
#include "fault.h"
#include "http.h"
#include "keyfile.h"
#include "log.h"
#include "settings.h"
#include "text.h"

struct options {
	const char *dir, *tls_ca_out, *log, *sites;
	char host[64];
	unsigned port;
	int64_t now; /* -1: leave the clock */
	bool make;
};

const char *argp_program_version = "twca-ra 0.1.0";

static const struct argp_option option_list[] = {
	{ "dir", 'd', "DIR", 0, "Database and keys; made on first use", 0 },
	{ "sites", 's', "FILE", 0,
		"The sites' rules (else those of the last start, or the default)", 0 },
	{ "log", 'L', "FILE", 0, "Append a line a request, without secrets", 0 },
	{ "listen", 'l', "HOST:PORT", 0, "Where to serve (127.0.0.1:0)", 0 },
	{ "tls-ca-out", 't', "FILE", 0, "Write the TLS trust root (PEM)", 0 },
	{ "now", 'n', "TIME", 0, "Set the RA's clock, as 2026-01-31T12:00:00Z", 0 },
	{ "make", 'm', NULL, 0, "Make what is missing in the folder, and serve nothing", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case 'd':
		options->dir = arg;
		return 0;
	case 'L':
		options->log = arg;
		return 0;
	case 's':
		options->sites = arg;
		return 0;
	case 't':
		options->tls_ca_out = arg;
		return 0;
	case 'l':
		if (sscanf(arg, "%63[0-9.]:%5u", options->host, &options->port) != 2 ||
			options->port > 65535)
			argp_error(state, "%s: not HOST:PORT", arg);
		return 0;
	case 'n':
		options->now = text_parse_time(arg);
		if (options->now < 0)
			argp_error(state, "%s: not a time", arg);
		return 0;
	case 'm':
		options->make = true;
		return 0;
	case ARGP_KEY_END:
		if (!options->dir)
			argp_error(state, "--dir is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool write_trust_root(const struct options *options)
{
	CLEANUP(free_p) char *pem = keyfile_text(options->dir, "tls-root.pem");
	FILE *file = pem ? fopen(options->tls_ca_out, "we") : NULL;
	bool ok = file && fputs(pem, file) >= 0;
	if (file && fclose(file) != 0)
		ok = false;
	if (!ok)
		fprintf(stderr, "%s: cannot be written\n", options->tls_ca_out);
	return ok;
}

static int serve(struct ra *ra, const struct options *options, const sigset_t *signals)
{
	struct http *http = http_start(ra, options->dir, options->host, (uint16_t)options->port);
	if (!http)
		return 1;
	printf("ready %s\n", ra->base);
	fflush(stdout);
	int number = 0;
	sigwait(signals, &number);
	http_stop(http);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { option_list, parse, NULL,
		"The reference RA of twca-pkcs11: serves docs/ra-api.yaml for tests.", NULL, NULL,
		NULL };
	struct options options = { .host = "127.0.0.1", .now = -1 };
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	mkdir(options.dir, 0700);
	struct ra ra = { .lock = PTHREAD_MUTEX_INITIALIZER };
	ra.db = db_open(options.dir);
	ra.ca = ra.db ? ca_open(options.dir) : NULL;
	int status = ra.ca && options.make ? 0 : 1;
	if (ra.ca && !options.make && settings_load(ra.db, options.sites) &&
		(options.now < 0 || clock_set(ra.db, options.now)) &&
		(!options.tls_ca_out || write_trust_root(&options)) &&
		(!options.log || log_open(&ra, options.log)))
		status = serve(&ra, &options, &signals);
	log_close(&ra);
	ca_close(ra.ca);
	sqlite3_close(ra.db);
	return status;
}
