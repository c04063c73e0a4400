/* SPDX-License-Identifier: Apache-2.0 */
/* PINs and passwords: memory that is locked, left out of dumps and wiped, and where they come from
 * when no person types them. */
#ifndef TWCA_TOOLS_PIN_H
#define TWCA_TOOLS_PIN_H

#include <stdbool.h>
#include <stddef.h>

#define PIN_MAX 256 /* bytes */

struct fail;
struct pin;

/* Prepare the locked memory; once, before threads. Works (unlocked) where the system refuses. */
void pin_memory_init(void);

/* PIN_MAX zero bytes, length 0. NULL: no memory. */
struct pin *pin_new(void);

/* A second copy. NULL: no memory. */
struct pin *pin_copy(const struct pin *pin);

/* Wipes and frees; NULL is fine; returns NULL. */
struct pin *pin_free(struct pin *pin);
void pin_free_p(struct pin **pin);

/* Borrowed until pin_free(); always followed by a NUL. */
const char *pin_text(const struct pin *pin);
size_t pin_len(const struct pin *pin);

/* The PIN_MAX + 1 bytes to be filled, then told by pin_filled(). */
char *pin_buffer(struct pin *pin);
void pin_filled(struct pin *pin, size_t len);

/* In constant time for equal lengths. */
bool pin_equal(const struct pin *a, const struct pin *b);

/* The first line of file:PATH, fd:NUMBER, env:NAME or - (standard input). A variable is removed
 * from the environment, so that no child process inherits it. PATH must be a regular file, no
 * symbolic link is followed in its last part. Errors: USAGE (unknown form), SYSTEM, INPUT_NEEDED
 * (empty). */
bool pin_from_source(const char *source, struct pin **ret, struct fail *fail);

#endif
