/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound clean-up for the tools: CLEANUP(function) variable, TAKE(variable). */
#ifndef TWCA_TOOLS_SCOPE_H
#define TWCA_TOOLS_SCOPE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Hand a pointer on: its value, and the variable is NULL afterwards. */
#define TAKE(variable)                                                                             \
	__extension__({                                                                            \
		__typeof__(variable) taken_ = (variable);                                          \
		(variable) = NULL;                                                                 \
		taken_;                                                                            \
	})

static inline void free_p(void *pointer)
{
	free(*(void **)pointer);
	*(void **)pointer = NULL;
}

static inline void fclose_p(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}

static inline void close_p(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

#endif
