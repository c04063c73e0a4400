/* SPDX-License-Identifier: Apache-2.0 */
/* Shows where the module is registered and which certificates it brings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/scope.h"

// clang-format off
static const char *const kind_words[] = {
	[BROWSER_P11KIT] = "p11-kit", [BROWSER_FIREFOX] = "firefox",
	[BROWSER_CHROMIUM] = "chromium", [BROWSER_POLICY] = "firefox-policy",
};
static const char *const cage_words[] = {
	[BROWSER_FREE] = "none", [BROWSER_SNAP] = "snap", [BROWSER_FLATPAK] = "flatpak",
};
static const char *const state_words[] = {
	[BROWSER_ABSENT] = "absent", [BROWSER_PRESENT] = "registered",
	[BROWSER_STALE] = "other-file", [BROWSER_OTHERWISE] = "otherwise",
};
static const char *const state_texts[] = {
	[BROWSER_ABSENT] = N_("not registered"), [BROWSER_PRESENT] = N_("registered"),
	[BROWSER_STALE] = N_("registered with another file"),
	[BROWSER_OTHERWISE] = N_("brought by p11-kit already"),
};
static const char *const action_words[] = {
	[EXPORT_KEPT] = "none", [EXPORT_ADDED] = "added", [EXPORT_REMOVED] = "removed",
	[EXPORT_WOULD_ADD] = "would-add", [EXPORT_WOULD_REMOVE] = "would-remove",
	[EXPORT_REFUSED] = "refused",
};
static const char *const action_texts[] = {
	[EXPORT_KEPT] = NULL, [EXPORT_ADDED] = N_("registered now"),
	[EXPORT_REMOVED] = N_("taken back"), [EXPORT_WOULD_ADD] = N_("would be registered"),
	[EXPORT_WOULD_REMOVE] = N_("would be taken back"), [EXPORT_REFUSED] = NULL,
};
// clang-format on

static json_t *row_json(const struct export_row *row)
{
	const struct browser_place *place = row->place;
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "browser", place->name, "kind",
		kind_words[place->kind], "package", cage_words[place->cage], "path", place->path,
		"state", state_words[row->state], "action", action_words[row->action]);

	if (object && *place->profile)
		json_object_set_new(object, "profile", json_string(place->profile));
	if (object && row->action == EXPORT_REFUSED)
		json_object_set_new(object, "problem",
			json_pack("{s:s, s:s, s:s}", "code", fail_name(row->fail.code), "message",
				fail_message(row->fail.code), "detail", row->fail.detail));
	return object;
}

static json_t *token_json(const struct export_token *token)
{
	json_t *list = json_array();

	for (size_t i = 0; i < token->count; i++) {
		const struct export_certificate *one = &token->certificates[i];
		json_array_append_new(list,
			json_pack("{s:s*, s:s*, s:b, s:s*}", "subject", one->subject, "not_after",
				one->not_after, "authority", one->authority, "uri", one->uri));
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "label", token->label, "serial", token->serial,
		"reader", token->reader, "certificates", list);
}

json_t *export_register_json(const struct export *export)
{
	json_t *places = json_array();
	json_t *tokens = json_array();

	for (size_t i = 0; i < export->row_count; i++)
		json_array_append_new(places, row_json(&export->rows[i]));
	for (size_t i = 0; i < export->token_count; i++)
		json_array_append_new(tokens, token_json(&export->tokens[i]));
	return json_pack("{s:s, s:s*, s:o, s:o}", "mode",
		export->undo    ? "undo"
		: export->check ? "check"
				: "register",
		"module", export->module, "places", places, "tokens", tokens);
}

/* "Firefox", or "Firefox (snap)". The caller frees; NULL: no memory. */
static char *browser_of(const struct browser_place *place)
{
	char *name = NULL;

	if (place->cage == BROWSER_FREE)
		return strdup(place->name);
	return asprintf(&name, "%s (%s)", place->name, cage_words[place->cage]) < 0 ? NULL : name;
}

