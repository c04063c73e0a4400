/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP without a network: takes the place of http.c and answers what the test says. */
#ifndef TWCA_TEST_WIRE_H
#define TWCA_TEST_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct fail;
struct ra;
struct ra_site;

#define WIRE_ANSWERS 16

/* One answer; the answers are given in their order, the last one again and again. */
struct wire_answer {
	long status; /* 0: the connection fails */
	const char *type, *body;
	long retry_after;
};

extern struct wire {
	struct wire_answer answers[WIRE_ANSWERS];
	size_t count, sent;
	char method[8], url[512], key[64], bearer[64], body[4096]; /* of the last request */
} wire;

/* Forget everything and answer this from now on. */
void wire_begin(const struct wire_answer *answers, size_t count);

/* An RA whose directory has been read. */
struct ra *wire_ra(struct ra_site *site);
const char *wire_directory(void);

/* document with the member at path ("a/0/b") replaced by value (JSON text), or removed (NULL). The
 * caller frees. */
char *wire_change(const char *document, const char *path, const char *value);

/* Breaks document at each of its members in every way and hands it to try, one after the other:
 * neither a crash nor a failure without a code. Returns how often try succeeded. */
unsigned wire_break_all(const char *document, bool (*try)(const char *document, struct fail *fail),
	unsigned *ret_tried);

#endif
