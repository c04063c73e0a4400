/* SPDX-License-Identifier: Apache-2.0 */
/* The environment check: looks at every item, repairs what is asked for, shows the table. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/wrap.h"

#define BLUE "\033[34m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"
#define STATE_COLUMNS 6

static const struct state_row {
	const char *name, *text, *colour;
} states[] = {
	[CHECK_PASS] = { "pass", N_("pass"), BLUE },
	[CHECK_FAIL] = { "fail", N_("FAIL"), RED },
	[CHECK_WARN] = { "warn", N_("warn"), YELLOW },
	[CHECK_SKIP] = { "skip", N_("skip"), "" },
};

static void look(struct check *check, size_t i)
{
	check->results[i] = (struct check_result){ 0 };
	check_items[i].look(check, &check->results[i]);
}

static bool is_bad(const struct check *check, size_t i)
{
	return check->results[i].state == CHECK_FAIL || check->results[i].state == CHECK_WARN;
}

/* Repair one item and look at it again. */
static bool repair(struct check *check, size_t i, struct fail *fail)
{
	const struct check_item *item = &check_items[i];

	if (check->tool.dry_run) {
		term_note(&check->tool.term, _("Would repair: %s"), _(item->title));
		return true;
	}
	if (!item->fix(check, fail))
		return false;
	look(check, i);
	check->fixed[i] = !is_bad(check, i);
	check->restart = check->restart || item->browser;
	return true;
}

static bool repair_named(struct check *check, struct fail *fail)
{
	for (size_t i = 0; check_items[i].id; i++) {
		if (strcmp(check_items[i].id, check->item) != 0)
			continue;
		if (!is_bad(check, i))
			return true;
		if (check_items[i].fix)
			return repair(check, i, fail);
		return fail_set(fail, FAIL_CANNOT_FIX, "%s%s%s", _(check_items[i].title),
			check->results[i].remedy ? ": " : "",
			check->results[i].remedy ? check->results[i].remedy : "");
	}
	return fail_set(fail, FAIL_USAGE, _("there is no item %s"), check->item);
}

static bool repair_wanted(struct check *check, struct fail *fail)
{
	if (check->item && check->fix)
		return repair_named(check, fail);
	for (size_t i = 0; check_items[i].id; i++) {
		CLEANUP(free_p) char *question = NULL;
		bool yes = check->fix_all;
		if (!check_items[i].fix || !is_bad(check, i))
			continue;
		if (asprintf(&question, _("Repair \"%s\"?"), _(check_items[i].title)) < 0)
			return fail_set(fail, FAIL_MEMORY, NULL);
		if (!yes && !term_confirm(&check->tool.term, question, &yes, fail))
			return false;
		if (yes && !repair(check, i, fail))
			return false;
	}
	return true;
}

bool check_env(struct check *check, struct fail *fail)
{
	for (size_t i = 0; check_items[i].id; i++)
		look(check, i);
	check->looked = true;
	if ((check->fix || check->fix_all) && !repair_wanted(check, fail))
		return false;
	char bad[256] = "";
	for (size_t i = 0; check_items[i].id; i++) {
		if (check->results[i].state != CHECK_FAIL)
			continue;
		size_t used = strlen(bad);
		snprintf(bad + used, sizeof bad - used, "%s%s", used ? _(", ") : "",
			_(check_items[i].title));
	}
	return !*bad || fail_set(fail, FAIL_ENVIRONMENT, "%s", bad);
}

static bool in_colour(const struct check *check)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (check->tool.term.colours != TERM_COLOURS_AUTO)
		return check->tool.term.colours == TERM_COLOURS_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

static void print_row(const struct check *check, size_t i)
{
	const struct check_item *item = &check_items[i];
	const struct check_result *result = &check->results[i];
	const struct state_row *state = &states[result->state];
	bool colour = in_colour(check) && *state->colour;
	size_t width = wrap_width(_(state->text));

	printf("%s%s%s%*s%s%s%s\n", colour ? state->colour : "", _(state->text),
		colour ? PLAIN : "", (int)(width < STATE_COLUMNS ? STATE_COLUMNS - width : 1), "",
		_(item->title), _(": "), result->current);
	if (!is_bad(check, i) && !check->tool.term.verbose)
		return;
	out_field(_("Purpose"), _(item->purpose));
	out_field(_("Recommended"), _(item->recommended));
	if (!is_bad(check, i))
		return;
	if (item->fix) {
		char command[64];
		snprintf(command, sizeof command, "twca-check env --fix %s", item->id);
		out_field(_("Repair"), command);
	}
	if (result->remedy)
		out_field(item->fix ? _("By hand") : _("Repair"), result->remedy);
}

void check_env_print(const struct check *check)
{
	for (size_t i = 0; check->looked && check_items[i].id; i++)
		if (check->results[i].state != CHECK_SKIP || check->tool.term.verbose)
			print_row(check, i);
	for (size_t i = 0; check->looked && check_items[i].id; i++) {
		CLEANUP(free_p) char *text = NULL;
		if (check->fixed[i] &&
			asprintf(&text, _("Repaired: %s"), _(check_items[i].title)) >= 0)
			out_text(text);
	}
	if (check->restart)
		out_text(_(
			"Close all browser windows and open the browser again: only then does the "
			"change take effect."));
}

json_t *check_env_json(const struct check *check)
{
	json_t *items = json_array();

	for (size_t i = 0; check_items[i].id; i++) {
		const struct check_item *item = &check_items[i];
		const struct check_result *result = &check->results[i];
		json_array_append_new(items,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s*}", "id", item->id,
				"title", _(item->title), "purpose", _(item->purpose), "recommended",
				_(item->recommended), "current", result->current, "result",
				states[result->state].name, "can_fix", item->fix != NULL, "fixed",
				check->fixed[i], "remedy", result->remedy));
	}
	return items;
}
