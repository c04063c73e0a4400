/* SPDX-License-Identifier: Apache-2.0 */
/* Where software identities are: one token per directory below $XDG_DATA_HOME/twca/. Looks only
 * when asked. */
#include "token_soft.h"

#include <fcntl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scope.h"
#include "soft_dir.h"
#include "soft_store.h"

#define PLACE_PREFIX "Software identity "

struct soft_source {
	struct token_source source; /* first */
	char root[SOFT_PATH_MAX];   /* empty: there is no home */
};

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
	if (!find_root(source->root))
		source->root[0] = '\0';
	return &source->source;
}

static void source_close(struct token_source *source)
{
	free(source);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3u;
}

/* A file that another program writes in place does not show in the directory's own stamp. */
static uint64_t event_of(int dir, const struct soft_names *names)
{
	struct soft_stamp stamp = { 0 };
	struct stat stat;
	uint64_t event = 0xcbf29ce484222325u;

	(void)soft_dir_stamp(dir, &stamp);
	event = mix(mix(event, stamp.inode), (uint64_t)stamp.seconds);
	event = mix(event, (uint64_t)stamp.nanoseconds);
	for (size_t i = 0; i < names->count && i < TOKEN_PLACES_MAX; i++)
		if (fstatat(dir, names->names[i], &stat, AT_SYMLINK_NOFOLLOW) == 0)
			event = mix(mix(event, stat.st_ino), (uint64_t)stat.st_mtim.tv_nsec);
	return event;
}

/* Present: something is in it. Links are not followed; a name too long for a slot is passed over.
 */
static bool look_at(int root, const char *name, struct token_place *place)
{
	CLEANUP(soft_fd_close_p) int dir = soft_dir_open(root, name);
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	struct stat stat;

	if (dir < 0 || strlen(PLACE_PREFIX) + strlen(name) >= sizeof(place->name))
		return false;
	snprintf(place->name, sizeof(place->name), PLACE_PREFIX "%s", name);
	place->present = soft_dir_list(dir, SOFT_PFX_SUFFIX, &names) == CKR_OK && names.count;
	place->present |= fstatat(dir, SOFT_CONF_NAME, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
			  S_ISREG(stat.st_mode);
	place->present |= soft_dir_unfinished(dir);
	place->event = event_of(dir, &names);
	return true;
}

static void source_scan(struct token_source *base, struct token_place *places, size_t *ret_count,
	const char **ret_trouble)
{
	const struct soft_source *source = (const struct soft_source *)(const void *)base;
	CLEANUP(soft_names_clear) struct soft_names names = { 0 };
	CLEANUP(soft_fd_close_p) int root = -1;
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
	.connect = source_connect,
};
