/* SPDX-License-Identifier: Apache-2.0 */
/* The PKCS#15 application of one card as the p15_*.c files and the door know it. */
#ifndef CARDOS_P15_INTERNAL_H
#define CARDOS_P15_INTERNAL_H

#include "buf.h"
#include "cos_card.h"
#include "cos_file.h"
#include "cos_key.h"
#include "cos_pin.h"
#include "layout.h"
#include "p15_asn1.h"

#define P15_OBJECTS_MAX 256 /* entries of all directory files */
#define P15_PINS_MAX 16
#define P15_DFS_MAX 12   /* directory files an ODF may name here */
#define P15_DIR_MAX 8192 /* bytes of a directory file */

#define P15_FID_ODF 0x5031
#define P15_FID_TOKEN 0x5032
#define P15_FID_PROFILE 0x4946
#define P15_FID_DIR 0x2F00
#define P15_FID_APP 0x5015
#define P15_FID_KEYGEN 0x7EAD

/* An entry as it stands on the card. The entries of a directory file follow each other in the list
 * in the order of the file. */
struct p15_object {
	unsigned file; /* index into p15.files */
	uint8_t *der;  /* owned */
	size_t der_len;
	uint32_t number;
	bool shown; /* false: an entry this room cannot use, kept as it is */
	struct p15_entry entry;
	bool value_known;
	struct buf value;
};

struct p15_file {
	enum p15_df df;
	struct cos_path path;
	bool read;
	bool records; /* an entry each, in a file that is not transparent */
	size_t used;  /* bytes of its entries */
	size_t size;  /* of the file; 0: not asked yet */
};

enum p15_state {
	P15_UNREAD,
	P15_BLANK,
	P15_READY
};

struct p15_cache;

struct p15 {
	struct cos_card *cos;         /* borrowed */
	struct p15_cache *cache;      /* borrowed; NULL: nothing is kept between processes */
	const bool *verified;         /* borrowed: may the card show now what is not public? */
	const struct layout *layouts; /* borrowed; for a card without PKCS#15 */
	bool from_cache; /* a directory was not read from the card: nothing is written by it */
	bool uncached;   /* the cache is neither asked nor filled */
	bool described;  /* read from one of them: not PKCS#15, and not ours to write */
	enum p15_state state;
	struct cos_path app;
	struct p15_token token;
	size_t token_len; /* bytes of TokenInfo on the card */
	struct buf token_raw;
	struct buf odf_raw;
	size_t odf_used;
	bool odf_records; /* the ODF is a file of records, and cannot be changed here */
	bool records;     /* so was the file read last */
	struct p15_file files[P15_DFS_MAX];
	unsigned file_count;
	struct p15_pin pins[P15_PINS_MAX];
	unsigned pin_count;
	struct p15_object *objects[P15_OBJECTS_MAX]; /* owned */
	unsigned object_count;
	bool objects_read;
	uint32_t last_number;
	uint16_t children[COS_CHILDREN_MAX]; /* of app, in this transaction */
	size_t child_count;
	bool children_known;
	bool no_directory;   /* the card's DIRECTORY is of no use: look with SELECT */
	unsigned generation; /* counts changes of objects and token */
};

#endif
