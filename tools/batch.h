/* SPDX-License-Identifier: Apache-2.0 */
/* Many cards or accounts from a CSV file: one run of the program itself for each line.
 *
 * The first line names the columns, which are names of options without "--"; a cell is that
 * option's value. Secrets are named by their sources, as on the command line. The reader "next"
 * waits for a card that this batch has not seen. Lines that are done are recorded, so that the same
 * command goes on where it stopped. */
#ifndef TWCA_BATCH_H
#define TWCA_BATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct apply;
struct fail;

#define BATCH_COLUMNS_MAX 24
#define BATCH_LINES_MAX 10000

struct batch_line {
	size_t number; /* in the file */
	char *text;    /* as it stands there */
	char *cells[BATCH_COLUMNS_MAX];
};

struct batch_file {
	char *names[BATCH_COLUMNS_MAX];
	size_t columns;
	struct batch_line *lines;
	size_t count;
};

/* batch_csv.c. Errors: SETTINGS (with file and line), SYSTEM. */
bool batch_read(const char *path, struct batch_file *ret, struct fail *fail);
void batch_clear(struct batch_file *file);

/* batch_run.c. Errors: BATCH when a line failed; those of batch_read(). The report goes to
 * apply->report. */
bool batch_run(struct apply *apply, struct fail *fail);

#endif
