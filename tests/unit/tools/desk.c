/* SPDX-License-Identifier: Apache-2.0 */
/* An RA without a protocol: struct ra_ops that answer what the test says, and count. */
#include "desk.h"

#include "unit.h"

#include "journal.h"
#include "pin.h"
#include "tool.h"

struct desk desk;

static void keep(char *buf, size_t cap, const char *text)
{
	snprintf(buf, cap, "%s", text ? text : "-");
}

static bool captcha(struct ra *ra, struct ra_captcha *ret, struct fail *fail)
{
	(void)ra, (void)fail;
	desk.captcha_count++;
	ret->id = "c1";
	ret->image = (uint8_t *)strdup("PNG");
	ret->image_len = 3;
	return true;
}

static bool login(struct ra *ra, const char *account, const struct pin *password,
	const char *captcha_id, const char *answer, bool *ret_must_change, struct fail *fail)
{
	enum fail_code code = desk.logins[desk.login_count % DESK_ANSWERS];

	(void)ra, (void)captcha_id;
	desk.login_count++;
	keep(desk.account, sizeof desk.account, account);
	keep(desk.password, sizeof desk.password, pin_text(password));
	keep(desk.captcha, sizeof desk.captcha, answer);
	if (code) {
		fail_set(fail, code, "%s", desk.detail);
		fail->tries_left = desk.tries_left;
		return false;
	}
	*ret_must_change = desk.must_change &&
			   (!desk.old_password || strcmp(desk.old_password, desk.password) == 0);
	return true;
}

static bool password(struct ra *ra, const struct pin *old, const struct pin *new, bool *ret_again,
	struct fail *fail)
{
	(void)ra;
	desk.password_count++;
	keep(desk.password, sizeof desk.password, pin_text(old));
	keep(desk.new_password, sizeof desk.new_password, pin_text(new));
	*ret_again = desk.ends;
	return !desk.change || fail_set(fail, desk.change, NULL);
}

static bool logout(struct ra *ra, struct fail *fail)
{
	(void)ra, (void)fail;
	desk.logout_count++;
	return true;
}

static bool terms(struct ra *ra, const char *language, struct ra_terms *ret, struct fail *fail)
{
	(void)ra;
	desk.terms_count++;
	keep(desk.language, sizeof desk.language, language);
	if (desk.terms_fail)
		return fail_set(fail, desk.terms_fail, NULL);
	*ret = desk.terms;
	return true;
}

static bool registration(struct ra *ra, struct ra_registration *ret, struct fail *fail)
{
	(void)ra;
	if (desk.registration_fail)
		return fail_set(fail, desk.registration_fail, NULL);
	*ret = desk.registration;
	return true;
}

static void close_desk(struct ra *ra)
{
	assert_ptr_equal(ra, &desk.ra);
}

static const struct ra_ops ops = {
	.captcha = captcha,
	.login = login,
	.password = password,
	.logout = logout,
	.terms = terms,
	.registration = registration,
	.close = close_desk,
};

struct ra *desk_open(void)
{
	memset(&desk, 0, sizeof desk);
	desk.ra.ops = &ops;
	desk.tries_left = -1;
	desk.detail = "";
	return &desk.ra;
}

void desk_tool(struct tool *tool, char **ret_folder)
{
	struct fail fail = FAIL_INIT;

	*ret_folder = fresh_folder();
	assert_int_equal(setenv("XDG_STATE_HOME", *ret_folder, 1), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", *ret_folder, 1), 0);
	memset(tool, 0, sizeof *tool);
	tool->term.quiet = true;
	tool->ra = desk_open();
	tool->account = strdup("A1");
	assert_true(tool_open_journal(tool, "apply", NULL, &fail));
}

void desk_tool_end(struct tool *tool, char *folder)
{
	tool_clear(tool);
	remove_folder(folder);
}
