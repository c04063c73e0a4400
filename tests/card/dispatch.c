/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands: class, instruction, ISO cases, phases, function. */
#include "apdu.h"
#include "commands.h"

#define C1 1
#define C2 2
#define C3 4
#define C4 8
#define ALIVE false /* not in manufacturing */
#define ANY true

static const struct row {
	uint8_t cla, ins, cases;
	bool any_phase;
	vc_command *run;
} rows[] = {
	// clang-format off
	{ 0x00, 0x04, C1,           ALIVE, vc_cmd_deactivate },
	{ 0x00, 0x20, C1 | C3,      ALIVE, vc_cmd_verify },
	{ 0x00, 0x22, C1 | C3,      ALIVE, vc_cmd_mse },
	{ 0x00, 0x24, C3,           ALIVE, vc_cmd_change },
	{ 0x00, 0x2A, C4,           ALIVE, vc_cmd_pso },
	{ 0x00, 0x2C, C1 | C3,      ALIVE, vc_cmd_reset_retry },
	{ 0x00, 0x44, C1,           ALIVE, vc_cmd_activate },
	{ 0x00, 0x46, C3,           ALIVE, vc_cmd_generate },
	{ 0x00, 0x82, C3,           ALIVE, vc_cmd_external_auth },
	{ 0x00, 0x84, C2,           ALIVE, vc_cmd_challenge },
	{ 0x00, 0xA4, C1|C2|C3|C4,  ALIVE, vc_cmd_select },
	{ 0x00, 0xB0, C2,           ALIVE, vc_cmd_read_binary },
	{ 0x00, 0xB2, C2,           ALIVE, vc_cmd_read_record },
	{ 0x00, 0xC0, C2,           ANY,   vc_cmd_get_response },
	{ 0x00, 0xCA, C2,           ANY,   vc_cmd_get_data },
	{ 0x00, 0xD0, C3,           ALIVE, vc_cmd_update_binary },
	{ 0x00, 0xD6, C3,           ALIVE, vc_cmd_update_binary },
	{ 0x00, 0xDA, C3,           ALIVE, vc_cmd_put_data },
	{ 0x00, 0xDC, C3,           ALIVE, vc_cmd_update_record },
	{ 0x00, 0xE0, C3,           ALIVE, vc_cmd_create },
	{ 0x00, 0xE2, C3,           ALIVE, vc_cmd_append_record },
	{ 0x00, 0xE4, C1 | C3,      ALIVE, vc_cmd_delete },
	{ 0x80, 0x10, C1,           ALIVE, vc_cmd_phase_control },
	{ 0x80, 0x16, C2,           ALIVE, vc_cmd_directory },
	{ 0x80, 0x86, C3,           ALIVE, vc_cmd_give_random },
	{ 0x80, 0xEA, C1,           ALIVE, vc_cmd_logout },
	{ 0x84, 0x06, C3,           ANY,   vc_cmd_erase_files },
	{ 0x84, 0x40, C3,           ANY,   vc_cmd_format },
	// clang-format on
};

static const struct row *find(uint8_t cla, uint8_t ins)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].cla == cla && rows[i].ins == ins)
			return &rows[i];
	}
	return NULL;
}

bool vc_dispatch_knows(uint8_t cla, uint8_t ins)
{
	return find(cla, ins);
}

enum vc_sw vc_dispatch(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	const struct row *row = find(apdu->cla, apdu->ins);
	unsigned form = apdu->lc ? (apdu->ne ? C4 : C3) : (apdu->ne ? C2 : C1);

	if (apdu->cla != 0x00 && apdu->cla != 0x80 && apdu->cla != 0x84)
		return apdu->cla & 0x03 && !(apdu->cla & 0xFC) ? SW_CHANNEL : SW_CLA;
	if (!row || (!row->any_phase && card->phase == VC_MANUFACTURING))
		return SW_INS;
	if (!(row->cases & form))
		return SW_LENGTH;
	return row->run(card, apdu, out);
}
