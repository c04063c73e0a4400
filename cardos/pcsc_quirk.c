/* SPDX-License-Identifier: Apache-2.0 */
/* The table of readers that do less than they say. */
#include "pcsc_quirk.h"

#include <string.h>

// clang-format off
static const struct pcsc_quirk_row rows[] = {
	/* acsccid #15, #19, #42, OpenSC #1473: the APDU is lost, and the application hangs */
	{ "ACR38", PCSC_SHORT_ONLY },
};
// clang-format on

const struct pcsc_quirk_row *pcsc_quirk_rows(size_t *ret_count)
{
	*ret_count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

unsigned pcsc_quirks(const char *reader)
{
	unsigned quirks = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strstr(reader, rows[i].part))
			quirks |= rows[i].quirks;
	}
	return quirks;
}
