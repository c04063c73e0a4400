/* SPDX-License-Identifier: Apache-2.0 */
/* One place of any kind: look, register, take back. */
#include "browser.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "scope.h"

/* Of Debian's p11-kit-modules and of the freedesktop runtime alike. */
#define CLIENT_PATH TWCA_PKCS11_FOLDER "/p11-kit-client.so"

static void place_clear(struct browser_place *place)
{
	free(place->name);
	free(place->profile);
	free(place->path);
}

void browser_places_clear(struct browser_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		place_clear(&places->places[i]);
	free(places->places);
	memset(places, 0, sizeof *places);
}

bool browser_append(
	struct browser_places *places, const struct browser_place *place, struct fail *fail)
{
	struct browser_place *grown =
		reallocarray(places->places, places->count + 1, sizeof *grown);

	if (!grown)
		return fail_set(fail, FAIL_MEMORY, NULL);
	places->places = grown;
	struct browser_place *copy = &grown[places->count];
	*copy = *place;
	copy->name = strdup(place->name);
	copy->profile = strdup(place->profile ? place->profile : "");
	copy->path = strdup(place->path);
	if (!copy->name || !copy->profile || !copy->path) {
		place_clear(copy);
		return fail_set(fail, FAIL_MEMORY, NULL);
	}
	places->count++;
	return true;
}

char *browser_home(void)
{
	const char *home = getenv("HOME");

	if (!home || home[0] != '/') {
		const struct passwd *entry = getpwuid(getuid());
		home = entry ? entry->pw_dir : NULL;
	}
	return home ? strdup(home) : NULL;
}

const char *browser_module(const struct browser_place *place, const char *module)
{
	return place->cage == BROWSER_FREE ? module : CLIENT_PATH;
}

bool browser_look(const struct browser_place *place, const char *module, enum browser_state *ret,
	struct fail *fail)
{
	const char *file = browser_module(place, module);
	bool named;

	switch (place->kind) {
	case BROWSER_P11KIT:
		return browser_p11_look(place->path, file, ret, fail);
	case BROWSER_POLICY:
		return browser_policy_look(place->path, file, ret, fail);
	case BROWSER_FIREFOX:
	case BROWSER_CHROMIUM:
		break;
	}
	return browser_nss_look(place->path, file, ret, &named, fail);
}

bool browser_add(const struct browser_place *place, const char *module, struct fail *fail)
{
	const char *file = browser_module(place, module);

	switch (place->kind) {
	case BROWSER_P11KIT:
		return browser_p11_add(place->path, file, fail);
	case BROWSER_POLICY:
		return browser_policy_add(place->path, file, fail);
	case BROWSER_FIREFOX:
	case BROWSER_CHROMIUM:
		break;
	}
	return browser_nss_add(place->path, file, fail);
}

bool browser_remove(const struct browser_place *place, const char *module, struct fail *fail)
{
	const char *file = browser_module(place, module);

	switch (place->kind) {
	case BROWSER_P11KIT:
		return browser_p11_remove(place->path, fail);
	case BROWSER_POLICY:
		return browser_policy_remove(place->path, file, fail);
	case BROWSER_FIREFOX:
	case BROWSER_CHROMIUM:
		break;
	}
	return browser_nss_remove(place->path, file, fail);
}
