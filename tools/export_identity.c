/* SPDX-License-Identifier: Apache-2.0 */
/* The software identity that a command is about, and its password. */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/pick.h"
#include "lib/pin.h"
#include "lib/scope.h"

bool export_site_is(const struct export *export, const char *site)
{
	return export->tool.profile && strcmp(export->tool.profile->site, site) == 0;
}

/* Sites whose keys live on cards say so before anything else is asked. */
static bool has_files(const struct export *export, struct fail *fail)
{
	static const char *const sites[] = { "fine", "tipo" };
	const struct conf_profile *profile = export->tool.profile;

	for (size_t i = 0; profile && i < sizeof sites / sizeof sites[0]; i++)
		if (strcmp(profile->site, sites[i]) == 0)
			return fail_set(fail, FAIL_KEY_ON_CARD, "%s", _(profile->title));
	return true;
}

bool export_identity_open(struct export *export, struct fail *fail)
{
	struct tool *tool = &export->tool;

	if (!has_files(export, fail))
		return false;
	if (!pick_card(tool, PICK_SOFT | PICK_QUIETLY | PICK_READ_ONLY, fail)) {
		bool host = tool->verb != EXPORT_PASSWORD && tool->verb != EXPORT_SECURITY &&
			    export_site_is(export, "bts");
		if (fail->code == FAIL_NO_CARD || fail->code == FAIL_CARD_BLANK)
			fail_set(fail, FAIL_NO_KEY_FILE, NULL);
		if (fail->code == FAIL_NO_KEY_FILE && host)
			fail_set(fail, FAIL_HOST_NOT_HERE, NULL);
		return false;
	}
	return p11_identity(tool->session, &export->identity, fail);
}

static bool log_in_once(struct export *export, struct fail *fail)
{
	struct tool *tool = &export->tool;

	pin_free_p(&export->pin);
	if (!tool_secret(tool, CONF_PIN_SOURCE, _("Password of the certificate file: "),
		    "--pin-source", &export->pin, fail))
		return false;
	if (p11_login(tool->session, export->pin, fail))
		return true;
	if (fail->code == FAIL_PIN_WRONG || fail->code == FAIL_PIN_LENGTH) {
		fail_set(fail, FAIL_FILE_PASSWORD, "%s", tool->token.label);
		fail->tries_left = -1; /* a file counts none */
	}
	return false;
}

bool export_identity_login(struct export *export, struct fail *fail)
{
	struct tool *tool = &export->tool;

	while (!log_in_once(export, fail)) {
		if (fail->code != FAIL_FILE_PASSWORD || conf_get(&tool->conf, CONF_PIN_SOURCE) ||
			tool->term.no_input)
			return false;
		tool_warn(tool, fail);
		if (!interrupt_check(fail))
			return false;
	}
	return true;
}

bool export_new_password(
	struct export *export, const struct tool_new *what, struct pin **ret, struct fail *fail)
{
	const struct tool *tool = &export->tool;

	if (!conf_get(&tool->conf, what->source))
		term_note(
			&tool->term, "%s", _("Set a password of at least four letters or digits."));
	if (!tool_new_secret(&export->tool, what, ret, fail))
		return false;
	if (pin_len(*ret) < EXPORT_PASSWORD_MIN) {
		pin_free_p(ret);
		return fail_set(fail, FAIL_FILE_PASSWORD_RULE, NULL);
	}
	return true;
}

bool export_identity_find(struct export *export, const char *name, struct fail *fail)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct tool *tool = &export->tool;
	size_t count;

	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(tool, fail) || !p11_tokens(tool->p11, tokens, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(tokens[i].reader);
		size_t tail = strlen(name);
		if (tokens[i].removable || !tokens[i].present || len <= tail ||
			tokens[i].reader[len - tail - 1] != ' ' ||
			strcmp(tokens[i].reader + len - tail, name) != 0)
			continue;
		tool->token = tokens[i];
		return p11_session_open(tool->p11, tokens[i].slot, &tool->session, fail) &&
		       p11_identity(tool->session, &export->identity, fail);
	}
	return fail_set(fail, FAIL_SYSTEM, _("%s: the module does not show the new file"), name);
}

const char *export_level_text(unsigned level)
{
	switch (level) {
	case 1:
		return _("ask at every order");
	case 2:
		return _("ask only at the first order after login");
	default:
		return _("never ask");
	}
}

bool export_confirm_level(const struct export *export, unsigned level, struct fail *fail)
{
	bool yes = true;

	if (level != 3)
		return true;
	term_warn(&export->tool.term, "%s",
		_("At this level the password lies in a file on this computer. Who can read that "
		  "file, or a copy of it, has the key."));
	if (!term_confirm(&export->tool.term, _("Never ask for the password?"), &yes, fail))
		return false;
	return yes || fail_set(fail, FAIL_CANCELLED, NULL);
}

json_t *export_identity_json(const struct export *export)
{
	const struct p11_token *token = &export->tool.token;
	json_t *object = json_object();
	json_t *list = export->own_count ? json_array() : NULL;

	if (object && export->identity.directory[0])
		json_object_set_new(object, "identity",
			json_pack("{s:s, s:s, s:s, s:i, s:i}", "label", token->label, "serial",
				token->serial, "directory", export->identity.directory, "level",
				(int)export->identity.level, "level_now",
				(int)export->identity.level_now));
	if (object && export->file)
		json_object_set_new(object, "file", json_string(export->file));
	for (size_t i = 0; i < export->own_count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "subject", export->own[i].subject,
				      "not_after", export->own[i].not_after));
	if (object && list)
		json_object_set_new(object, "certificates", list);
	if (object && export->transfer.qr)
		json_object_set_new(object, "transfer", export_phone_json(export));
	if (object && export->file)
		json_object_set_new(object, "old_cipher", json_boolean(export->was_weak));
	return object;
}
