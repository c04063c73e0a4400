/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export: the certificate goes where it is needed: browsers, backups, other computers, phones.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/opts.h"
#include "lib/scope.h"

enum option_key {
	KEY_UNDO = OPTS_KEY_OWN,
	KEY_CHECK,
	KEY_BROWSER,
	KEY_ALL_USERS,
};

// clang-format off
static const struct opts_verb verbs[] = {
	[EXPORT_REGISTER] = { "register", "", N_("make browsers and p11-kit know the card"), 0 },
	{ 0 },
};

static const struct argp_option options[] = {
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
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool run(void *context, struct fail *fail)
{
	static bool (*const commands[])(struct export *, struct fail *) = {
		[EXPORT_REGISTER] = export_register,
	};
	struct export *export = context;

	return commands[export->tool.verb](export, fail);
}

static json_t *members(void *context, const struct fail *fail)
{
	static json_t *(*const tell[])(const struct export *) = {
		[EXPORT_REGISTER] = export_register_json,
	};
	const struct export *export = context;
	json_t *object = json_pack("{s:s, s:b}", "command", verbs[export->tool.verb].name,
		"dry_run", export->tool.dry_run);

	(void)fail;
	CLEANUP(json_decref_p) json_t *more = tell[export->tool.verb](export);
	if (object && more)
		json_object_update(object, more);
	return object;
}

static void clear(void *context)
{
	struct export *export = context;

	export_tokens_clear(export);
	browser_places_clear(&export->places);
	free(export->rows);
	free(export->module);
}

int main(int argc, char **argv)
{
	static const struct opts_spec spec = { .tool = "twca-export",
		.doc = N_("Bring the certificate where it is needed: browsers, backups, other "
			  "computers, the phone."),
		.groups = OPTS_SITE | OPTS_ACCOUNT | OPTS_CARD | OPTS_DRY_RUN,
		.verbs = verbs,
		.own = options,
		.take = take };
	static const struct tool_program program = {
		.opts = &spec, .site_optional = true, .run = run, .members = members, .clear = clear
	};
	struct export export = { 0 };

	return tool_main(&program, &export.tool, argc, argv);
}
