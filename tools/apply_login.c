/* SPDX-License-Identifier: Apache-2.0 */
/* Logs in at the RA and changes the first password. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/pin.h"
#include "lib/scope.h"

#define PICTURES_MAX 3 /* wrong pictures in a row before giving up */

bool apply_secret(struct apply *apply, enum conf_key source, const char *prompt, const char *option,
	struct pin **ret, struct fail *fail)
{
	const char *where = conf_get(&apply->conf, source);
	size_t len;

	if (where)
		return pin_from_source(where, ret, fail);
	CLEANUP(pin_free_p) struct pin *pin = pin_new();
	if (!pin)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_ask_hidden(
		    &apply->term, prompt, option, pin_buffer(pin), PIN_MAX + 1, &len, fail))
		return false;
	if (!len)
		return fail_set(fail, FAIL_CANCELLED, NULL);
	pin_filled(pin, len);
	*ret = TAKE(pin);
	return true;
}

/* A picture, its digits, one login. */
static bool login_once(struct apply *apply, const struct pin *password, struct fail *fail)
{
	CLEANUP(ra_captcha_clear) struct ra_captcha captcha = { 0 };
	CLEANUP(free_p) char *digits = NULL;

	return apply->ra->ops->captcha(apply->ra, &captcha, fail) &&
	       apply_captcha(apply, &captcha, &digits, fail) &&
	       apply->ra->ops->login(apply->ra, apply->account, password, captcha.id, digits,
		       &apply->must_change, fail);
}

/* Wrong pictures cost nothing: a new one, a few times. */
static bool login(struct apply *apply, const struct pin *password, struct fail *fail)
{
	for (unsigned i = 1;; i++) {
		if (login_once(apply, password, fail))
			return true;
		if ((fail->code != FAIL_CAPTCHA_WRONG && fail->code != FAIL_CAPTCHA_STALE) ||
			i == PICTURES_MAX)
			break;
		apply_warn(apply, fail);
	}
	if (fail->code == FAIL_LOGIN_LOCKED &&
		!strstr(fail->detail, _(apply->profile->reset_form))) {
		size_t used = strlen(fail->detail);
		snprintf(fail->detail + used, sizeof fail->detail - used, "%s%s", used ? "; " : "",
			_(apply->profile->reset_form));
	}
	return false;
}

static bool ask_password(struct apply *apply, struct fail *fail)
{
	apply->password = pin_free(apply->password);
	return apply_secret(apply, CONF_PASSWORD_SOURCE, _("Site password: "), "--password-source",
		&apply->password, fail);
}

static bool read_new_password(struct apply *apply, struct pin **ret, struct fail *fail)
{
	return apply_secret(apply, CONF_NEW_PASSWORD_SOURCE, _("New site password: "),
		"--new-password-source", ret, fail);
}

/* An earlier run may have changed the password: with the new one at hand it is tried first, so that
 * the very same command works again. Only a change whose answer was lost lets a second attempt
 * follow, and only while the RA says that more than one is left. */
static bool login_after_change(struct apply *apply, const char *change, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!read_new_password(apply, &new, fail))
		return false;
	if (login(apply, new, fail)) {
		apply->password = TAKE(new);
		return true;
	}
	if (fail->code != FAIL_LOGIN_REFUSED || strcmp(change, "begun") != 0 ||
		fail->tries_left == 1 || !ask_password(apply, fail))
		return false;
	if (!login(apply, apply->password, fail))
		return false;
	/* still the old one: the change is to be made with the new one that was read */
	if (!apply->must_change)
		return true;
	bool again;
	if (!apply->ra->ops->password(apply->ra, apply->password, new, &again, fail) ||
		!apply_record(apply, "password_change", "done", fail))
		return false;
	pin_free(apply->password);
	apply->password = TAKE(new);
	apply->must_change = false;
	return !again || login(apply, apply->password, fail);
}

bool apply_step_login(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *change = journal_get(apply->journal, "password_change");

	term_title(&apply->term, _("Log in"));
	if (change && conf_get(&apply->conf, CONF_NEW_PASSWORD_SOURCE))
		return login_after_change(apply, change, fail);
	if (change && !conf_get(&apply->conf, CONF_PASSWORD_SOURCE))
		term_note(&apply->term,
			_("The password was changed by an earlier run; the new one counts."));
	for (;;) {
		if (!ask_password(apply, fail))
			return false;
		if (login(apply, apply->password, fail))
			return true;
		if (fail->code != FAIL_LOGIN_REFUSED ||
			conf_get(&apply->conf, CONF_PASSWORD_SOURCE) || apply->term.no_input ||
			fail->tries_left == 0)
			return false;
		apply_warn(apply, fail);
	}
}

static bool ask_new_password(struct apply *apply, struct pin **ret, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *first = NULL;
	CLEANUP(pin_free_p) struct pin *second = NULL;

	if (!read_new_password(apply, &first, fail))
		return false;
	if (!conf_get(&apply->conf, CONF_NEW_PASSWORD_SOURCE)) {
		if (!apply_secret(apply, CONF_NEW_PASSWORD_SOURCE, _("The same again: "),
			    "--new-password-source", &second, fail))
			return false;
		if (!pin_equal(first, second))
			return fail_set(fail, FAIL_NEW_PASSWORD_UNEQUAL, NULL);
	}
	*ret = TAKE(first);
	return true;
}

bool apply_step_password(void *context, struct fail *fail)
{
	struct apply *apply = context;
	CLEANUP(pin_free_p) struct pin *new = NULL;
	bool again;

	if (!apply->must_change)
		return true;
	term_note(&apply->term, _("This is the first login: the site password must be changed."));
	if (!ask_new_password(apply, &new, fail)) {
		if (fail->code == FAIL_INPUT_NEEDED)
			fail_set(fail, FAIL_PASSWORD_CHANGE, NULL);
		return false;
	}
	if (!apply_record(apply, "password_change", "begun", fail))
		return false;
	if (!apply->ra->ops->password(apply->ra, apply->password, new, &again, fail)) {
		struct fail ignored = FAIL_INIT;
		if (fail->code == FAIL_PASSWORD_RULE || fail->code == FAIL_LOGIN_REFUSED)
			apply_record(apply, "password_change", NULL, &ignored);
		return false;
	}
	pin_free(apply->password);
	apply->password = TAKE(new);
	apply->must_change = false;
	if (!apply_record(apply, "password_change", "done", fail))
		return false;
	term_note(&apply->term, _("Password changed."));
	return !again || login(apply, apply->password, fail);
}
