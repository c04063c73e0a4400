/* SPDX-License-Identifier: Apache-2.0 */
/* A session with the RA is opened and kept for the other commands; and ended. */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/keep.h"
#include "lib/login.h"
#include "lib/password.h"
#include "lib/pin.h"
#include "lib/scope.h"

/* What the certificate commands will need; trouble does not stand in the way of a login. */
static void check_environment(struct tool *tool)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct fail fail = FAIL_INIT;
	size_t count = 0;
	size_t readers = 0;

	if (!tokens)
		return;
	bool ok = tool_open_module(tool, &fail) && p11_tokens(tool->p11, tokens, &count, &fail);
	for (size_t i = 0; ok && i < count; i++)
		readers += tokens[i].removable;
	if (ok && tool->profile->card && !readers) {
		fail_set(&fail, FAIL_NO_READER, NULL);
		ok = false;
	}
	if (ok)
		return;
	tool_warn(tool, &fail);
	term_warn(&tool->term, _("See what is missing: twca-check env --site %s"),
		tool->profile->site);
}

bool account_login(struct account *account, struct fail *fail)
{
	struct tool *tool = &account->tool;

	check_environment(tool);
	if (!tool_open_ra(tool, fail) || !tool_ask_account(tool, fail) ||
		!tool_open_journal(tool, "password", NULL, fail) || !login_ask(tool, fail) ||
		!login_first_password(tool, fail))
		return false;
	if (tool->dry_run)
		return true; /* this session ends with the program, and none that is kept does */
	if (!tool_record(tool, "password_change", NULL, fail) || !keep_store(tool, fail) ||
		!ra_session_ask(tool->ra, &account->session, fail))
		return false;
	account->has_session = true;
	account->done = _("Logged in.");
	return true;
}

bool account_logout(struct account *account, struct fail *fail)
{
	struct tool *tool = &account->tool;
	bool resumed, yes;

	if (!tool_open_ra(tool, fail)) {
		/* the RA's session ends by itself; what is kept here goes in any case */
		struct fail ignored = FAIL_INIT;
		if (fail->code != FAIL_USAGE && !tool->dry_run &&
			term_confirm(&tool->term, _("Log out of the system?"), &yes, &ignored) &&
			yes)
			keep_forget(tool, NULL, &ignored);
		return false;
	}
	if (!keep_resume(tool, &resumed, fail))
		return false;
	if (!resumed)
		return fail_set(fail, FAIL_NOTHING_TO_DO, "%s", fail_message(FAIL_NOT_LOGGED_IN));
	if (tool->dry_run)
		return true;
	if (!term_confirm(&tool->term, _("Log out of the system?"), &yes, fail))
		return false;
	if (!yes)
		return fail_set(fail, FAIL_CANCELLED, NULL);
	if (!keep_forget(tool, NULL, fail) || !tool->ra->ops->logout(tool->ra, fail))
		return false;
	account->done = _("Logged out.");
	return true;
}

bool account_password(struct account *account, struct fail *fail)
{
	struct tool *tool = &account->tool;
	CLEANUP(pin_free_p) struct pin *new = NULL;
	bool ended;

	if (!tool_open_ra(tool, fail) || !login_account(tool, fail) ||
		!tool_open_journal(tool, "password", NULL, fail))
		return false;
	bool begun = tool_recorded(tool, "password_change") != NULL;
	if (!(begun ? login_ask(tool, fail) : login_open(tool, fail)))
		return false;
	if (!tool->password_is_new) {
		if (!login_password(tool, fail) || !password_ask_new(tool, &new, fail))
			return false;
		if (tool->dry_run)
			return true;
		if (!tool_record(tool, "password_change", "begun", fail))
			return false;
		if (!login_change_password(tool, new, &ended, fail)) {
			struct fail ignored = FAIL_INIT;
			if (fail->code == FAIL_PASSWORD_RULE || fail->code == FAIL_LOGIN_REFUSED ||
				fail->code == FAIL_LOGIN_LOCKED)
				tool_record(tool, "password_change", NULL, &ignored);
			return false;
		}
	} else {
		term_note(&tool->term, "%s", password_changed_text(tool));
	}
	return tool_record(tool, "password_change", NULL, fail);
}
