/* SPDX-License-Identifier: Apache-2.0 */
/* Where software identities are: one token per directory below $XDG_DATA_HOME/twca/. */
#include "token_soft.h"

#include <fcntl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fd.h"
#include "scope.h"
#include "soft_dir.h"
#include "soft_store.h"
#include "soft_watch.h"

#define PLACE_PREFIX "Software identity "
#define LOOKS_MAX 3 /* at a directory that changes while it is looked at */

struct soft_source {
	struct token_source source; /* first */
	char root[SOFT_PATH_MAX];   /* empty: there is no home */
	struct soft_watch watch;    /* open once source_wait() was called */
};

static struct soft_source *source_of(struct token_source *base)
{
	return (struct soft_source *)(void *)base;
}

/* false: the person has no home, and so no identities. */
static bool find_root(char *out)
{
	const char *data = secure_getenv("XDG_DATA_HOME");
	const char *home = secure_getenv("HOME");
	int len = 0;

	/* a relative path is to be ignored (XDG base directory specification) */
	if (data && data[0] == '/')
		len = snprintf(out, SOFT_PATH_MAX, "%s/twca", data);
	else if (home && home[0] == '/')
		len = snprintf(out, SOFT_PATH_MAX, "%s/.local/share/twca", home);
	return len > 0 && len < SOFT_PATH_MAX;
}

static struct token_source *source_open(void)
{
	struct soft_source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->source.ops = &token_soft_source;
	source->watch = (struct soft_watch)SOFT_WATCH_NONE;
	if (!find_root(source->root))
		source->root[0] = '\0';
	return &source->source;
}

static void source_close(struct token_source *base)
{
	struct soft_source *source = source_of(base);

	soft_watch_close(&source->watch);
	free(source);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3u;
}

/* Which files there are, and each one's state: a file written in place, or replaced by one that
 * looks as old, differs in its time of change. */
static uint64_t event_of(int dir, const struct soft_names *names)
{
	uint64_t event = 0xcbf29ce484222325u;

	for (size_t i = 0; i < names->count; i++) {
		struct soft_stamp stamp = { 0 };

		(void)soft_dir_stamp_of(dir, names->names[i], &stamp);
		event = mix(mix(event, stamp.inode), stamp.size);
		event = mix(mix(event, (uint64_t)stamp.seconds), (uint64_t)stamp.nanoseconds);
		event = mix(mix(event, (uint64_t)stamp.change_seconds),
			(uint64_t)stamp.change_nanoseconds);
	}
	return event;
}

/* A set of changes that is being put in place is not told of until all of it is there. */
static bool look_at_files(int dir, struct token_place *place)
{
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	struct soft_stamp before = { 0 };
	struct soft_stamp after = { 0 };

	(void)soft_dir_stamp(dir, &before);
	place->unsettled = soft_dir_unfinished(dir);
	place->present = soft_dir_list(dir, SOFT_PFX_SUFFIX, &names) == CKR_OK && names.count;
	place->event = event_of(dir, &names);
	(void)soft_dir_stamp(dir, &after);
	return soft_stamp_equal(&before, &after);
}

/* Present: something is in it. Links are not followed; a name too long for a slot is passed over.
 */
static bool look_at(int root, const char *name, struct token_place *place)
{
	CLEANUP(fd_close_p) int dir = soft_dir_open(root, name);
	struct soft_stamp stamp;
	int looks = 0;

	if (dir < 0 || strlen(PLACE_PREFIX) + strlen(name) >= sizeof(place->name))
		return false;
	snprintf(place->name, sizeof(place->name), PLACE_PREFIX "%s", name);
	while (!look_at_files(dir, place) && ++looks < LOOKS_MAX)
		continue;
	place->present |= soft_dir_stamp_of(dir, SOFT_CONF_NAME, &stamp) || place->unsettled;
	return place->present;
}

static void source_scan(struct token_source *base, struct token_place *places, size_t *ret_count,
	const char **ret_trouble)
{
	const struct soft_source *source = source_of(base);
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	CLEANUP(fd_close_p) int root = -1;
	size_t count = 0;

	*ret_trouble = NULL;
	*ret_count = 0;
	if (source->root[0])
		root = openat(AT_FDCWD, source->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || soft_dir_list(root, "", &names) != CKR_OK)
		return;
	for (size_t i = 0; i < names.count && count < TOKEN_PLACES_MAX; i++)
		if (look_at(root, names.names[i], &places[count]))
			count++;
	*ret_count = count;
}

/* Directories may have come: all get a watch before anybody looks into them. */
static void watch_all(struct soft_source *source)
{
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	CLEANUP(fd_close_p) int root = -1;

	soft_watch_add(&source->watch, source->root);
	root = openat(AT_FDCWD, source->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || soft_dir_list(root, "", &names) != CKR_OK)
		return;
	for (size_t i = 0; i < names.count && i < TOKEN_PLACES_MAX; i++) {
		char path[SOFT_PATH_MAX + SOFT_NAME_MAX + 2];

		snprintf(path, sizeof(path), "%s/%s", source->root, names.names[i]);
		soft_watch_add(&source->watch, path);
	}
}

static bool source_wait(struct token_source *base, int ms)
{
	struct soft_source *source = source_of(base);

	if (source->watch.fd < 0)
		soft_watch_open(&source->watch);
	if (!soft_watch_changed(&source->watch, ms))
		return false;
	watch_all(source);
	return true;
}

static CK_RV source_connect(const char *place, struct token **ret_token)
{
	char root[SOFT_PATH_MAX];
	char path[SOFT_PATH_MAX];
	const char *name = place + strlen(PLACE_PREFIX);
	int len;

	if (strncmp(place, PLACE_PREFIX, strlen(PLACE_PREFIX)) != 0 || !find_root(root))
		return CKR_TOKEN_NOT_PRESENT;
	len = snprintf(path, sizeof(path), "%s/%s", root, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return CKR_TOKEN_NOT_PRESENT;
	return token_soft_open(path, name, ret_token);
}

const struct token_source_ops token_soft_source = {
	.open = source_open,
	.close = source_close,
	.scan = source_scan,
	.wait = source_wait,
	.fixed = true,
	.connect = source_connect,
};
