/* SPDX-License-Identifier: Apache-2.0 */
/* PFX files: reading and writing them whole, and the module's own code for what is in them. */
#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "lib/chain.h"
#include "lib/i18n.h"
#include "lib/pin.h"
#include "lib/scope.h"
#include "lib/whole.h"
#include "pkcs11/soft_move.h"

#define FILE_BYTES_MAX (1u << 20)

static bool refused(enum soft_move_result result, const char *name, struct fail *fail)
{
	switch (result) {
	case SOFT_MOVE_OK:
		return true;
	case SOFT_MOVE_PASSWORD:
		return fail_set(fail, FAIL_FILE_PASSWORD, "%s", name);
	case SOFT_MOVE_DAMAGED:
		return fail_set(fail, FAIL_FILE_DAMAGED, "%s", name);
	case SOFT_MOVE_OLD_CIPHER:
		return fail_set(fail, FAIL_FILE_OLD_CIPHER, "%s", name);
	case SOFT_MOVE_NO_KEY:
		return fail_set(fail, FAIL_FILE_DAMAGED, _("%s: no private key is in it"), name);
	case SOFT_MOVE_EXISTS:
		return fail_set(fail, FAIL_FILE_EXISTS, "%s", name);
	case SOFT_MOVE_NAME:
		return fail_set(fail, FAIL_FILE_NAME, "%s", name);
	case SOFT_MOVE_SYSTEM:
		return fail_errno(fail, name);
	case SOFT_MOVE_MEMORY:
		return fail_set(fail, FAIL_MEMORY, NULL);
	}
	return fail_set(fail, FAIL_INTERNAL, NULL);
}

static struct soft_move_password password_of(const struct pin *pin)
{
	return (struct soft_move_password){ pin_text(pin), pin_len(pin) };
}

void export_bytes_clear(struct export_bytes *bytes)
{
	if (bytes->bytes)
		OPENSSL_cleanse(bytes->bytes, bytes->len);
	free(bytes->bytes);
	*bytes = (struct export_bytes){ 0 };
}

static bool read_file(const char *path, struct export_bytes *ret, struct fail *fail)
{
	CLEANUP(close_p) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	CLEANUP(export_bytes_clear) struct export_bytes bytes = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return fail_errno(fail, path);
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)FILE_BYTES_MAX)
		return fail_set(fail, FAIL_FILE_DAMAGED, "%s", path);
	bytes.bytes = malloc(FILE_BYTES_MAX + 1);
	if (!bytes.bytes)
		return fail_set(fail, FAIL_MEMORY, NULL);
	while (bytes.len <= FILE_BYTES_MAX) {
		ssize_t got = read(fd, bytes.bytes + bytes.len, FILE_BYTES_MAX + 1 - bytes.len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(fail, path);
		if (got == 0)
			break;
		bytes.len += (size_t)got;
	}
	*ret = bytes;
	bytes = (struct export_bytes){ 0 };
	return true;
}

static bool put(int fd, const struct export_bytes *bytes)
{
	size_t at = 0;

	while (at < bytes->len) {
		ssize_t done = write(fd, bytes->bytes + at, bytes->len - at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += (size_t)done;
	}
	return fsync(fd) == 0;
}

bool export_file_write(
	const char *path, const struct export_bytes *bytes, bool replace, struct fail *fail)
{
	CLEANUP(free_p) char *temporary = NULL;
	CLEANUP(close_p) int fd = -1;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail_errno(fail, path);
	bool ok = put(fd, bytes) && whole_place(temporary, path, replace);
	if (!ok && errno == EEXIST)
		fail_set(fail, FAIL_FILE_EXISTS, "%s", path);
	else if (!ok)
		fail_errno(fail, path);
	unlink(temporary);
	return ok;
}

bool export_move_open(const char *path, const struct pin *password, bool old_ciphers,
	struct soft_move **ret, struct fail *fail)
{
	CLEANUP(export_bytes_clear) struct export_bytes bytes = { 0 };

	return read_file(path, &bytes, fail) &&
	       refused(soft_move_open(
			       bytes.bytes, bytes.len, password_of(password), old_ciphers, ret),
		       path, fail);
}

bool export_move_take(const char *directory, const struct pin *password, struct soft_move **ret,
	struct fail *fail)
{
	return refused(soft_move_take(directory, password_of(password), ret), directory, fail);
}

void export_move_free_p(struct soft_move **move)
{
	*move = soft_move_free(*move);
}

bool export_move_pack(const struct soft_move *move, const struct pin *password,
	struct export_bytes *ret, struct fail *fail)
{
	return refused(
		soft_move_pack(move, password_of(password), &ret->bytes, &ret->len), "", fail);
}

bool export_move_put(const struct export *export, const struct soft_move *move, const char *name,
	struct fail *fail)
{
	CLEANUP(free_p) char *root = conf_directory("XDG_DATA_HOME", ".local/share");
	const struct soft_move_target target = { .root = root,
		.name = name,
		.always = export->level == 1,
		.replace = export->tool.force };

	if (!root)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return refused(soft_move_put(move, &target, password_of(export->pin)), name, fail);
}

bool export_move_keep(const struct export *export, struct soft_move *move, struct fail *fail)
{
	return soft_move_keep(move, export->host.bytes, export->host.len) ||
	       fail_set(fail, FAIL_HOST_DIFFERS, NULL);
}

bool export_move_label(struct soft_move *move, const char *label, struct fail *fail)
{
	return soft_move_label(move, label) ||
	       fail_set(fail, FAIL_USAGE, _("the label is too long: %s"), label);
}

bool export_move_describe(struct export *export, const struct soft_move *move, struct fail *fail)
{
	const uint8_t *der;
	size_t len;
	bool own;

	export->was_weak = soft_move_weak(move);
	for (size_t i = 0; soft_move_certificate(move, i, &der, &len, &own); i++) {
		struct export_certificate *grown;
		struct chain_text text = { 0 };
		if (!own)
			continue;
		grown = reallocarray(export->own, export->own_count + 1, sizeof *grown);
		if (!grown)
			return fail_set(fail, FAIL_MEMORY, NULL);
		export->own = grown;
		CLEANUP(free_p) uint8_t *copy = malloc(len);
		if (!copy)
			return fail_set(fail, FAIL_MEMORY, NULL);
		memcpy(copy, der, len);
		if (!chain_describe(&(struct chain_cert){ copy, len }, &text, fail))
			return false;
		grown[export->own_count++] =
			(struct export_certificate){ .subject = TAKE(text.subject),
				.not_after = TAKE(text.not_after) };
		chain_text_clear(&text);
	}
	return true;
}
