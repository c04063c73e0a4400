/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the program for each line of a batch, shows a line of progress, collects the report. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "batch.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/json.h"
#include "lib/scope.h"

#define SELF "/proc/self/exe"
#define ANSWER_MAX (1u << 20)
#define POLL_MS 300L
#define NEXT "next"
#define SERIAL_SIZE 17 /* of p11_token.serial */

struct batch {
	struct apply *apply;
	struct batch_file file;
	json_t *rows;
	char (*seen)[SERIAL_SIZE]; /* cards that were taken as the next */
	size_t seen_count, done, needless, failed;
};

static void file_clear(struct batch_file *file)
{
	batch_clear(file);
}

static const char *cell_of(
	const struct batch *batch, const struct batch_line *line, const char *name)
{
	for (size_t i = 0; i < batch->file.columns; i++)
		if (strcmp(batch->file.names[i], name) == 0 && *line->cells[i])
			return line->cells[i];
	return NULL;
}

static bool is_new(const struct batch *batch, const struct p11_token *token)
{
	if (!token->removable || !token->recognised || !(token->flags & CKF_TOKEN_INITIALIZED))
		return false;
	for (size_t i = 0; i < batch->seen_count; i++)
		if (strcmp(batch->seen[i], token->serial) == 0)
			return false;
	return true;
}

static bool remember_card(struct batch *batch, const char *serial, struct fail *fail)
{
	void *seen = reallocarray(batch->seen, batch->seen_count + 1, sizeof *batch->seen);

	if (!seen)
		return fail_set(fail, FAIL_MEMORY, NULL);
	batch->seen = seen;
	snprintf(batch->seen[batch->seen_count++], SERIAL_SIZE, "%s", serial);
	return true;
}

/* Wait until a card is there that was not there for an earlier line; --wait bounds it. */
static bool next_card(struct batch *batch, const struct batch_line *line, char serial[SERIAL_SIZE],
	struct fail *fail)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct tool *tool = &batch->apply->tool;
	long waited = 0;
	size_t count;

	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(tool, fail))
		return false;
	for (;;) {
		if (!p11_tokens(tool->p11, tokens, &count, fail))
			return false;
		for (size_t i = 0; i < count; i++) {
			if (!is_new(batch, &tokens[i]))
				continue;
			snprintf(serial, SERIAL_SIZE, "%s", tokens[i].serial);
			return remember_card(batch, serial, fail);
		}
		if (!waited)
			term_note(&tool->term, _("Insert the next card (line %zu of %zu) ..."),
				(size_t)(line - batch->file.lines) + 1, batch->file.count);
		nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000 }, NULL);
		waited += POLL_MS;
		if (!interrupt_check(fail))
			return false;
		if (waited / 1000 > batch->apply->wait_s)
			return fail_set(fail, FAIL_NO_CARD, _("the next card did not come"));
	}
}

/* The options of the batch without --batch, then those of the line. The caller frees the strings
 * behind kept. */
static bool arguments_of(const struct batch *batch, const struct batch_line *line,
	const char *serial, char *out[], size_t *ret_kept, size_t *ret_count)
{
	char **argv = batch->apply->argv;
	size_t count = 0;

	for (size_t i = 0; argv[i] && count < BATCH_COLUMNS_MAX * 2; i++) {
		if (strncmp(argv[i], "--batch", 7) == 0) {
			i += argv[i][7] == '\0';
			continue;
		}
		out[count++] = argv[i];
	}
	*ret_kept = count;
	out[count] = strdup("--json");
	bool ok = out[count++] != NULL;
	for (size_t i = 0; ok && i < batch->file.columns; i++) {
		const char *name = batch->file.names[i];
		bool next = strcmp(name, "reader") == 0 && strcmp(line->cells[i], NEXT) == 0;
		if (!*line->cells[i])
			continue;
		ok = (next ? asprintf(&out[count], "--token=pkcs11:serial=%s", serial)
			   : asprintf(&out[count], "--%s=%s", name, line->cells[i])) >= 0;
		count += ok;
	}
	out[count] = NULL;
	*ret_count = count;
	return ok;
}

static void run_child(char *arguments[], int to, bool quiet)
{
	int null = quiet ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;

	if (dup2(to, STDOUT_FILENO) >= 0 && (null < 0 || dup2(null, STDERR_FILENO) >= 0))
		execv(SELF, arguments);
	_exit(127);
}

static bool read_answer(int from, json_t **ret)
{
	CLEANUP(free_p) char *text = malloc(ANSWER_MAX);
	struct fail ignored = FAIL_INIT;
	size_t len = 0;
	ssize_t got;

	while (text && len < ANSWER_MAX &&
		((got = read(from, text + len, ANSWER_MAX - len)) > 0 ||
			(got < 0 && errno == EINTR)))
		len += got > 0 ? (size_t)got : 0;
	return text && json_parse(text, len, ret, &ignored);
}

/* Runs the program; *ret: its document. */
static bool run_line(const struct batch *batch, char *arguments[], json_t **ret, struct fail *fail)
{
	int ends[2];
	int status;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail_errno(fail, "pipe");
	pid_t child = fork();
	if (child == 0)
		run_child(arguments, ends[1], batch->apply->tool.term.no_input);
	close(ends[1]);
	bool ok = child > 0 && read_answer(ends[0], ret);
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return ok || fail_set(fail, FAIL_SYSTEM, "%s", batch->apply->argv[0]);
}

