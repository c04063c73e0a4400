/* SPDX-License-Identifier: Apache-2.0 */
/* The table of card versions (cardos-facts 1.1 and 1.4). */
#include "personality.h"

#include <string.h>

// clang-format off
static const struct vc_personality rows[] = {
	{ .name = "v4.3b", .atr = "3BF2180002C10A31FE58C80874", .version = 0xC808,
	  .text = "CardOS V4.3B (C) Siemens AG 1994-2004",
	  .serial_head = "33660040EBEBEBEB7BFF", .serial_tail = "00000000010000000000000000000000",
	  .chip = "00040020663F", .verifyrc = "E10901040700C8088F0101",
	  .rsa_min = 512, .rsa_max = 2048, .rsa_plain_max = 1024 },
	/* The text is invented: no V4.4 card was ever shown in public. */
	{ .name = "v4.4", .atr = "3BD21802C10A31FE58C80D51", .version = 0xC80D,
	  .text = "CardOS V4.4 (C) Siemens AG 1994-2010",
	  .serial_head = "33660040EBEBEBEB7BFF", .serial_tail = "00000000010000000000000000000000",
	  .chip = "00040020663F", .verifyrc = "E10903040200C80D8F0101",
	  .rsa_min = 512, .rsa_max = 2048, .rsa_plain_max = 1024 },
};
// clang-format on

const struct vc_personality *vc_personality_at(size_t index)
{
	return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index] : NULL;
}

const struct vc_personality *vc_personality_find(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}
