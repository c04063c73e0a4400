/* SPDX-License-Identifier: Apache-2.0 */
/* Scope ends that release things: CLEANUP() variables and TAKE(). */
#ifndef PKCS11_SCOPE_H
#define PKCS11_SCOPE_H

#include <stddef.h>

/* CLEANUP(free_p) char *label = NULL; calls free_p(&label) when the scope ends. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* The value of a CLEANUP variable, which becomes NULL: ownership is handed on. */
#define TAKE(pointer)                                                                              \
	__extension__({                                                                            \
		__typeof__(pointer) *take_from_ = &(pointer);                                      \
		__typeof__(pointer) taken_ = *take_from_;                                          \
		*take_from_ = NULL;                                                                \
		taken_;                                                                            \
	})

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* free(*(void **)pointer), for CLEANUP on any pointer that free() releases. */
void free_p(void *pointer);

#endif
