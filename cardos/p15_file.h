/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the files of PKCS#15, lengths before contents. */
#ifndef CARDOS_P15_FILE_H
#define CARDOS_P15_FILE_H

#include "p15_internal.h"

/* One READ of the selected file, behind what buf has. A card that refuses a length beyond the end
 * is asked for the file's size, once. *size: 0 until then. */
enum cardos_err p15_read_some(struct p15 *p15, const struct cos_path *path, size_t len,
	size_t *size, struct buf *buf, size_t *ret_len);

/* All entries of a directory file. buf: limit P15_DIR_MAX. first: bytes to ask for at first.
 * *ret_used: bytes of whole entries. Sets p15->records. */
enum cardos_err p15_read_entries(struct p15 *p15, const struct cos_path *path, size_t first,
	struct buf *buf, size_t *ret_used);

#endif
