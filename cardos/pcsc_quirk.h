/* SPDX-License-Identifier: Apache-2.0 */
/* Readers that do less than they say: by a part of their name, as pcscd shows it. */
#ifndef CARDOS_PCSC_QUIRK_H
#define CARDOS_PCSC_QUIRK_H

#include <stddef.h>

enum pcsc_quirk {
	PCSC_SHORT_ONLY = 1u << 0, /* an extended APDU is not passed on, or hangs the reader */
};

struct pcsc_quirk_row {
	const char *part; /* of the name */
	unsigned quirks;
};

/* Sorted, without doubles. */
const struct pcsc_quirk_row *pcsc_quirk_rows(size_t *ret_count);

/* Of all rows whose part the name has. */
unsigned pcsc_quirks(const char *reader);

#endif
