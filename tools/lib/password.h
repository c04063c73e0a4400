/* SPDX-License-Identifier: Apache-2.0 */
/* New site passwords: the rules of the site, checked before anything is sent. */
#ifndef TWCA_TOOLS_PASSWORD_H
#define TWCA_TOOLS_PASSWORD_H

#include <stdbool.h>

struct fail;
struct pin;
struct tool;

/* Ask for a new site password (twice, or from --new-password-source) that differs from
 * tool->password (if that is known) and keeps the site's rules.
 * Errors: PASSWORD_RULE with the rule's text, NEW_PASSWORD_UNEQUAL, INPUT_NEEDED. */
bool password_ask_new(struct tool *tool, struct pin **ret, struct fail *fail);

/* What a person is told after a change: the site's own words. */
const char *password_changed_text(const struct tool *tool);

#endif
