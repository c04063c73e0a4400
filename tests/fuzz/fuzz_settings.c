/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that a person or a program may have written: the description of a card, and of a
 * software identity. What is understood of the second is written again, and means the same.
 *
 * Input: the text. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "scope.h"
#include "soft_conf.h"

static const uint8_t atr[] = { 0x3B, 0xD2, 0x18, 0x00, 0x81, 0x31, 0xFE, 0x58, 0xC9, 0x04, 0x11 };

static void must(bool true_here)
{
	if (!true_here)
		abort();
}

static void describe_card(const uint8_t *bytes, size_t len)
{
	char why[CARDOS_WHY_MAX] = "";
	struct layout *layout = NULL;
	enum cardos_err err = layout_parse((const char *)bytes, len, &layout, why);

	must(err != CARDOS_E_INPUT || (why[0] && memchr(why, 0, sizeof(why))));
	must((err == CARDOS_OK) == (layout != NULL));
	if (!layout)
		return;
	(void)layout_fits(layout, atr, sizeof(atr));
	must(layout->pin_count <= LAYOUT_PINS_MAX && layout->object_count <= LAYOUT_OBJECTS_MAX);
	(void)layout_free(layout);
}

static void describe_identity(const uint8_t *bytes, size_t len)
{
	CLEANUP(blob_clear) struct blob text = { 0 };
	CLEANUP(blob_clear) struct blob again = { 0 };
	struct soft_conf conf, same;

	must(blob_set(&text, bytes, len));
	soft_conf_parse(&text, &conf);
	must(soft_conf_format(&conf, &again));
	soft_conf_parse(&again, &same);
	must(conf.level == same.level && conf.old_ciphers == same.old_ciphers);
	must(strcmp(conf.label, same.label) == 0 && strcmp(conf.serial, same.serial) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	describe_card(bytes, len);
	describe_identity(bytes, len);
	return 0;
}
