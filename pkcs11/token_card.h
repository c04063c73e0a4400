/* SPDX-License-Identifier: Apache-2.0 */
/* The card readers as a source of tokens. */
#ifndef PKCS11_TOKEN_CARD_H
#define PKCS11_TOKEN_CARD_H

#include "token.h"

extern const struct token_source_ops token_card_source;

/* The card in this reader. Used by the source. */
CK_RV token_card_open(const char *reader, struct token **ret_token);

#endif
