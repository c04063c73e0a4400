/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens in card readers: fills struct token_ops from cardos/. */
#ifndef PKCS11_TOKEN_CARD_H
#define PKCS11_TOKEN_CARD_H

#include "token.h"

extern const struct token_source_ops token_card_source;

#endif
