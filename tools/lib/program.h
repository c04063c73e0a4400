/* SPDX-License-Identifier: Apache-2.0 */
/* Other programs: run one and keep what it says. */
#ifndef TWCA_TOOLS_PROGRAM_H
#define TWCA_TOOLS_PROGRAM_H

#include <stdbool.h>

#define PROGRAM_OUTPUT_MAX 65536

struct fail;

/* Run words[0] (looked for in PATH, no shell) with these arguments, the last of them NULL, standard
 * input empty, in this folder (NULL: where we are), and wait for its end. *ret_output: what it
 * wrote to both outputs, cut at PROGRAM_OUTPUT_MAX; the caller frees. *ret_status: its exit status,
 * 128 + signal if it was killed. Errors: SYSTEM (also when there is no such program), MEMORY. */
bool program_run(const char *const words[], const char *folder, char **ret_output, int *ret_status,
	struct fail *fail);

/* Is there such a program in PATH? */
bool program_exists(const char *name);

#endif
