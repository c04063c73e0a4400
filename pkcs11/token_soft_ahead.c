/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: what its calls put off. */
#include "token_soft_internal.h"

#include <stdlib.h>

#include "soft_slow.h"

struct soft_ahead {
	struct token_ahead base; /* first */
	struct soft_slow *slow;
};

static struct soft_ahead *ahead_of(struct token_ahead *base)
{
	return (struct soft_ahead *)(void *)base;
}

static void compute(struct token_ahead *base)
{
	soft_slow_compute(ahead_of(base)->slow);
}

static void free_ahead(struct token_ahead *base)
{
	soft_slow_free(ahead_of(base)->slow);
	free(base);
}

struct token_ahead *soft_ahead(struct token *token)
{
	struct soft_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	ahead->base = (struct token_ahead){ compute, free_ahead };
	ahead->slow = soft_slow_new(soft_of(token)->store->crypto);
	if (ahead->slow)
		return &ahead->base;
	free(ahead);
	return NULL;
}

void soft_at_hand(struct token *token, struct token_ahead *base)
{
	soft_of(token)->store->slow = base ? ahead_of(base)->slow : NULL;
}
