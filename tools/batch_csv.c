/* SPDX-License-Identifier: Apache-2.0 */
/* Reads CSV (RFC 4180, one record a line): names in the first line, then records. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/scope.h"
#include "lib/text.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

static const char *const columns[] = { "account", "carrier", "debit-account", "enc-file", "label",
	"level", "new-password-source", "new-pin-source", "password-source", "pin-source", "reader",
	"select", "sign-file", "slip-source", "token" };

/* One cell from *cursor on; quotes around it are removed. The caller frees; NULL: no memory. */
static char *take_cell(const char **cursor)
{
	const char *c = *cursor;
	bool quoted = *c == '"';
	char *cell = malloc(strlen(c) + 1);
	size_t len = 0;

	if (!cell)
		return NULL;
	for (c += quoted; *c; c++) {
		if (quoted && *c == '"' && c[1] == '"')
			c++;
		else if (quoted ? *c == '"' : *c == ',')
			break;
		cell[len++] = *c;
	}
	cell[len] = '\0';
	*cursor = c + (quoted && *c == '"');
	return cell;
}

static void free_cells(char *cells[BATCH_COLUMNS_MAX])
{
	for (size_t i = 0; i < BATCH_COLUMNS_MAX; i++) {
		free(cells[i]);
		cells[i] = NULL;
	}
}

/* false: more cells than there may be, or no memory. */
static bool split(const char *text, char *cells[BATCH_COLUMNS_MAX], size_t *ret_count)
{
	const char *cursor = text;

	for (size_t i = 0; i < BATCH_COLUMNS_MAX; i++) {
		cells[i] = take_cell(&cursor);
		if (!cells[i])
			return false;
		*ret_count = i + 1;
		if (*cursor != ',')
			return *cursor == '\0';
		cursor++;
	}
	return false;
}

static bool is_column(const char *name)
{
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		if (strcmp(columns[i], name) == 0)
			return true;
	return false;
}

static bool take_names(
	const char *path, const char *text, struct batch_file *file, struct fail *fail)
{
	if (!split(text, file->names, &file->columns))
		return fail_set(
			fail, FAIL_SETTINGS, _("%s: the first line names no columns"), path);
	for (size_t i = 0; i < file->columns; i++) {
		if (is_column(file->names[i]))
			continue;
		CLEANUP(free_p) char *clean = text_clean_line(file->names[i]);
		return fail_set(
			fail, FAIL_SETTINGS, _("no such column: %.40s"), clean ? clean : "");
	}
	return true;
}

static bool bad_line(const char *path, size_t number, const char *what, struct fail *fail)
{
	return fail_set(fail, FAIL_SETTINGS, _("%s, line %zu: %s"), path, number, what);
}

static bool take_line(const char *path, size_t number, const char *text, struct batch_file *file,
	struct fail *fail)
{
	struct batch_line *lines = file->lines;
	size_t count = 0;

	if (file->count == BATCH_LINES_MAX)
		return bad_line(path, number, _("too many lines"), fail);
	if ((file->count & (file->count - 1)) == 0) /* full at each power of two */
		lines = reallocarray(lines, file->count ? 2 * file->count : 1, sizeof *lines);
	if (!lines)
		return fail_set(fail, FAIL_MEMORY, NULL);
	file->lines = lines;
	struct batch_line *line = &lines[file->count++];
	*line = (struct batch_line){ .number = number, .text = strdup(text) };
	if (!line->text)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return (split(text, line->cells, &count) && count == file->columns) ||
	       bad_line(path, number, _("another number of fields than the first line"), fail);
}

/* Spreadsheets begin a file with a mark of its encoding. */
static const char *start_of(const char *text, size_t number)
{
	size_t mark = strlen(BYTE_ORDER_MARK);

	return number == 1 && strncmp(text, BYTE_ORDER_MARK, mark) == 0 ? text + mark : text;
}

bool batch_read(const char *path, struct batch_file *ret, struct fail *fail)
{
	CLEANUP(fclose_p) FILE *stream = fopen(path, "re");
	CLEANUP(free_p) char *text = NULL;
	size_t cap = 0, number = 0;
	ssize_t len;

	if (!stream)
		return fail_errno(fail, path);
	while ((len = getline(&text, &cap, stream)) > 0) {
		number++;
		while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
			text[--len] = '\0';
		if (!len)
			continue;
		if (strlen(text) != (size_t)len)
			return bad_line(path, number, _("not a text file"), fail);
		if (!ret->columns ? !take_names(path, start_of(text, number), ret, fail)
				  : !take_line(path, number, text, ret, fail))
			return false;
	}
	return ret->columns ||
	       fail_set(fail, FAIL_SETTINGS, _("%s: the first line names no columns"), path);
}

void batch_clear(struct batch_file *file)
{
	free_cells(file->names);
	for (size_t i = 0; i < file->count; i++) {
		free_cells(file->lines[i].cells);
		free(file->lines[i].text);
	}
	free(file->lines);
	*file = (struct batch_file){ 0 };
}
