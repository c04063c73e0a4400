/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the record of a job in a file that is replaced atomically. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "json.h"
#include "scope.h"
#include "text.h"
#include "whole.h"

#define JOURNAL_MAX (256 * 1024)
#define NAME_HASH 12 /* bytes of the hash in the file name */

struct journal {
	int directory;
	int lock;
	bool only_looks; /* nothing is written */
	char *name;      /* in directory */
	char *path;      /* for people */
	json_t *values;
};

struct journal *journal_close(struct journal *journal)
{
	if (!journal)
		return NULL;
	close_p(&journal->lock);
	close_p(&journal->directory);
	json_decref(journal->values);
	free(journal->name);
	free(journal->path);
	free(journal);
	return NULL;
}

void journal_close_p(struct journal **journal)
{
	*journal = journal_close(*journal);
}

const char *journal_path(const struct journal *journal)
{
	return journal->path;
}

const char *journal_get(const struct journal *journal, const char *name)
{
	return json_text(journal->values, name);
}

bool journal_set(struct journal *journal, const char *name, const char *value, struct fail *fail)
{
	if (!value) {
		json_object_del(journal->values, name);
		return true;
	}
	if (json_object_set_new(journal->values, name, json_string(value)) != 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return true;
}

/* mkdir -p with mode 0700 for what is made. */
static bool make_directories(const char *path, struct fail *fail)
{
	CLEANUP(free_p) char *copy = strdup(path);

	if (!copy)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (char *slash = copy + 1;; slash++) {
		slash = strchrnul(slash, '/');
		char kept = *slash;
		*slash = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			return fail_errno(fail, copy);
		if (!kept)
			return true;
		*slash = kept;
	}
}

/* A file name that tells job and site, and account and card only to who knows them. */
static char *file_name(const struct journal_key *key)
{
	CLEANUP(free_p) char *both = NULL;
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char *name = NULL;

	if (asprintf(&both, "%s\n%s", key->account, key->card) < 0)
		return NULL;
	if (EVP_Digest(both, strlen(both), digest, &len, EVP_sha256(), NULL) != 1)
		return NULL;
	CLEANUP(free_p) char *hex = text_hex(digest, NAME_HASH);
	if (!hex || asprintf(&name, "%s-%s-%s.json", key->job, key->site, hex) < 0)
		return NULL;
	return name;
}

static bool take_lock(struct journal *journal, struct fail *fail)
{
	CLEANUP(free_p) char *name = NULL;

	if (asprintf(&name, ".%s.lock", journal->name) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	journal->lock =
		openat(journal->directory, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (journal->lock < 0)
		return fail_errno(fail, journal->path);
	if (flock(journal->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	return errno == EWOULDBLOCK ? fail_set(fail, FAIL_JOURNAL_BUSY, "%s", journal->path)
				    : fail_errno(fail, journal->path);
}

static bool same(const json_t *values, const char *name, const char *value)
{
	const char *there = json_text(values, name);

	return there && strcmp(there, value) == 0;
}

static bool fresh_values(struct journal *journal, const struct journal_key *key, struct fail *fail)
{
	json_decref(journal->values);
	journal->values = json_pack("{s:s, s:s, s:s, s:s}", "job", key->job, "site", key->site,
		"account", key->account, "card", key->card);
	return journal->values || fail_set(fail, FAIL_MEMORY, NULL);
}

static bool read_all(int fd, char *bytes, size_t len)
{
	while (len) {
		ssize_t got = read(fd, bytes, len);
		if (got <= 0)
			return false;
		bytes += got;
		len -= (size_t)got;
	}
	return true;
}

static bool load(struct journal *journal, const struct journal_key *key, struct fail *fail)
{
	CLEANUP(close_p)
	int fd = openat(journal->directory, journal->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return fresh_values(journal, key, fail);
	if (fd < 0 || fstat(fd, &st) != 0)
		return fail_errno(fail, journal->path);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		return fail_set(fail, FAIL_JOURNAL, _("%s: others could have written or read it"),
			journal->path);
	if (st.st_size <= 0 || st.st_size > JOURNAL_MAX)
		return fail_set(fail, FAIL_JOURNAL, _("%s: it is damaged"), journal->path);
	CLEANUP(free_p) char *bytes = malloc((size_t)st.st_size);
	if (!bytes)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!read_all(fd, bytes, (size_t)st.st_size) ||
		!json_parse(bytes, (size_t)st.st_size, &journal->values, fail))
		return fail_set(fail, FAIL_JOURNAL, _("%s: it is damaged"), journal->path);
	if (!same(journal->values, "job", key->job) || !same(journal->values, "site", key->site) ||
		!same(journal->values, "account", key->account) ||
		!same(journal->values, "card", key->card))
		return fail_set(fail, FAIL_JOURNAL, _("%s: it is of another job"), journal->path);
	return true;
}

/* With its names; nothing is opened yet. */
static bool begin(const char *directory, const struct journal_key *key, struct journal **ret,
	struct fail *fail)
{
	CLEANUP(journal_close_p) struct journal *journal = calloc(1, sizeof *journal);

	if (!journal)
		return fail_set(fail, FAIL_MEMORY, NULL);
	journal->directory = journal->lock = -1;
	journal->name = file_name(key);
	if (!journal->name || asprintf(&journal->path, "%s/%s", directory, journal->name) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	*ret = TAKE(journal);
	return true;
}

bool journal_open(const char *directory, const struct journal_key *key, struct journal **ret,
	struct fail *fail)
{
	CLEANUP(journal_close_p) struct journal *journal = NULL;

	if (!begin(directory, key, &journal, fail) || !make_directories(directory, fail))
		return false;
	journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->directory < 0)
		return fail_errno(fail, directory);
	if (!take_lock(journal, fail) || !load(journal, key, fail))
		return false;
	*ret = TAKE(journal);
	return true;
}

bool journal_look(const char *directory, const struct journal_key *key, struct journal **ret,
	struct fail *fail)
{
	CLEANUP(journal_close_p) struct journal *journal = NULL;

	if (!begin(directory, key, &journal, fail))
		return false;
	journal->only_looks = true;
	journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->directory < 0 && errno != ENOENT)
		return fail_errno(fail, directory);
	if (journal->directory < 0 ? !fresh_values(journal, key, fail) : !load(journal, key, fail))
		return false;
	*ret = TAKE(journal);
	return true;
}

bool journal_save(struct journal *journal, struct fail *fail)
{
	CLEANUP(json_text_free_p)
	char *text = json_dumps(journal->values, JSON_INDENT(1) | JSON_SORT_KEYS);
	CLEANUP(free_p) char *next = NULL;

	if (journal->only_looks)
		return true;
	if (!text || asprintf(&next, ".%s.new", journal->name) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (unlinkat(journal->directory, next, 0) != 0 && errno != ENOENT)
		return fail_errno(fail, journal->path);
	CLEANUP(close_p)
	int fd = openat(journal->directory, next,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || !whole_write(fd, text, strlen(text)) || fsync(fd) != 0 ||
		renameat(journal->directory, next, journal->directory, journal->name) != 0 ||
		fsync(journal->directory) != 0)
		return fail_errno(fail, journal->path);
	return true;
}

bool journal_forget(struct journal *journal, struct fail *fail)
{
	static const char *const kept[] = { "job", "site", "account", "card" };
	CLEANUP(json_decref_p) json_t *values = json_object();

	for (size_t i = 0; values && i < sizeof kept / sizeof kept[0]; i++)
		json_object_set(values, kept[i], json_object_get(journal->values, kept[i]));
	if (!values)
		return fail_set(fail, FAIL_MEMORY, NULL);
	json_decref(journal->values);
	journal->values = TAKE(values);
	return journal_save(journal, fail);
}
