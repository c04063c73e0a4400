/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens come from readers alone. */
#include "pkcs11/token.h"

#include "pkcs11/token_card.h"

const struct token_source_ops *const token_sources[] = { &token_card_source, NULL };
