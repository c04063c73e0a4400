/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a session with the RA between commands: its token in a file of this user, mode 0600, in
 * $XDG_RUNTIME_DIR/twca, which does not outlive the person's login at the computer. */
#ifndef TWCA_TOOLS_KEEP_H
#define TWCA_TOOLS_KEEP_H

#include <stdbool.h>

struct fail;
struct tool;

/* Is a session kept for this site (and account, if it is known), and still alive? Then go on with
 * it: sets tool->kept, tool->account and tool->must_change. A dead one is forgotten. Needs
 * tool_open_ra(). */
bool keep_resume(struct tool *tool, bool *ret_resumed, struct fail *fail);

/* Keep the session that is open now. Errors: SYSTEM (no XDG_RUNTIME_DIR). */
bool keep_store(struct tool *tool, struct fail *fail);

/* Forget the session of this site. *ret_forgotten (may be NULL): there was one. */
bool keep_forget(struct tool *tool, bool *ret_forgotten, struct fail *fail);

#endif
