/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the state file: lines of text, a SHA-256 over them, temporary file + fsync + rename.
 *
 * The format is described in docs/virtual-card.md; state_read.c is the other half. */
#include "card.h"
#include "personality.h"
#include "vcard.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void free_p(char **text)
{
	free(*text);
}

static void print_hex(FILE *out, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";

	if (!len)
		fputc('-', out);
	for (size_t i = 0; i < len; i++) {
		putc_unlocked(digits[data[i] >> 4], out);
		putc_unlocked(digits[data[i] & 0x0F], out);
	}
}

static void print_line(FILE *out, const char *name, const uint8_t *data, size_t len)
{
	fprintf(out, "%s ", name);
	print_hex(out, data, len);
	fputc('\n', out);
}

static void print_object(FILE *out, const struct vc_object *object)
{
	fprintf(out, "object %02X %02X ", object->class_byte, object->id);
	print_hex(out, object->param, object->param_len);
	fputc(' ', out);
	print_hex(out, object->ac, object->ac_len);
	fputc(' ', out);
	print_hex(out, object->body.data, object->body.len);
	fputc('\n', out);
}

static void print_se(FILE *out, const struct vc_se *se)
{
	fprintf(out, "se %02X ", se->id);
	print_hex(out, se->ac, sizeof(se->ac));
	fputc(' ', out);
	print_hex(out, se->component, sizeof(se->component));
	fputc('\n', out);
}

static void print_file(FILE *out, const struct vc_file *file)
{
	fprintf(out, "file %u %04X %u %u %u %zu %zu %zu ", vc_file_depth(file), file->fid,
		(unsigned)file->structure, (unsigned)file->shareable, (unsigned)file->deactivated,
		file->size, file->record_len, file->record_max);
	print_hex(out, file->ac, sizeof(file->ac));
	fputc(' ', out);
	print_hex(out, file->name, file->name_len);
	fputc('\n', out);
	if (file->rules.len)
		print_line(out, "rules", file->rules.data, file->rules.len);
	if (file->arr)
		print_line(out, "arr", &file->arr, 1);
	if (file->structure == VC_TRANSPARENT)
		print_line(out, "data", file->data, file->size);
	for (size_t i = 0; i < file->record_count; i++)
		print_line(out, "record", file->records[i].data, file->records[i].len);
	for (const struct vc_object *object = file->objects; object; object = object->next)
		print_object(out, object);
	for (const struct vc_se *se = file->ses; se; se = se->next)
		print_se(out, se);
	for (const struct vc_file *child = file->children; child; child = child->next)
		print_file(out, child);
}

static void print_card(FILE *out, const struct vcard *card)
{
	char value[VC_TEXT_MAX];

	fprintf(out, "twca-vcard 1\ncard %s\n", card->personality->name);
	print_line(out, "serial", card->serial, sizeof(card->serial));
	fprintf(out, "phase %02X\nstart-key-tries %02X\n", (unsigned)card->phase,
		card->start_key_tries);
	print_line(out, "start-key", card->start_key, sizeof(card->start_key));
	for (int i = 0; i < VC_S_COUNT; i++) {
		const char *name = vc_switch_show(&card->switches, (enum vc_switch)i, value);

		fprintf(out, "switch %s=%s\n", name, value);
	}
	if (card->mf)
		print_file(out, card->mf);
}

static bool write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t written = write(fd, text, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		len -= (size_t)written;
	}
	return true;
}

static bool sync_folder(const char *path)
{
	CLEANUP(free_p) char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool replace(const char *path, const char *text, size_t len)
{
	CLEANUP(free_p) char *fresh = NULL;
	int fd;
	bool ok;

	if (asprintf(&fresh, "%s.new", path) < 0)
		return false;
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = write_all(fd, text, len) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	return ok && rename(fresh, path) == 0 && sync_folder(path);
}

bool vc_commit(struct vcard *card)
{
	CLEANUP(free_p) char *text = NULL;
	uint8_t hash[EVP_MAX_MD_SIZE];
	size_t len = 0, hash_len = 0;

	if (!card->state_path) {
		card->dirty = false;
		return true;
	}
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return false;
	print_card(out, card);
	if (fflush(out) != 0 || !EVP_Q_digest(NULL, "SHA256", NULL, text, len, hash, &hash_len)) {
		fclose(out);
		return false;
	}
	print_line(out, "sha256", hash, hash_len);
	if (fclose(out) != 0)
		return false;
	card->dirty = !replace(card->state_path, text, len);
	explicit_bzero(text, len);
	return !card->dirty;
}
