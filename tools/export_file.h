/* SPDX-License-Identifier: Apache-2.0 */
/* PFX files: reading and writing them whole. Its source is the only user of pkcs11/soft_move.h. */
#ifndef TWCA_TOOLS_EXPORT_FILE_H
#define TWCA_TOOLS_EXPORT_FILE_H

#include <stdbool.h>

struct export;
struct export_bytes;
struct fail;
struct pin;
struct soft_move;

/* Write a file as a whole, mode 0600, and have it on the disk. Errors: FILE_EXISTS, SYSTEM. */
bool export_file_write(
	const char *path, const struct export_bytes *bytes, bool replace, struct fail *fail);

/* Errors: FILE_PASSWORD, FILE_DAMAGED, FILE_OLD_CIPHER, SYSTEM. */
bool export_move_open(const char *path, const struct pin *password, bool old_ciphers,
	struct soft_move **ret, struct fail *fail);
bool export_move_take(const char *directory, const struct pin *password, struct soft_move **ret,
	struct fail *fail);
void export_move_free_p(struct soft_move **move);
bool export_move_pack(const struct soft_move *move, const struct pin *password,
	struct export_bytes *ret, struct fail *fail);

/* A new identity below the person's folder, under export->pin. Errors: FILE_EXISTS (and no
 * --force), FILE_NAME, SYSTEM. */
bool export_move_put(const struct export *export, const struct soft_move *move, const char *name,
	struct fail *fail);
/* Only the key of the host's certificate, itself and the chain. */
bool export_move_keep(const struct export *export, struct soft_move *move, struct fail *fail);
bool export_move_label(struct soft_move *move, const char *label, struct fail *fail);

/* export->own and export->was_weak from what is in it. */
bool export_move_describe(struct export *export, const struct soft_move *move, struct fail *fail);

#endif
