/* SPDX-License-Identifier: Apache-2.0 */
/* A workflow as a list of steps. Every step finds out by itself (journal, card, RA) what of its
 * work is done already, so that running the whole list again continues the job. */
#ifndef TWCA_TOOLS_STEP_H
#define TWCA_TOOLS_STEP_H

#include <stdbool.h>
#include <stddef.h>

struct fail;
struct journal;

struct step {
	const char *name; /* stable; written into the journal when the step begins */
	bool (*run)(void *context, struct fail *fail);
};

/* Run the steps in order until one fails or a signal came between two of them. *journal may become
 * set by a step; from then on the name of the step that begins is recorded there. *ret_name, if not
 * NULL, is the step that was reached. */
bool step_run(const struct step *steps, size_t count, void *context, struct journal *const *journal,
	const char **ret_name, struct fail *fail);

#endif
