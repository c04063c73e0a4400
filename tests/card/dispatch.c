/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands: class, instruction, ISO cases, phases, function. */
#include "apdu.h"
#include "commands.h"
#include "personality.h"

#define C1 1
#define C2 2
#define C3 4
#define C4 8
#define ALIVE false /* not in manufacturing */
#define ANY true
#define V4 1
#define V5 2
#define BOTH (V4 | V5)

static const struct row {
	uint8_t cla, ins, cases;
	bool any_phase;
	uint8_t families;
	vc_command *run;
} rows[] = {
	// clang-format off
	{ 0x00, 0x04, C1,           ALIVE, BOTH, vc_cmd_deactivate },
	{ 0x00, 0x20, C1 | C3,      ALIVE, BOTH, vc_cmd_verify },
	{ 0x00, 0x22, C1 | C3,      ALIVE, V4, vc_cmd_mse },
	{ 0x00, 0x22, C1 | C3,      ALIVE, V5, vc_cmd_mse5 },
	{ 0x00, 0x24, C3,           ALIVE, BOTH, vc_cmd_change },
	{ 0x00, 0x2A, C4,           ALIVE, V4, vc_cmd_pso },
	{ 0x00, 0x2A, C4,           ALIVE, V5, vc_cmd_pso5 },
	{ 0x00, 0x2C, C1 | C3,      ALIVE, BOTH, vc_cmd_reset_retry },
	{ 0x00, 0x44, C1,           ALIVE, BOTH, vc_cmd_activate },
	{ 0x00, 0x46, C3,           ALIVE, V4, vc_cmd_generate },
	{ 0x00, 0x47, C3 | C4,      ALIVE, V5, vc_cmd_generate5 },
	{ 0x00, 0x82, C3,           ALIVE, V4, vc_cmd_external_auth },
	{ 0x00, 0x84, C2,           ALIVE, BOTH, vc_cmd_challenge },
	{ 0x00, 0xA4, C1|C2|C3|C4,  ALIVE, BOTH, vc_cmd_select },
	{ 0x00, 0xB0, C2,           ALIVE, BOTH, vc_cmd_read_binary },
	{ 0x00, 0xB2, C2,           ALIVE, BOTH, vc_cmd_read_record },
	{ 0x00, 0xC0, C2,           ANY,   BOTH, vc_cmd_get_response },
	{ 0x00, 0xCA, C2,           ANY,   BOTH, vc_cmd_get_data },
	{ 0x00, 0xD0, C3,           ALIVE, BOTH, vc_cmd_update_binary },
	{ 0x00, 0xD6, C3,           ALIVE, BOTH, vc_cmd_update_binary },
	{ 0x00, 0xDA, C3,           ALIVE, V4, vc_cmd_put_data },
	{ 0x00, 0xDA, C3,           ALIVE, V5, vc_cmd_put_data5 },
	{ 0x00, 0xDC, C3,           ALIVE, BOTH, vc_cmd_update_record },
	{ 0x00, 0xE0, C3,           ALIVE, BOTH, vc_cmd_create },
	{ 0x00, 0xE2, C3,           ALIVE, BOTH, vc_cmd_append_record },
	{ 0x00, 0xE4, C1 | C3,      ALIVE, BOTH, vc_cmd_delete },
	{ 0x80, 0x10, C1,           ALIVE, BOTH, vc_cmd_phase_control },
	{ 0x80, 0x16, C2,           ALIVE, BOTH, vc_cmd_directory },
	{ 0x80, 0x18, C1,           ALIVE, V5, vc_cmd_set_data_field5 },
	{ 0x80, 0x86, C3,           ALIVE, BOTH, vc_cmd_give_random },
	{ 0x80, 0xE0, C4,           ALIVE, V5, vc_cmd_accumulate5 },
	{ 0x80, 0xEA, C1,           ALIVE, BOTH, vc_cmd_logout },
	{ 0x84, 0x06, C3,           ANY,   V4, vc_cmd_erase_files },
	{ 0x84, 0x40, C3,           ANY,   V4, vc_cmd_format },
	{ 0x90, 0xE4, C1,           ALIVE, V5, vc_cmd_delete_key5 },
	// clang-format on
};

static const struct row *find(uint8_t cla, uint8_t ins, unsigned family)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].cla == cla && rows[i].ins == ins && rows[i].families & family)
			return &rows[i];
	}
	return NULL;
}

static bool class_known(uint8_t cla, unsigned family)
{
	return cla == 0x00 || cla == 0x80 || cla == 0x84 || (cla == 0x90 && family == V5);
}

enum vc_sw vc_dispatch(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	unsigned family = card->personality->v5 ? V5 : V4;
	const struct row *row = find(apdu->cla, apdu->ins, family);
	unsigned form = apdu->lc ? (apdu->ne ? C4 : C3) : (apdu->ne ? C2 : C1);

	if (!class_known(apdu->cla, family))
		return apdu->cla & 0x03 && !(apdu->cla & 0xFC) ? SW_CHANNEL : SW_CLA;
	if (!row || (!row->any_phase && card->phase == VC_MANUFACTURING))
		return SW_INS;
	if (!(row->cases & form))
		return SW_LENGTH;
	return row->run(card, apdu, out);
}
