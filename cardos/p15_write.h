/* SPDX-License-Identifier: Apache-2.0 */
/* Ordered changes of directory files. Whatever command is the last that reaches the card, and if
 * its bytes are written in half, every older entry still parses, and what was left over is found
 * again by the next write:
 *  - an entry is appended behind its first byte first; that byte, until then 00, comes last;
 *  - the last entry of a file is removed by making its first byte 00;
 *  - any other change writes a second file and then turns one byte of the ODF;
 *  - files are written before an entry names them, and deleted after. */
#ifndef CARDOS_P15_WRITE_H
#define CARDOS_P15_WRITE_H

#include "p15_internal.h"

struct secret;

#define P15_USER_REFERENCE 0x01 /* of the one-PIN layout; the PUK follows */
#define P15_PUK_REFERENCE 0x02
#define P15_PIN_MIN 4
#define P15_PUK_MIN 4
#define P15_PIN_STORED 8
#define P15_USER_TRIES 3
#define P15_PUK_TRIES 10

enum p15_store {
	P15_STORE_PUBLIC_KEY = 0x3000, /* the first file id of each kind */
	P15_STORE_CERTIFICATE = 0x3100,
	P15_STORE_DATA = 0x3300,
	P15_STORE_PRIVATE_DATA = 0x3400,
};

/* Before the first change of a transaction: everything read, DIRECTORY known. */
enum cardos_err p15_prepare(struct p15 *p15);

/* The same with p15_touch(), which must come before the change itself. */
enum cardos_err p15_begin_change(struct p15 *p15);

/* Is there a child of the application's DF? */
enum cardos_err p15_child_exists(struct p15 *p15, uint16_t fid, bool *ret_exists);
/* Delete it if it is there. */
enum cardos_err p15_clear_child(struct p15 *p15, uint16_t fid);
/* Create (after clearing what an interrupted write left), fill. */
enum cardos_err p15_create_child(
	struct p15 *p15, const struct cos_file_new *file, const uint8_t *bytes, size_t len);

/* A file of its own for a value; its id is the lowest that no entry names. */
enum cardos_err p15_store_value(struct p15 *p15, enum p15_store kind, const uint8_t *bytes,
	size_t len, struct cos_path *ret_path);

/* p15_directory.c: */
enum cardos_err p15_append(
	struct p15 *p15, enum p15_df df, const struct buf *der, uint32_t *ret_number);
enum cardos_err p15_replace(struct p15 *p15, struct p15_object *object, const struct buf *der);
/* object is gone afterwards. */
enum cardos_err p15_remove(struct p15 *p15, struct p15_object *object);

/* A new lastUpdate in TokenInfo, the mark of a change; always another than before. Given before
 * the first change: whatever comes of that, nobody takes the card for what it was. */
enum cardos_err p15_touch(struct p15 *p15);
void p15_now(char *ret_time); /* P15_TIME_LEN + 1 bytes */

/* Reference of the PIN that guards directory files (SO) or the user's objects. 0: none. */
uint8_t p15_guard(const struct p15 *p15, enum cardos_pin_role role);

/* p15_init.c: */
/* A wrong PUK of what is there: *ret_tries_left as cos_pin_verify() sets it. */
enum cardos_err p15_format(
	struct p15 *p15, const char *label, const struct secret *puk, int *ret_tries_left);
/* Random digits: a PIN nobody knows. */
enum cardos_err p15_random_pin(size_t len, struct secret **ret_value);
enum cardos_err p15_erase(struct p15 *p15);
enum cardos_err p15_create_user_pin(struct p15 *p15, const struct cos_pin *puk_pin,
	const struct secret *puk, const struct secret *new_pin, int *ret_tries_left);

#endif
