/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates that are on this computer: on cards in readers and in software identities. */
#ifndef TWCA_TOOLS_LOCAL_H
#define TWCA_TOOLS_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "p11.h"

struct fail;
struct tool;

#define LOCAL_ID_MAX 64
#define LOCAL_LABEL_MAX 129

struct local_cert {
	struct p11_token token;
	uint8_t id[LOCAL_ID_MAX]; /* CKA_ID, which key and certificate share */
	size_t id_len;
	char label[LOCAL_LABEL_MAX]; /* "": none, or it is longer */
	struct chain_cert cert;
	struct chain_text text;
	char cn[129]; /* "" : none */
	/* of a software identity: where its files are, and how often it asks for its password */
	char directory[256]; /* "" : this is a card */
	unsigned long level; /* 1 to 3; 0: not told */
};

struct local_certs {
	struct local_cert *items;
	size_t count;
};

/* All that are no CA's, without any login. What cannot be read is left out. Loads the module if
 * needed. Errors: MODULE, NO_SERVICE, MEMORY. */
bool local_find(struct tool *tool, struct local_certs *ret, struct fail *fail);
void local_clear(struct local_certs *certs);

/* NULL: that certificate is not here. sha256: lower-case hexadecimal. */
const struct local_cert *local_by_hash(const struct local_certs *certs, const char *sha256);

#endif
