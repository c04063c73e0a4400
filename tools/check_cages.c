/* SPDX-License-Identifier: Apache-2.0 */
/* The item of the environment check for browsers in a snap or a flatpak: they see no reader, and
 * reach the module through p11-kit's server only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "lib/i18n.h"
#include "lib/scope.h"

#define SERVER_STEP "systemctl --user enable --now p11-kit-server.socket"
#define SHARED "xdg-run/p11-kit/pkcs11" /* the socket: flatpak has its own in that folder */

/* The socket of p11-kit's server, where p11-kit-client.so looks for it. */
static bool server_listens(void)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	CLEANUP(free_p) char *path = NULL;

	return run && *run && asprintf(&path, "%s/p11-kit/pkcs11", run) > 0 &&
	       access(path, F_OK) == 0;
}

/* Does this person let the flatpak see the socket? */
static bool is_shared(const char *app)
{
	const char *own = getenv("XDG_DATA_HOME");
	CLEANUP(free_p) char *home = browser_home();
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(fclose_p) FILE *file = NULL;
	char line[1024];

	if (!home || asprintf(&path, "%s%s/flatpak/overrides/%s", own && *own ? own : home,
			     own && *own ? "" : "/.local/share", app) < 0)
		return false;
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "filesystems=", strlen("filesystems=")) == 0 &&
			strstr(line, SHARED) && !strstr(line, "!" SHARED))
			return true;
	return false;
}

static void add(char *text, size_t cap, const char *between, const char *more)
{
	size_t used = strlen(text);

	if (!strstr(text, more))
		snprintf(text + used, cap - used, "%s%s", used ? between : "", more);
}

/* What it is called, and the steps that it still needs. */
static void look_at(struct check *check, const struct browser_place *place, bool served,
	struct check_result *ret)
{
	char text[160];

	snprintf(text, sizeof text, "%s (%s)", place->name,
		place->cage == BROWSER_SNAP ? "snap" : "flatpak");
	add(ret->current, sizeof ret->current, ", ", text);
	if (!served)
		add(check->steps, sizeof check->steps, "; ", SERVER_STEP);
	if (place->cage != BROWSER_FLATPAK || is_shared(place->app))
		return;
	snprintf(text, sizeof text, "flatpak override --user --filesystem=" SHARED " %s",
		place->app);
	add(check->steps, sizeof check->steps, "; ", text);
}

void check_look_cages(struct check *check, struct check_result *ret)
{
	CLEANUP(browser_places_clear) struct browser_places places = { 0 };
	struct fail ignored = FAIL_INIT;
	bool served = server_listens();

	ret->state = CHECK_SKIP;
	check->steps[0] = '\0';
	if (!browser_find(&places, &ignored))
		return;
	for (size_t i = 0; i < places.count; i++)
		if (places.places[i].cage != BROWSER_FREE)
			look_at(check, &places.places[i], served, ret);
	if (!ret->current[0])
		return;
	ret->state = check->steps[0] ? CHECK_WARN : CHECK_PASS;
	ret->remedy = check->steps[0] ? check->steps : NULL;
}
