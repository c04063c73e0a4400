/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export register: the module becomes known to browsers and p11-kit, or is taken back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export.h"
#include "lib/i18n.h"
#include "lib/scope.h"

static bool is_wanted(const struct export *export, const struct browser_place *place)
{
	static const char *const words[] = {
		[BROWSER_P11KIT] = "p11-kit",
		[BROWSER_FIREFOX] = "firefox",
		[BROWSER_CHROMIUM] = "chromium",
		[BROWSER_POLICY] = "firefox",
	};

	return !export->browser || strcmp(export->browser, "all") == 0 ||
	       strcmp(export->browser, words[place->kind]) == 0;
}

/* The real file: what browsers get must not depend on links or on where we stand. */
static bool find_module(struct export *export, struct fail *fail)
{
	const char *path = conf_get(&export->tool.conf, CONF_MODULE);

	path = path ? path : TWCA_MODULE_PATH;
	export->module = realpath(path, NULL);
	if (export->module)
		return true;
	if (export->undo && errno == ENOENT) {
		export->module = strdup(path); /* uninstalled already: the names are left */
		return export->module || fail_set(fail, FAIL_MEMORY, NULL);
	}
	return fail_set(fail, FAIL_MODULE, "%s: %s", path, strerror(errno));
}

static bool find_places(struct export *export, struct fail *fail)
{
	if (export->all_users ? !browser_find_system(&export->places, fail)
			      : !browser_find(&export->places, fail))
		return false;
	export->rows = calloc(export->places.count + 1, sizeof *export->rows);
	if (!export->rows)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < export->places.count; i++)
		if (is_wanted(export, &export->places.places[i]))
			export->rows[export->row_count++] =
				(struct export_row){ .place = &export->places.places[i],
					.fail = FAIL_INIT };
	return export->row_count ||
	       fail_set(fail, FAIL_NO_BROWSER, "%s", export->browser ? export->browser : "");
}

/* Nothing is to be done here. */
static bool is_done(const struct export *export, enum browser_state state)
{
	return export->undo ? state == BROWSER_ABSENT || state == BROWSER_OTHERWISE
			    : state == BROWSER_PRESENT || state == BROWSER_OTHERWISE;
}

static bool change(struct export *export, struct export_row *row, struct fail *fail)
{
	CLEANUP(free_p) char *who = NULL;

	if (export->tool.dry_run) {
		row->action = export->undo ? EXPORT_WOULD_REMOVE : EXPORT_WOULD_ADD;
		return true;
	}
	if (!browser_in_use(row->place, &who, fail))
		return false;
	if (who)
		return fail_set(fail, FAIL_BROWSER_RUNNING, "%s", who);
	if (export->undo ? !browser_remove(row->place, export->module, fail)
			 : !browser_add(row->place, export->module, fail))
		return false;
	row->action = export->undo ? EXPORT_REMOVED : EXPORT_ADDED;
	return browser_look(row->place, export->module, &row->state, fail);
}

/* One place that refuses does not keep the others from being done. */
static void work(struct export *export, struct export_row *row)
{
	if (browser_look(row->place, export->module, &row->state, &row->fail) &&
		(export->check || is_done(export, row->state) || change(export, row, &row->fail)))
		return;
	row->action = EXPORT_REFUSED;
}

/* The first refusal is the run's; a check fails where the module is missing. */
static bool conclude(const struct export *export, struct fail *fail)
{
	for (size_t i = 0; i < export->row_count; i++)
		if (export->rows[i].action == EXPORT_REFUSED) {
			*fail = export->rows[i].fail;
			return false;
		}
	for (size_t i = 0; export->check && i < export->row_count; i++)
		if (!is_done(export, export->rows[i].state))
			return fail_set(
				fail, FAIL_NOT_REGISTERED, "%s", export->rows[i].place->path);
	return true;
}

bool export_register(struct export *export, struct fail *fail)
{
	if (!find_module(export, fail) || !find_places(export, fail))
		return false;
	for (size_t i = 0; i < export->row_count; i++)
		work(export, &export->rows[i]);
	if (!export->undo && !export_tokens_read(export, fail))
		return false;
	bool ok = conclude(export, fail);
	if (!export->tool.json && !export->tool.term.quiet)
		export_register_print(export);
	return ok;
}
