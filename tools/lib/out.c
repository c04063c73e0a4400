/* SPDX-License-Identifier: Apache-2.0 */
/* Prints results and failures. */
#include "out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "wrap.h"

#define OUT_SCHEMA 1
#define OUT_INDENT 2
#define OUT_FIELD_INDENT 4

static json_t *failure(const struct fail *fail)
{
	json_t *error = json_pack("{s:s, s:s}", "message", fail_message(fail->code), "advice",
		fail_advice(fail->code));

	if (error && fail->detail[0])
		json_object_set_new(error, "detail", json_string(fail->detail));
	if (error && fail->type[0])
		json_object_set_new(error, "problem", json_string(fail->type));
	if (error && fail->tries_left >= 0)
		json_object_set_new(error, "tries_left", json_integer(fail->tries_left));
	if (error && fail->retry_after > 0)
		json_object_set_new(error, "retry_after", json_integer(fail->retry_after));
	return error;
}

json_t *out_document(const char *tool, const struct fail *fail, json_t *members)
{
	json_t *document = json_pack("{s:i, s:s, s:s, s:s, s:i}", "schema", OUT_SCHEMA, "tool",
		tool, "result", fail->code == FAIL_NONE ? "ok" : "error", "code",
		fail_name(fail->code), "exit", fail_exit(fail->code));

	if (document && fail->code != FAIL_NONE)
		json_object_set_new(document, "error", failure(fail));
	if (document && members)
		json_object_update_missing(document, members);
	json_decref(members);
	return document;
}

bool out_print(const json_t *document)
{
	if (!document || json_dumpf(document, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER) != 0)
		return false;
	return fputc('\n', stdout) != EOF && fflush(stdout) == 0;
}

/* "tool: text", wrapped when stderr is a terminal */
__attribute__((format(printf, 2, 3))) static void tell(const char *tool, const char *fmt, ...)
{
	CLEANUP(free_p) char *text = NULL;
	va_list args;

	va_start(args, fmt);
	int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	CLEANUP(free_p)
	char *lines = wrap_text(text, wrap_columns(STDERR_FILENO), strlen(tool) + 2, OUT_INDENT);
	fprintf(stderr, "%s: %s\n", tool, lines ? lines : text);
}

void out_failure(const char *tool, const struct fail *fail)
{
	const char *advice = fail_advice(fail->code);

	if (fail->detail[0])
		tell(tool, _("%s: %s"), fail_message(fail->code), fail->detail);
	else
		tell(tool, "%s", fail_message(fail->code));
	if (fail->tries_left >= 0)
		tell(tool, _("tries left: %d"), fail->tries_left);
	if (fail->retry_after > 0)
		tell(tool, _("try again in %ld seconds"), fail->retry_after);
	if (*advice)
		tell(tool, "%s", advice);
}

void out_text(const char *text)
{
	CLEANUP(free_p) char *lines = wrap_text(text, wrap_columns(STDOUT_FILENO), 0, 0);

	printf("%s\n", lines ? lines : text);
}

void out_field(const char *name, const char *value)
{
	const char *colon = _(": ");
	size_t start = 2 + wrap_width(name) + wrap_width(colon);
	CLEANUP(free_p)
	char *lines = wrap_text(value, wrap_columns(STDOUT_FILENO), start, OUT_FIELD_INDENT);

	/* no blank in front of a line's end */
	size_t len = lines && *lines == '\n' ? strcspn(colon, " ") : strlen(colon);
	printf("  %s%.*s%s\n", name, (int)len, colon, lines ? lines : value);
}
