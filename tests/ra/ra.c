/* SPDX-License-Identifier: Apache-2.0 */
/* Small helpers that every resource uses to read a request and fill an answer. */
#include "ra.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "problem.h"
#include "text.h"

char *ra_url(const struct ra *ra, const char *format, ...)
{
	CLEANUP(free_p) char *path = NULL;
	char *url = NULL;
	va_list ap;
	va_start(ap, format);
	int len = vasprintf(&path, format, ap);
	va_end(ap);
	if (len < 0 || asprintf(&url, "%s%s", ra->base, path) < 0)
		abort();
	return url;
}

void ra_set_time(json_t *json, const char *name, int64_t when)
{
	char text[TIME_TEXT];
	text_time(when, text);
	json_object_set_new(json, name, json_string(text));
}

void ra_reply(struct reply *reply, unsigned status, json_t *json)
{
	json_decref(reply->json);
	reply->status = status;
	reply->json = json;
	reply->type = "application/json";
	reply->keep = status < 300;
}

void ra_reply_bytes(struct reply *reply, const char *type, const void *bytes, size_t len)
{
	reply->status = 200;
	reply->type = type;
	reply->bytes = malloc(len ? len : 1);
	if (!reply->bytes)
		abort();
	memcpy(reply->bytes, bytes, len);
	reply->len = len;
}

bool ra_unpack(struct request *request, struct reply *reply, const char *format, ...)
{
	json_error_t error;
	va_list ap;
	va_start(ap, format);
	int rc = json_vunpack_ex(request->json, &error, 0, format, ap);
	va_end(ap);
	if (rc == 0)
		return true;
	problem(reply, PROBLEM_MALFORMED_REQUEST, error.text);
	return false;
}
