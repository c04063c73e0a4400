/* SPDX-License-Identifier: Apache-2.0 */
/* What the RA says about the person, and the terms that the person has to accept. */
#ifndef TWCA_TOOLS_TERMS_H
#define TWCA_TOOLS_TERMS_H

#include <stdbool.h>

struct fail;
struct tool;

/* Get the registration data into tool->registration and show them. Needs a session. */
bool terms_show_registration(struct tool *tool, struct fail *fail);

/* Get the terms into tool->terms and have them accepted, unless the record says that this text was
 * accepted already. Errors: CANCELLED, INPUT_NEEDED. */
bool terms_accept(struct tool *tool, struct fail *fail);

#endif
