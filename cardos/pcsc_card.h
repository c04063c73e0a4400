/* SPDX-License-Identifier: Apache-2.0 */
/* A card in a reader of PC/SC, as a transport. Each has its own PC/SC context, so that cards work
 * in parallel. */
#ifndef CARDOS_PCSC_CARD_H
#define CARDOS_PCSC_CARD_H

#include "error.h"

struct transport;

/* Shared connection. Errors: as cardos_card_open(), without NOT_OURS. The caller frees the
 * transport with its ops->free(). */
enum cardos_err pcsc_card_open(const char *reader, struct transport **ret_transport);

#endif
