/* SPDX-License-Identifier: Apache-2.0 */
/* CREATE, DELETE, ACTIVATE, DEACTIVATE and PHASE CONTROL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#define EF(id, ac) "00E000001B 6219 80020010 820101 8302" id " 850100 8609" ac

static void create_checks_template_id_condition_and_room(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, EF("4401", "[00*9]"), "9000");
	kit_expect(card, EF("4401", "[00*9]"), "6A89");
	kit_expect(card, EF("3F00", "[00*9]"), "6A80");
	kit_expect(card, "00E0000003 620380", "6A85");
	kit_expect(card, "00E0000003 620180", "6A85");
	kit_expect(card, "00E0000006 6F048002 0010", "6A80");
	kit_expect(card, "00E0010002 6200", "6A86");
	kit_expect(card, "00E000001B 6219 8002FFFF 820101 83024402 850100 8609[00*9]", "6A84");
	kit_expect(card,
		"00E0000023 6221 81020100 820138 83025015 8406A00000000001 850100"
		"8609[00*7]FF00",
		"9000");
	kit_expect(card, EF("4403", "[00*9]"), "6982");
	vcard_free(card);
}

static void the_memory_that_is_left_is_counted(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "eeprom=5000 df-memory=fixed");

	(void)state;
	kit_expect(card, "00E000001B 6219 80021000 820101 83024401 850100 8609[00*9]", "6A84");
	kit_expect(card, "00E000001B 6219 80020F00 820101 83024401 850100 8609[00*9]", "9000");
	kit_expect(card, "00CA018500", "00E0 9000");
	kit_expect(card, "00E4000002 4401", "9000");
	kit_expect(card, "00CA018500", "1000 9000");
	vcard_free(card);
}

static void delete_asks_the_files_own_condition(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, EF("4401", "000000000001000000"), "9000");
	kit_expect(card, "00E4000002 4401", "6982");
	kit_expect(card, "00E4000002 4402", "6A82");
	kit_expect(card, "00E4000001 44", "6700");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00E40000", "9000");
	kit_expect(card, "00B0000000", "6986");
	kit_expect(card, "00A4080C0450154401", "6A82");
	kit_expect(card, "00A4000C", "9000");
	kit_expect(card, "00E40000", "6982");
	vcard_free(card);
}

static void a_df_goes_with_its_tree_or_not_at_all(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "delete-df=refuse");

	(void)state;
	kit_expect(card, EF("4401", "[00*9]"), "9000");
	kit_expect(card, "00A4000C", "9000");
	kit_expect(card, "00E4000002 5015", "6985");
	vcard_free(card);
	card = kit_pin_card("v4.4", NULL);
	kit_expect(card, EF("4401", "[00*9]"), "9000");
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "00E40000", "9000");
	kit_expect(card, "00CA018700", "9000");
	kit_expect(card, "00A4080C025015", "6A82");
	vcard_free(card);
}

static void a_deactivated_file_is_not_read(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, EF("4401", "0000000001 00000000"), "9000");
	kit_expect(card, "00040000", "9000");
	kit_expect(card, "00B0000000", "6283");
	kit_expect(card, "00440000", "6982");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00440000", "9000");
	kit_expect(card, "00B0000000", "[00*16] 9000");
	vcard_free(card);
}

static void phase_control_toggles_and_put_data_needs_administration(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "80100000", "9000");
	kit_expect(card, "00CA018300", "10 9000");
	kit_expect(card, "00CA018400", "01 9000");
	kit_expect(card, "00DA016D0F 830101 86020000 8F06000000000000", "6982");
	kit_expect(card, EF("4401", "[00*9]"), "9000");
	kit_expect(card, "80100000", "9000");
	kit_expect(card, "00CA018300", "20 9000");
	kit_expect(card, "80100100", "6A86");
	vcard_free(card);
	card = kit_pin_card("v4.4", "admin-only=writes phase-clears=yes phase-sw=6985");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "80100000", "9000");
	kit_expect(card, "00CA018400", "9000");
	kit_expect(card, EF("4401", "[00*9]"), "6985");
	vcard_free(card);
}

static void torn_creation_leaves_no_file(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	vcard_tear(card, 1);
	kit_expect(card, EF("4401", "[00*9]"), "");
	vcard_reset(card);
	kit_expect(card, "00A4080C0450154401", "6A82");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_checks_template_id_condition_and_room),
		cmocka_unit_test(the_memory_that_is_left_is_counted),
		cmocka_unit_test(delete_asks_the_files_own_condition),
		cmocka_unit_test(a_df_goes_with_its_tree_or_not_at_all),
		cmocka_unit_test(a_deactivated_file_is_not_read),
		cmocka_unit_test(phase_control_toggles_and_put_data_needs_administration),
		cmocka_unit_test(torn_creation_leaves_no_file),
	};

	return cmocka_run_group_tests_name("file_admin", tests, NULL, NULL);
}
