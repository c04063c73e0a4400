/* SPDX-License-Identifier: Apache-2.0 */
/* The table of card versions (cardos-facts 1.1 and 1.4). */
#include "personality.h"

#include "card.h"

#include <string.h>

#define V4_TAIL "00000000010000000000000000000000"
#define V4_CHIP "00040020663F"
#define V4_SIZES                                                                                   \
	.data_field = 300, .eeprom = 32620, .rsa_min = 512, .rsa_max = 2048, .rsa_plain_max = 1024
#define V5_CHIP "0007005378003F05"
#define V5_SIZES .v5 = true, .eeprom = 74096, .rsa_min = 512, .rsa_max = 4096, .serial_tail = ""
#define V5_PACKAGE(version) "E10B530603041302" version "8F0101"

// clang-format off
static const struct vc_personality rows[] = {
	{ .name = "v4.2b", .atr = "3BF2180002C10A31FE58C80975", .version = 0xC809,
	  .text = "CardOS V4.2B (C) Siemens AG 1994-2005",
	  .serial_head = "33660045CBCBCBCB7BFF", .serial_tail = V4_TAIL,
	  .chip = V4_CHIP, .packages = "", V4_SIZES },
	/* The text is invented: no V4.2C card was ever shown in public. */
	{ .name = "v4.2c", .atr = "3BF2180002C10A31FE58C80B77", .version = 0xC80B,
	  .text = "CardOS V4.2C (C) Siemens AG 1994-2006",
	  .serial_head = "33660045CBCBCBCB7BFF", .serial_tail = V4_TAIL,
	  .chip = V4_CHIP, .packages = "", V4_SIZES },
	{ .name = "v4.3b", .atr = "3BF2180002C10A31FE58C80874", .version = 0xC808,
	  .text = "CardOS V4.3B (C) Siemens AG 1994-2004",
	  .serial_head = "33660040EBEBEBEB7BFF", .serial_tail = V4_TAIL,
	  .chip = V4_CHIP, .packages = "E10901040700C8088F0101", V4_SIZES },
	/* The text is invented: no V4.4 card was ever shown in public. */
	{ .name = "v4.4", .atr = "3BD21802C10A31FE58C80D51", .version = 0xC80D,
	  .text = "CardOS V4.4 (C) Siemens AG 1994-2010",
	  .serial_head = "33660040EBEBEBEB7BFF", .serial_tail = V4_TAIL,
	  .chip = V4_CHIP, .packages = "E10903040200C80D8F0101", V4_SIZES },
	{ .name = "v5.0", .atr = "3BD218008131FE58C90114", .version = 0xC901,
	  .text = "CardOS V5.0, 2012", .serial_head = "0202",
	  .chip = V5_CHIP, .packages = V5_PACKAGE("C901"),
	  .production = "CC78333A010001000E0000010B02" "00000000000000" "0000"
		"61753737FFFFFFFF78015140780516070000831205E755210201",
	  .data_field = 640, .ec_tail = 2, V5_SIZES },
	{ .name = "v5.3", .atr = "3BD218008131FE58C90316", .version = 0xC903,
	  .text = "CardOS V5.3, 2014", .serial_head = "0208",
	  .chip = V5_CHIP, .packages = "E10B530611040901C9038F0101" V5_PACKAGE("C903"),
	  .production = "CC7833CE010001000E0000010B02" "00000000000000" "0000"
		"61753830FFFFFFFF78015141780516070000831205E755210201",
	  .data_field = 640, V5_SIZES },
	{ .name = "v5.4", .atr = "3BD218008131FE58C90411", .version = 0xC904,
	  .text = "CardOS V5.4     2019", .serial_head = "0A00",
	  .chip = V5_CHIP, .packages = V5_PACKAGE("C904"),
	  .production = "CC78331303000100980000060C0A" "00000000000000" "0000"
		"6175383767FFFFFF7801518278051E070000833C05E7552D8601",
	  .data_field = 437, V5_SIZES },
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

void vc_personality_switches(const struct vc_personality *row, struct vc_switches *switches)
{
	vc_switches_default(switches, row->text);
	switches->value[VC_S_DATA_FIELD] = row->data_field;
	switches->value[VC_S_EEPROM] = row->eeprom;
	switches->value[VC_S_NO_PIN] = row->v5; /* seen: MSE answers 6982 there */
}

bool vc_tells_tries(const struct vcard *card)
{
	const struct vc_personality *row = card->personality;

	return row->v5 || (*row->packages && card->switches.value[VC_S_VERIFYRC] == 0);
}
