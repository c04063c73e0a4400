/* SPDX-License-Identifier: Apache-2.0 */
/* Prints results and failures. */
#include "out.h"

#include <stdio.h>

#include "fail.h"
#include "i18n.h"

#define OUT_SCHEMA 1

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

void out_failure(const char *tool, const struct fail *fail)
{
	const char *advice = fail_advice(fail->code);

	if (fail->detail[0])
		fprintf(stderr, "%s: %s: %s\n", tool, fail_message(fail->code), fail->detail);
	else
		fprintf(stderr, "%s: %s\n", tool, fail_message(fail->code));
	if (fail->tries_left >= 0)
		fprintf(stderr, _("%s: tries left: %d\n"), tool, fail->tries_left);
	if (fail->retry_after > 0)
		fprintf(stderr, _("%s: try again in %ld seconds\n"), tool, fail->retry_after);
	if (*advice)
		fprintf(stderr, "%s: %s\n", tool, advice);
}
