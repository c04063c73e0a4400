/* SPDX-License-Identifier: Apache-2.0 */
/* A command as bytes: ISO/IEC 7816-3 cases 1 to 4, short and extended. */
#ifndef CARDOS_ISO_APDU_H
#define CARDOS_ISO_APDU_H

#include "iso_cmd.h"

#include <stdbool.h>

#define ISO_APDU_MAX 1536  /* bytes of the longest command any CardOS takes, with room */
#define ISO_REPLY_MAX 1536 /* likewise of an answer with its status word */

/* Does the command need the extended form? */
bool iso_apdu_is_long(const struct iso_cmd *cmd);

/* Write cmd to out. 0: it does not fit (cap, or the short form cannot say it). */
size_t iso_apdu_encode(const struct iso_cmd *cmd, bool extended, uint8_t *out, size_t cap);

#endif
