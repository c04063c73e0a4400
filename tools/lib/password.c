/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for new site passwords and checks them by the site's rules. */
#include "password.h"

#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "pin.h"
#include "ra_account.h"
#include "scope.h"
#include "tool.h"

/* UTF-8 characters */
static unsigned count_characters(const char *text)
{
	unsigned count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static bool has_class(const char *text, char first, char last)
{
	for (; *text; text++)
		if (*text >= first && *text <= last)
			return true;
	return false;
}

/* post has its rule in words */
static bool broken(
	const struct tool *tool, const struct ra_password_policy *policy, struct fail *fail)
{
	if (strcmp(tool->profile->site, "post") == 0)
		return fail_set(fail, FAIL_PASSWORD_RULE, "%s",
			_("The new password must combine upper-case, lower-case letters and digits "
			  "and have 6 characters or more."));
	return fail_set(fail, FAIL_PASSWORD_RULE, _("it must have %u to %u characters%s%s%s"),
		policy->min_len, policy->max_len, policy->lower ? _(", a lower-case letter") : "",
		policy->upper ? _(", an upper-case letter") : "",
		policy->digit ? _(", a digit") : "");
}

static bool check(const struct tool *tool, const struct pin *new, struct fail *fail)
{
	struct ra_password_policy policy;
	const char *text = pin_text(new);
	unsigned len = count_characters(text);

	ra_password_policy(tool->ra, &policy);
	if (len < policy.min_len || (policy.max_len && len > policy.max_len) ||
		(policy.lower && !has_class(text, 'a', 'z')) ||
		(policy.upper && !has_class(text, 'A', 'Z')) ||
		(policy.digit && !has_class(text, '0', '9')))
		return broken(tool, &policy, fail);
	if (tool->password && pin_equal(tool->password, new))
		return fail_set(
			fail, FAIL_PASSWORD_RULE, _("it must differ from the present password"));
	return true;
}

bool password_ask_new(struct tool *tool, struct pin **ret, struct fail *fail)
{
	static const struct tool_new what = { CONF_NEW_PASSWORD_SOURCE, N_("New site password: "),
		"--new-password-source", FAIL_NEW_PASSWORD_UNEQUAL };
	CLEANUP(pin_free_p) struct pin *new = NULL;

	if (!tool_new_secret(tool, &what, &new, fail) || !check(tool, new, fail))
		return false;
	*ret = TAKE(new);
	return true;
}

const char *password_changed_text(const struct tool *tool)
{
	return strcmp(tool->profile->site, "post") == 0
		       ? _("Login password changed. Use the new password next time.")
		       : _("Password changed.");
}
