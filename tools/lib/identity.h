/* SPDX-License-Identifier: Apache-2.0 */
/* The directories of software identities, as docs/decisions/0210 lays them out: making one, its
 * level, which file holds what, copies for the person. Keys and passwords are the module's. */
#ifndef TWCA_TOOLS_IDENTITY_H
#define TWCA_TOOLS_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct pin;

#define IDENTITY_NAME_MAX 40 /* what fits behind "Software identity " in a slot's description */

#define IDENTITY_SITE_MAX 16 /* with the final NUL */
#define IDENTITY_NO_SITE "none"

/* What the module calls the slot of a directory. */
#define IDENTITY_SLOT "Software identity "

/* A directory name out of words from outside: letters, digits, '.', '-', '_'. */
void identity_name(char name[IDENTITY_NAME_MAX + 1], const char *prefix, const char *word);

/* $XDG_DATA_HOME/twca/NAME. The caller frees; NULL: no home or no memory. */
char *identity_path(const char *name);

/* Make the directory, ready for C_InitToken; *ret_made false: it holds an identity already. */
bool identity_make(const char *path, bool *ret_made, struct fail *fail);

/* Is there an identity with a password? What is left of one whose making was cut off, before it
 * held any key, is removed. */
bool identity_tidy(const char *path, bool *ret_whole, struct fail *fail);

/* How often the password is asked for (1 at each use, 2 once, 3 never). The module sees it the next
 * time the identity is opened. Level 3 keeps password in a file of the owner's; other levels remove
 * that file. password: may be NULL but for 3. */
bool identity_set_level(
	const char *path, unsigned level, const struct pin *password, struct fail *fail);
bool identity_level(const char *path, unsigned *ret, struct fail *fail);

/* The site whose certificates are in it, or "none" once others have taken their place; noted beside
 * the module's files. ret: "" where nobody noted it and the name does not tell ("soft-ACCOUNT"). */
bool identity_set_site(const char *path, const char *site, struct fail *fail);
void identity_site(const char *path, char ret[IDENTITY_SITE_MAX]);

/* Give the directory another name, <its name>-old, which leaves everything in it as it is but for
 * its label and site: what comes after it can have its name. The caller frees *ret, the new path.
 */
bool identity_set_aside(const char *path, char **ret, struct fail *fail);

/* What the token is called from the next opening on; label: one line. */
bool identity_set_label(const char *path, const char *label, struct fail *fail);

/* Name of the PFX file that holds this certificate, which is not encrypted there. The caller frees
 * *ret. Errors: READ_BACK: none does. */
bool identity_file_of(
	const char *path, const uint8_t *der, size_t len, char **ret, struct fail *fail);

/* Give one file the name of another, which goes with what is in it. */
bool identity_replace(const char *path, const char *from, const char *to, struct fail *fail);

/* A copy of a file at target, for its owner only, on the disk when this returns. force: an existing
 * target is replaced. Errors: FILE_EXISTS. */
bool identity_copy(
	const char *path, const char *name, const char *target, bool force, struct fail *fail);

#endif
