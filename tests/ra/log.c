/* SPDX-License-Identifier: Apache-2.0 */
/* The RA's log for the help desk: a line a request, without any secret. */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

bool log_open(struct ra *ra, const char *path)
{
	ra->log = fopen(path, "ae");
	if (!ra->log)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return ra->log;
}

void log_close(struct ra *ra)
{
	if (ra->log)
		fclose(ra->log);
	ra->log = NULL;
}

/* One word: what is no graphic ASCII character becomes a question mark, so nobody forges a line. */
static void word(FILE *log, const char *text)
{
	if (!text || !*text)
		text = "-";
	fputc(' ', log);
	for (; *text; text++)
		fputc(*text > ' ' && *text < 0x7f ? *text : '?', log);
}

void log_request(const struct request *request, const struct reply *reply, unsigned long connection,
	bool answered)
{
	FILE *log = request->ra->log;
	char when[TIME_TEXT];
	if (!log)
		return;
	text_time(request->now, when);
	fprintf(log, "%s conn=%lu", when, connection);
	word(log, request->method);
	word(log, request->secret_path ? request->secret_path : request->path);
	fprintf(log, " %u", answered ? reply->status : 0);
	word(log, json_string_value(json_object_get(reply->json, "instance")));
	word(log, request->account);
	fputc('\n', log);
	fflush(log);
}
