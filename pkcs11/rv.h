/* SPDX-License-Identifier: Apache-2.0 */
/* The error border between cardos/ and PKCS#11: the one place that knows both. */
#ifndef PKCS11_RV_H
#define PKCS11_RV_H

#include "ck.h"

#include "cardos/error.h"

CK_RV rv_from_card(enum cardos_err err);

#endif
