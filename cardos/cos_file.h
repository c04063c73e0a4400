/* SPDX-License-Identifier: Apache-2.0 */
/* Files: SELECT, READ, UPDATE, CREATE, DELETE, DIRECTORY. Never selects what is selected. */
#ifndef CARDOS_COS_FILE_H
#define CARDOS_COS_FILE_H

#include "buf.h"
#include "error.h"
#include "iso_fcp.h"

struct cos_card;

#define COS_PATH_MAX 16
#define COS_FILE_MAX 0x7FFF /* bytes of a file this room reads at most */
#define COS_CHILDREN_MAX 128

/* A path from the MF, without 3F00; len 0 is the MF. */
struct cos_path {
	uint8_t bytes[COS_PATH_MAX];
	size_t len; /* even */
};

/* From the bytes of a PKCS#15 path (3F00 in front or not). false: too long or odd. */
bool cos_path_set(struct cos_path *path, const uint8_t *bytes, size_t len);
bool cos_path_equal(const struct cos_path *a, const struct cos_path *b);
struct cos_path cos_path_child(const struct cos_path *df, uint16_t fid);
uint16_t cos_path_fid(const struct cos_path *path); /* the last file id; 3F00 for the MF */
struct cos_path cos_path_parent(const struct cos_path *path);

enum cardos_err cos_select_df(struct cos_card *card, const struct cos_path *path);
enum cardos_err cos_select_ef(struct cos_card *card, const struct cos_path *path);
/* An application by its name; what is selected then is not known. */
enum cardos_err cos_select_aid(struct cos_card *card, const uint8_t *aid, size_t len);
/* Either kind, also when selected already, with its control parameters. */
enum cardos_err cos_select_fcp(
	struct cos_card *card, const struct cos_path *path, struct iso_fcp *ret_fcp);

/* Bytes of the selected EF from offset, one command: at most len, at most what one answer carries;
 * appended to buf. *ret_len 0: the file ends here. */
enum cardos_err cos_read(
	struct cos_card *card, size_t offset, size_t len, struct buf *buf, size_t *ret_len);
/* Record 1.. of the selected EF. NOT_FOUND: no such record. */
enum cardos_err cos_read_record(struct cos_card *card, uint8_t number, struct buf *buf);
enum cardos_err cos_update(struct cos_card *card, size_t offset, const uint8_t *bytes, size_t len);

/* Bytes one answer carries. */
size_t cos_read_max(const struct cos_card *card);

struct cos_file_new {
	uint16_t fid;
	uint16_t size;
	uint8_t kind;       /* enum iso_file_kind */
	const uint8_t *aid; /* DF */
	size_t aid_len;
	const uint8_t *ac; /* ISO_FCP_AC_MAX bytes, as V4 has them: 00, FF or the id of a PIN */
	const uint8_t
		*rules; /* instead of ac, where a card has rules; as struct iso_fcp has them */
	size_t rules_len;
};

/* In parent, which is selected if it is not. Asks for administration first. Afterwards nothing is
 * known to be selected, except that an EF leaves the current DF. */
enum cardos_err cos_create(
	struct cos_card *card, const struct cos_path *parent, const struct cos_file_new *file);
enum cardos_err cos_delete(struct cos_card *card, const struct cos_path *path);
/* A DF, whose right to go may depend on a PIN inside it. */
enum cardos_err cos_delete_df(struct cos_card *card, const struct cos_path *path);

/* File ids of the children of df, in order of creation. */
enum cardos_err cos_directory(
	struct cos_card *card, const struct cos_path *df, uint16_t *ret_fids, size_t *ret_count);

#endif
