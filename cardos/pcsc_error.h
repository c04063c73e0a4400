/* SPDX-License-Identifier: Apache-2.0 */
/* The border between PC/SC codes and enum cardos_err. */
#ifndef CARDOS_PCSC_ERROR_H
#define CARDOS_PCSC_ERROR_H

#include "error.h"

enum cardos_err pcsc_error(long code);

#endif
