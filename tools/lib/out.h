/* SPDX-License-Identifier: Apache-2.0 */
/* The result of a command on stdout: text for people or one JSON document for machines. */
#ifndef TWCA_TOOLS_OUT_H
#define TWCA_TOOLS_OUT_H

#include <jansson.h>
#include <stdbool.h>

struct fail;

/* The document every tool prints under --json: schema, tool, result, code, exit; the rest of
 * members is the tool's. Takes members over; NULL: none. The caller decrefs. */
json_t *out_document(const char *tool, const struct fail *fail, json_t *members);

/* Print the document and a newline. false when stdout does not take it. */
bool out_print(const json_t *document);

/* "tool: message: detail" and the advice on stderr. */
void out_failure(const char *tool, const struct fail *fail);

/* For people, on stdout: a paragraph, and a name with its value; wrapped on a terminal. */
void out_text(const char *text);
void out_field(const char *name, const char *value);

#endif
