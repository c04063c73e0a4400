/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export: the certificate goes where it is needed: browsers, backups, other computers, phones.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/opts.h"
#include "lib/pin.h"
#include "lib/scope.h"

enum option_key {
	KEY_UNDO = OPTS_KEY_OWN,
	KEY_CHECK,
	KEY_BROWSER,
	KEY_ALL_USERS,
	KEY_EXPORT_PASSWORD,
	KEY_LABEL,
	KEY_LEVEL,
	KEY_OLD_CIPHERS,
};

// clang-format off
static const struct opts_verb verbs[] = {
	[EXPORT_REGISTER] = { "register", "", N_("make browsers and p11-kit know the card"), 0,
	  "label level old-ciphers" },
	[EXPORT_BACKUP] = { "backup", "[FOLDER|FILE]", N_("copy a certificate file, under a password of its own"), 1,
	  "label level old-ciphers browser all-users undo check" },
	[EXPORT_IMPORT] = { "import", "FILE", N_("take a certificate file to this computer"), 1,
	  "browser all-users undo check" },
	[EXPORT_PASSWORD] = { "password", "", N_("change the password of a certificate file"), 0,
	  "label level old-ciphers browser all-users undo check" },
	[EXPORT_SECURITY] = { "security", "[LEVEL]", N_("how often its password is asked for: 1, 2 or 3"), 1,
	  "label level old-ciphers browser all-users undo check" },
	[EXPORT_TO_PHONE] = { "to-phone", "", N_("send a certificate file to the phone (bts)"), 0,
	  "label level old-ciphers browser all-users undo check" },
	{ 0 },
};

static const struct argp_option options[] = {
	{ "export-password-source", KEY_EXPORT_PASSWORD, "SOURCE", 0,
	  N_("password of the backup file, from file:PATH, fd:NUMBER, env:NAME or -"), 2 },
	{ "label", KEY_LABEL, "TEXT", 0, N_("import: what the key is called"), 5 },
	{ "level", KEY_LEVEL, "N", 0, N_("import: how often the password is asked for (2)"), 5 },
	{ "old-ciphers", KEY_OLD_CIPHERS, NULL, 0, N_("import: take a file under RC2 or 3DES"), 5 },
	{ "force", OPTS_KEY_FORCE, NULL, 0, N_("replace what is there"), 4 },
	{ "browser", KEY_BROWSER, "NAME", 0, N_("register: firefox, chromium, p11-kit or all"), 5 },
	{ "all-users", KEY_ALL_USERS, NULL, 0, N_("register: for all users of this computer (root)"), 5 },
	{ "undo", KEY_UNDO, NULL, 0, N_("register: take it back"), 5 },
	{ "check", KEY_CHECK, NULL, 0, N_("register: only look whether it is so"), 5 },
	{ 0 },
};
// clang-format on

static bool is_browser(const char *word)
{
	static const char *const words[] = { "firefox", "chromium", "p11-kit", "all" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static error_t take(void *tool, int key, char *value, struct argp_state *state)
{
	struct export *export = tool;

	switch (key) {
	case KEY_UNDO:
		export->undo = true;
		return 0;
	case KEY_CHECK:
		export->check = true;
		return 0;
	case KEY_ALL_USERS:
		export->all_users = true;
		return 0;
	case KEY_BROWSER:
		export->browser = value;
		if (!is_browser(value))
			argp_error(state,
				_("--browser is firefox, chromium, p11-kit or all, not %s"), value);
		return 0;
	case KEY_EXPORT_PASSWORD:
		export->tool.values[CONF_EXPORT_PASSWORD_SOURCE] = value;
		return 0;
	case KEY_LABEL:
		export->label = value;
		return 0;
	case KEY_LEVEL:
		if (strlen(value) != 1 || *value < '1' || *value > '3')
			argp_error(state, _("--level is 1, 2 or 3, not %s"), value);
		export->level = (unsigned)(*value - '0');
		return 0;
	case KEY_OLD_CIPHERS:
		export->old_ciphers = true;
		return 0;
	case ARGP_KEY_ARG:
		export->argument = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool run(void *context, struct fail *fail)
{
	static bool (*const commands[])(struct export *, struct fail *) = {
		[EXPORT_REGISTER] = export_register,
		[EXPORT_BACKUP] = export_backup,
		[EXPORT_IMPORT] = export_import,
		[EXPORT_PASSWORD] = export_password,
		[EXPORT_SECURITY] = export_security,
		[EXPORT_TO_PHONE] = export_to_phone,
	};
	struct export *export = context;

	return commands[export->tool.verb](export, fail);
}

static json_t *members(void *context, const struct fail *fail)
{
	const struct export *export = context;
	json_t *object = json_pack("{s:s, s:b}", "command", verbs[export->tool.verb].name,
		"dry_run", export->tool.dry_run);

	(void)fail;
	CLEANUP(json_decref_p)
	json_t *more = export->tool.verb == EXPORT_REGISTER ? export_register_json(export)
							    : export_identity_json(export);
	if (object && more)
		json_object_update(object, more);
	return object;
}

static void clear(void *context)
{
	struct export *export = context;

	export_tokens_clear(export);
	for (size_t i = 0; i < export->own_count; i++) {
		free(export->own[i].subject);
		free(export->own[i].not_after);
	}
	free(export->own);
	free(export->file);
	export_bytes_clear(&export->host);
	ra_transfer_clear(&export->transfer);
	pin_free(export->pin);
	browser_places_clear(&export->places);
	free(export->rows);
	free(export->module);
}

int main(int argc, char **argv)
{
	static const struct opts_spec spec = { .tool = "twca-export",
		.doc = N_("Bring the certificate where it is needed: browsers, backups, other "
			  "computers, the phone."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_CARD | OPTS_PIN | OPTS_NEW_PIN |
			  OPTS_DRY_RUN,
		.verbs = verbs,
		.own = options,
		.take = take };
	static const struct tool_program program = {
		.opts = &spec, .site_optional = true, .run = run, .members = members, .clear = clear
	};
	struct export export = { 0 };

	return tool_main(&program, &export.tool, argc, argv);
}
