/* SPDX-License-Identifier: Apache-2.0 */
/* Logs in at the RA and changes the first password. */
#include "login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captcha.h"
#include "fail.h"
#include "i18n.h"
#include "keep.h"
#include "password.h"
#include "pin.h"
#include "scope.h"
#include "tool.h"

#define PICTURES_MAX 3 /* wrong pictures in a row before giving up */

/* A picture, where the site has one, its digits, one login. */
static bool login_once(struct tool *tool, const struct pin *password, struct fail *fail)
{
	CLEANUP(ra_captcha_clear) struct ra_captcha captcha = { 0 };
	CLEANUP(free_p) char *digits = NULL;

	if (!tool->site.captcha)
		return tool->ra->ops->login(
			tool->ra, tool->account, password, NULL, NULL, &tool->must_change, fail);
	return tool->ra->ops->captcha(tool->ra, &captcha, fail) &&
	       captcha_read(tool, &captcha, &digits, fail) &&
	       tool->ra->ops->login(tool->ra, tool->account, password, captcha.id, digits,
		       &tool->must_change, fail);
}

/* Wrong pictures cost nothing: a new one, a few times. */
static bool login(struct tool *tool, const struct pin *password, struct fail *fail)
{
	for (unsigned i = 1;; i++) {
		if (login_once(tool, password, fail)) {
			*fail = (struct fail)FAIL_INIT; /* nothing of attempts before */
			return true;
		}
		if ((fail->code != FAIL_CAPTCHA_WRONG && fail->code != FAIL_CAPTCHA_STALE) ||
			i == PICTURES_MAX)
			break;
		tool_warn(tool, fail);
	}
	if (fail->code == FAIL_LOGIN_LOCKED && !fail->detail[0])
		snprintf(fail->detail, sizeof fail->detail, "%s", _(tool->profile->reset_form));
	return false;
}

static bool ask_password(struct tool *tool, struct fail *fail)
{
	const char *prompt = strcmp(tool->profile->site, "post") == 0
				     ? C_("post", "Site password: ")
				     : _("Site password: ");

	tool->password = pin_free(tool->password);
	return tool_secret(
		tool, CONF_PASSWORD_SOURCE, prompt, "--password-source", &tool->password, fail);
}

static bool read_new_password(struct tool *tool, struct pin **ret, struct fail *fail)
{
	return tool_secret(tool, CONF_NEW_PASSWORD_SOURCE, _("New site password: "),
		"--new-password-source", ret, fail);
}

bool login_change_password(
	struct tool *tool, const struct pin *new, bool *ret_ended, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *copy = pin_copy(new);

	if (!copy)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool->ra->ops->password(tool->ra, tool->password, new, ret_ended, fail))
		return false;
	pin_free(tool->password);
	tool->password = TAKE(copy);
	tool->password_is_new = true;
	tool->must_change = false;
	if (!tool_record(tool, "password_change", "done", fail))
		return false;
	term_note(&tool->term, "%s", password_changed_text(tool));
	return !*ret_ended || !tool->kept || keep_forget(tool, NULL, fail);
}

/* The session goes on, or a new one is opened. */
static bool change_and_go_on(struct tool *tool, const struct pin *new, struct fail *fail)
{
	bool ended;

	return login_change_password(tool, new, &ended, fail) &&
	       (!ended || login(tool, tool->password, fail));
}

/* An earlier run may have changed the password: with the new one at hand it is tried first, so that
 * the very same command works again. Only a change whose answer was lost lets a second attempt
 * follow, and only while the RA says that more than one is left. */
static bool login_after_change(struct tool *tool, const char *change, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!read_new_password(tool, &new, fail))
		return false;
	if (login(tool, new, fail)) {
		tool->password = TAKE(new);
		tool->password_is_new = true;
		return true;
	}
	if (fail->code != FAIL_LOGIN_REFUSED || strcmp(change, "begun") != 0 ||
		fail->tries_left == 1 || !ask_password(tool, fail))
		return false;
	if (!login(tool, tool->password, fail))
		return false;
	/* still the old one: the change is to be made with the new one that was read */
	if (!tool->must_change)
		return true;
	return change_and_go_on(tool, new, fail);
}

bool login_ask(struct tool *tool, struct fail *fail)
{
	const char *change = tool_recorded(tool, "password_change");

	term_title(&tool->term, _("Log in"));
	if (change && conf_get(&tool->conf, CONF_NEW_PASSWORD_SOURCE))
		return login_after_change(tool, change, fail);
	if (change && !conf_get(&tool->conf, CONF_PASSWORD_SOURCE))
		term_note(&tool->term,
			_("The password was changed by an earlier run; the new one counts."));
	for (;;) {
		if (!ask_password(tool, fail))
			return false;
		if (login(tool, tool->password, fail))
			return true;
		if (fail->code != FAIL_LOGIN_REFUSED ||
			conf_get(&tool->conf, CONF_PASSWORD_SOURCE) || tool->term.no_input ||
			fail->tries_left == 0)
			return false;
		tool_warn(tool, fail);
	}
}

bool login_account(struct tool *tool, struct fail *fail)
{
	bool resumed;

	return keep_resume(tool, &resumed, fail) && tool_ask_account(tool, fail);
}

bool login_open(struct tool *tool, struct fail *fail)
{
	bool resumed = false;

	if (!tool->kept && !keep_resume(tool, &resumed, fail))
		return false;
	if (!tool->kept)
		return tool_ask_account(tool, fail) && login_ask(tool, fail);
	term_debug(&tool->term, _("Going on with the session of account %s"), tool->account);
	return true;
}

bool login_password(struct tool *tool, struct fail *fail)
{
	return tool->password || ask_password(tool, fail);
}

static void remind_of_drivers(const struct tool *tool)
{
	if (strcmp(tool->profile->site, "post") != 0)
		return;
	term_note(&tool->term, "%s",
		_("Note: if your carrier is the certificate card, make sure the reader driver and "
		  "the card driver are installed and the computer was restarted. If they are not, "
		  "download and install the drivers here."));
	term_note(&tool->term, "%s", _("Here: twca-info drivers --site post"));
}

bool login_first_password(struct tool *tool, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!tool->must_change)
		return true;
	if (tool->dry_run)
		return fail_set(fail, FAIL_PASSWORD_CHANGE, NULL);
	term_note(&tool->term, "%s",
		strcmp(tool->profile->site, "post") == 0
			? C_("post", "This is the first login: the site password must be changed.")
			: _("This is the first login: the site password must be changed."));
	if (!login_password(tool, fail))
		return false;
	if (!password_ask_new(tool, &new, fail)) {
		if (fail->code == FAIL_INPUT_NEEDED)
			fail_set(fail, FAIL_PASSWORD_CHANGE, NULL);
		return false;
	}
	if (!tool_record(tool, "password_change", "begun", fail))
		return false;
	if (change_and_go_on(tool, new, fail)) {
		remind_of_drivers(tool);
		return true;
	}
	struct fail ignored = FAIL_INIT;
	if (tool->must_change &&
		(fail->code == FAIL_PASSWORD_RULE || fail->code == FAIL_LOGIN_REFUSED))
		tool_record(tool, "password_change", NULL, &ignored);
	return false;
}

bool login_ready(struct tool *tool, struct fail *fail)
{
	return tool_open_ra(tool, fail) && login_open(tool, fail) &&
	       login_first_password(tool, fail);
}
