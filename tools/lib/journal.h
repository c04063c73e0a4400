/* SPDX-License-Identifier: Apache-2.0 */
/* The record of one unfinished job: a small JSON file that only its owner reads, replaced as a
 * whole and on the disk before the function returns. Never holds a PIN, password or session token.
 */
#ifndef TWCA_TOOLS_JOURNAL_H
#define TWCA_TOOLS_JOURNAL_H

#include <stdbool.h>

struct fail;
struct journal;

/* What tells one job from another; all three are written into the file and compared. */
struct journal_key {
	const char *job;     /* "apply" */
	const char *site;    /* "fine" */
	const char *account; /* of the RA */
	const char *card;    /* serial number */
};

/* Open or begin the record in directory (made if needed, mode 0700) and lock it against a second
 * run. Errors: JOURNAL (not ours, or readable by others, or damaged), JOURNAL_BUSY, SYSTEM. */
bool journal_open(const char *directory, const struct journal_key *key, struct journal **ret,
	struct fail *fail);

/* The same for a run that only looks (--dry-run): no folder, lock or file is made, and what is
 * saved stays in memory. A record that is locked is read all the same. Errors: JOURNAL, SYSTEM. */
bool journal_look(const char *directory, const struct journal_key *key, struct journal **ret,
	struct fail *fail);

/* Unlocks; the file stays. NULL is fine; returns NULL. */
struct journal *journal_close(struct journal *journal);
void journal_close_p(struct journal **journal);

/* NULL when not there; borrowed until the next journal_set() of this name. */
const char *journal_get(const struct journal *journal, const char *name);

/* Change values in memory (value NULL removes), then make them durable with one write. */
bool journal_set(struct journal *journal, const char *name, const char *value, struct fail *fail);
bool journal_save(struct journal *journal, struct fail *fail);

/* Begin anew: forget all values, also on disk. */
bool journal_forget(struct journal *journal, struct fail *fail);

/* Path of the file, for messages. */
const char *journal_path(const struct journal *journal);

#endif