static void print_row(const struct export_row *row)
{
	const struct browser_place *place = row->place;
	const char *said = action_texts[row->action];
	CLEANUP(free_p) char *browser = browser_of(place);
	CLEANUP(free_p) char *name = NULL;
	CLEANUP(free_p) char *state = NULL;

	if (*place->profile) {
		if (asprintf(&name, _("%s, profile %s"), browser ? browser : place->name,
			    place->profile) < 0)
			name = NULL;
	} else if (place->kind == BROWSER_POLICY) {
		name = strdup(_("Firefox, policy for all users"));
	} else {
		name = TAKE(browser);
	}
	if (row->action == EXPORT_REFUSED &&
		asprintf(&state, "%s: %s", fail_message(row->fail.code), row->fail.detail) < 0)
		state = NULL;
	printf("%s\n", name ? name : place->name);
	out_field(_("State"), state ? state : said ? _(said) : _(state_texts[row->state]));
	out_field(_("Place"), place->path);
}

static void print_token(const struct export_token *token)
{
	printf("%s (%s)\n", token->label, token->reader);
	if (!token->count)
		out_field(_("Certificates"), _("none that show without the PIN"));
	for (size_t i = 0; i < token->count; i++)
		out_field(_("Certificate"), token->certificates[i].subject);
}

/* What the person has to do for a browser in a cage to reach the module. */
static void print_cage(const struct browser_place *place)
{
	CLEANUP(free_p) char *browser = browser_of(place);

	if (place->cage == BROWSER_FREE)
		return;
	printf(_("%s runs shut off from the system. It reaches the card through p11-kit:"),
		browser ? browser : place->name);
	printf("\n    systemctl --user enable --now p11-kit-server.socket\n");
	if (place->cage == BROWSER_FLATPAK)
		printf("    flatpak override --user --filesystem=xdg-run/p11-kit/pkcs11 %s\n",
			place->app);
}

static bool has_certificates(const struct export *export)
{
	for (size_t i = 0; i < export->token_count; i++)
		if (export->tokens[i].count)
			return true;
	return false;
}

/* The names of the browsers that have the module now, each once. */
static void join_names(const struct export *export, char *names, size_t cap)
{
	names[0] = '\0';
	for (size_t i = 0; i < export->row_count; i++) {
		const struct export_row *row = &export->rows[i];
		size_t used = strlen(names);
		if (row->place->kind == BROWSER_P11KIT || row->state == BROWSER_ABSENT ||
			row->state == BROWSER_STALE || strstr(names, row->place->name))
			continue;
		snprintf(names + used, cap - used, "%s%s", used ? _(", ") : "", row->place->name);
	}
}

/* The message of the old software, with the browser's name, and what comes next. */
static void print_result(const struct export *export)
{
	CLEANUP(free_p) char *text = NULL;
	char names[256];
	bool changed = false;

	for (size_t i = 0; i < export->row_count; i++)
		changed |= export->rows[i].action == EXPORT_ADDED ||
			   export->rows[i].action == EXPORT_REMOVED;
	join_names(export, names, sizeof names);
	if (!export->undo && !export->check && !export->tool.dry_run && *names &&
		has_certificates(export) &&
		asprintf(&text, _("The card's certificates were registered in %s."), names) > 0)
		out_text(text);
	if (!export->undo && !has_certificates(export))
		out_text(_("No card with certificates is here now. What you insert later is found "
			   "too; nothing needs to be registered again."));
	if (changed)
		out_text(_("Start the browser anew for the change to take effect."));
}

void export_register_print(const struct export *export)
{
	for (size_t i = 0; i < export->row_count; i++)
		print_row(&export->rows[i]);
	for (size_t i = 0; i < export->token_count; i++)
		print_token(&export->tokens[i]);
	for (size_t i = 0; !export->undo && i < export->row_count; i++)
		print_cage(export->rows[i].place);
	print_result(export);
	fflush(stdout);
}