static void note_line(struct batch *batch, const struct batch_line *line, const json_t *document)
{
	const char *account = cell_of(batch, line, "account");
	const char *code = json_text(document, "code");
	const char *serial = json_text(json_object_get(document, "card"), "serial");
	const char *message = json_text(json_object_get(document, "error"), "message");
	json_int_t exit_status = json_integer_value(json_object_get(document, "exit"));

	batch->done += exit_status == 0;
	batch->needless += exit_status == 3;
	batch->failed += exit_status != 0 && exit_status != 3;
	term_note(&batch->apply->tool.term, _("[%zu/%zu] %s: %s"),
		(size_t)(line - batch->file.lines) + 1, batch->file.count,
		account  ? account
		: serial ? serial
			 : "-",
		message ? message : "ok");
	json_array_append_new(batch->rows,
		json_pack("{s:I, s:s*, s:s*, s:s, s:I, s:s*}", "line", (json_int_t)line->number,
			"account", account, "card", serial, "code", code ? code : "internal",
			"exit", exit_status, "message", message));
}

/* A line that an earlier run has done: its card is not the next one. */
static bool is_done(
	struct batch *batch, const struct batch_line *line, bool *ret_done, struct fail *fail)
{
	const struct tool *tool = &batch->apply->tool;
	char name[32];

	snprintf(name, sizeof name, "line %zu", line->number);
	const char *recorded = tool_recorded(tool, name);
	*ret_done = recorded && strcmp(recorded, line->text) == 0;
	if (!*ret_done)
		return true;
	batch->needless++;
	snprintf(name, sizeof name, "card %zu", line->number);
	const char *serial = tool_recorded(tool, name);
	return !serial || remember_card(batch, serial, fail);
}

/* What only looked has done nothing. */
static bool record_line(
	struct batch *batch, const struct batch_line *line, const char *serial, struct fail *fail)
{
	struct tool *tool = &batch->apply->tool;
	char name[32];

	if (batch->apply->check || tool->dry_run)
		return true;
	snprintf(name, sizeof name, "card %zu", line->number);
	if (!journal_set(tool->journal, name, *serial ? serial : NULL, fail))
		return false;
	snprintf(name, sizeof name, "line %zu", line->number);
	return tool_record(tool, name, line->text, fail);
}

static bool do_line(struct batch *batch, const struct batch_line *line, struct fail *fail)
{
	const char *reader = cell_of(batch, line, "reader");
	char *arguments[BATCH_COLUMNS_MAX * 4];
	CLEANUP(json_decref_p) json_t *document = NULL;
	char serial[SERIAL_SIZE] = "";
	size_t kept, count;
	bool done;

	if (!is_done(batch, line, &done, fail) || done)
		return done;
	if (reader && strcmp(reader, NEXT) == 0 && !next_card(batch, line, serial, fail))
		return false;
	bool ok = arguments_of(batch, line, serial, arguments, &kept, &count)
			  ? run_line(batch, arguments, &document, fail)
			  : fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = kept; i < count; i++)
		free(arguments[i]);
	if (!ok)
		return false;
	note_line(batch, line, document);
	return json_integer_value(json_object_get(document, "exit")) != 0 ||
	       record_line(batch, line, serial, fail);
}

static bool do_lines(struct batch *batch, struct fail *fail)
{
	for (size_t i = 0; i < batch->file.count; i++)
		if (!interrupt_check(fail) || !do_line(batch, &batch->file.lines[i], fail))
			return false;
	return true;
}

/* What an operator has to look at again, together at the end. */
static void report(const struct batch *batch)
{
	struct term *term = &batch->apply->tool.term;
	const json_t *row;
	size_t i;

	term_title(term, _("Report"));
	json_array_foreach(batch->rows, i, row)
	{
		json_int_t exit_status = json_integer_value(json_object_get(row, "exit"));
		const char *account = json_text(row, "account");
		const char *serial = json_text(row, "card");
		const char *message = json_text(row, "message");
		if (exit_status != 0 && exit_status != 3)
			term_note(term, _("line %d: %s: %s"),
				(int)json_integer_value(json_object_get(row, "line")),
				account  ? account
				: serial ? serial
					 : "-",
				message ? message : "-");
	}
	term_note(term, _("%zu done, %zu not needed, %zu failed"), batch->done, batch->needless,
		batch->failed);
}

bool batch_run(struct apply *apply, struct fail *fail)
{
	struct batch batch = { .apply = apply };
	CLEANUP(free_p) char *path = realpath(apply->batch, NULL);

	if (!path)
		return fail_errno(fail, apply->batch);
	apply->tool.account = strdup(path); /* the record is that of the file */
	batch.rows = json_array();
	CLEANUP(file_clear) struct batch_file held = { 0 };
	if (!apply->tool.account || !batch.rows)
		return fail_set(fail, FAIL_MEMORY, NULL);
	bool ok = batch_read(path, &batch.file, fail) &&
		  tool_open_journal(&apply->tool,
			  apply->mode == APPLY_RENEW ? "batch-renew" : "batch-apply", NULL, fail) &&
		  do_lines(&batch, fail);
	held = batch.file;
	free(batch.seen);
	report(&batch);
	apply->report = json_pack("{s:I, s:I, s:I, s:o}", "done", (json_int_t)batch.done,
		"not_needed", (json_int_t)batch.needless, "failed", (json_int_t)batch.failed,
		"rows", batch.rows);
	if (ok && batch.failed)
		return fail_set(fail, FAIL_BATCH, _("%zu of %zu lines failed"), batch.failed,
			batch.file.count);
	return ok;
}
