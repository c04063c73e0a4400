/* SPDX-License-Identifier: Apache-2.0 */
/* Scope ends do the releasing: the attribute and what goes with it. */
#ifndef CARDOS_CLEANUP_H
#define CARDOS_CLEANUP_H

#include <stdlib.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Hand a pointer on: the value, and NULL stays behind. */
#define TAKE(pointer)                                                                              \
	__extension__({                                                                            \
		__typeof__(pointer) taken_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		taken_;                                                                            \
	})

/* For every "void *" like variable: CLEANUP(free_p) char *label = NULL; */
static inline void free_p(void *pointer)
{
	free(*(void **)pointer);
}

#endif
