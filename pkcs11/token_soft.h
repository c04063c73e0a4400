/* SPDX-License-Identifier: Apache-2.0 */
/* The software identities below $XDG_DATA_HOME/twca/ as a source of tokens. */
#ifndef PKCS11_TOKEN_SOFT_H
#define PKCS11_TOKEN_SOFT_H

#include "token.h"

extern const struct token_source_ops token_soft_source;

/* The token in the directory path. Used by the source, and by tests. */
CK_RV token_soft_open(const char *path, const char *name, struct token **ret_token);

#endif
