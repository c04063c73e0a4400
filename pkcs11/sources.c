/* SPDX-License-Identifier: Apache-2.0 */
/* Where the tokens of this module come from. */
#include "token.h"

#include "token_card.h"
#include "token_soft.h"

const struct token_source_ops *const token_sources[] = { &token_card_source, &token_soft_source,
	NULL };
