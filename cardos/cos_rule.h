/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules of V5, written from what V4 has in their place: a byte for each right, 00
 * always, FF never, else the id of a PIN. */
#ifndef CARDOS_COS_RULE_H
#define CARDOS_COS_RULE_H

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

#define COS_RULE_ALWAYS 0x00
#define COS_RULE_NEVER 0xFF

/* The template AB for a DF or an EF. ac: ISO_FCP_AC_MAX bytes. Everybody may change the phase of a
 * DF and accumulate an object there; what the bytes do not name nobody may. */
void cos_rule_put_file(struct buf *buf, const uint8_t *ac, bool df);

struct cos_rule {
	uint8_t mode; /* mode bits */
	uint8_t who;
};
/* The template AB of an object. export: everybody may read its public half. */
void cos_rule_put_object(struct buf *buf, const struct cos_rule *rules, size_t count, bool export);

#endif
