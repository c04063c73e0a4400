/* SPDX-License-Identifier: Apache-2.0 */
/* Which card is meant: by name, by URI, by the site's usual reader, by the person; never by chance.
 */
#include "unit.h"

#include "fail.h"
#include "identity.h"
#include "journal.h"
#include "json.h"
#include "module.h"
#include "person.h"
#include "pick.h"
#include "tool.h"

static struct tool tool;

static int set_up(void **state)
{
	(void)state;
	module_reset();
	person_begin(NULL, 0);
	memset(&tool, 0, sizeof tool);
	tool.term.quiet = true;
	tool.p11 = module_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tool_clear(&tool);
	module_reset();
	return 0;
}

static void want(enum conf_key key, const char *value)
{
	struct fail fail = FAIL_INIT;

	assert_true(conf_set(&tool.conf, key, value, &fail));
}

static enum fail_code pick(unsigned flags)
{
	struct fail fail = FAIL_INIT;

	tool.session = p11_session_close(tool.session);
	bool ok = pick_card(&tool, flags, &fail);
	assert_int_equal(ok, fail.code == FAIL_NONE);
	assert_int_equal(ok, tool.session != NULL);
	return fail.code;
}

static void one_card_is_confirmed_or_taken_quietly(void **state)
{
	(void)state;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NONE);
	assert_string_equal(tool.token.serial, "0102030405060708");
	assert_int_equal(person.asked, 0);
	PERSON("yes", "no");
	assert_int_equal(pick(0), FAIL_NONE);
	assert_non_null(strstr(person.questions[0], "0102030405060708"));
	assert_int_equal(pick(0), FAIL_CANCELLED);
	tool.term.no_input = true;
	assert_int_equal(pick(0), FAIL_INPUT_NEEDED);
	want(CONF_READER, "ader A"); /* part of its name: no question */
	assert_int_equal(pick(0), FAIL_NONE);
}

static void two_cards_are_chosen_by_name_uri_or_person(void **state)
{
	(void)state;
	module_add_slot("Reader B", "Other", "1111111111111111");
	PERSON("Reader B");
	assert_int_equal(pick(0), FAIL_NONE);
	assert_int_equal(module.opened, 1);
	assert_int_equal(person.asked, 1);
	tool.term.no_input = true;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_READER_AMBIGUOUS);
	tool.term.no_input = false;
	tool.term.yes = true; /* that is no choice */
	assert_int_equal(pick(PICK_QUIETLY), FAIL_READER_AMBIGUOUS);
	want(CONF_TOKEN, "pkcs11:serial=1111111111111111");
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NONE);
	assert_int_equal(module.opened, 1);
	want(CONF_TOKEN, "pkcs11:serial=2222222222222222");
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NO_CARD);
	want(CONF_TOKEN, "http://");
	assert_int_equal(pick(PICK_QUIETLY), FAIL_USAGE);
}

static void the_sites_usual_reader_goes_first_if_it_is_one(void **state)
{
	static const struct conf_profile profile = { .site = "post", .reader = "Castles" };

	(void)state;
	tool.profile = &profile;
	tool.term.no_input = true;
	module_add_slot("Castles EZ100PU 00 00", "Other", "1111111111111111");
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NONE);
	assert_int_equal(module.opened, 1);
	module_add_slot("Castles EZ100PU 01 00", "Third", "2222222222222222");
	assert_int_equal(pick(PICK_QUIETLY), FAIL_READER_AMBIGUOUS);
}

static void what_is_not_there_or_not_fit_is_named(void **state)
{
	static const struct {
		CK_FLAGS slot_flags, token_flags;
		CK_RV token_rv;
		unsigned flags;
		enum fail_code code;
	} rows[] = {
		{ CKF_REMOVABLE_DEVICE, 0, CKR_OK, 0, FAIL_NO_CARD },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT, 0, CKR_TOKEN_NOT_PRESENT, 0,
			FAIL_NO_CARD },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT, 0, CKR_TOKEN_NOT_RECOGNIZED, 0,
			FAIL_CARD_UNKNOWN },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT, 0, CKR_OK, 0, FAIL_CARD_BLANK },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT, CKF_TOKEN_INITIALIZED, CKR_OK, 0,
			FAIL_CARD_BLANK },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT, 0, CKR_OK, PICK_BLANK, FAIL_NONE },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT,
			CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_WRITE_PROTECTED,
			CKR_OK, 0, FAIL_CARD_READ_ONLY },
		{ CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT,
			CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_WRITE_PROTECTED,
			CKR_OK, PICK_READ_ONLY, FAIL_NONE },
		{ CKF_TOKEN_PRESENT, CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED, CKR_OK, 0,
			FAIL_NO_READER },
		{ CKF_TOKEN_PRESENT, CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED, CKR_OK,
			PICK_SOFT, FAIL_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		module.slots[0].slot_flags = rows[i].slot_flags;
		module.slots[0].token_flags = rows[i].token_flags;
		module.slots[0].token_rv = rows[i].token_rv;
		assert_int_equal(pick(rows[i].flags | PICK_QUIETLY), rows[i].code);
	}
	module.slot_count = 0;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NO_READER);
}

/* An empty reader and a blank card beside the right one are no reason to ask. */
static void cards_that_cannot_be_meant_do_not_count(void **state)
{
	(void)state;
	module.slots[module_add_slot("Empty", "", "")].slot_flags = CKF_REMOVABLE_DEVICE;
	module.slots[module_add_slot("Blank", "", "3333")].token_flags = 0;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NONE);
	assert_int_equal(module.opened, 0);
	module.slots[0].token_flags = 0;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_CARD_BLANK);
	tool.term.no_input = true;
	assert_int_equal(pick(PICK_QUIETLY | PICK_BLANK), FAIL_READER_AMBIGUOUS);
}

static void add_identity(const char *slot, const char *serial)
{
	module.slots[module_add_slot(slot, slot, serial)].slot_flags = CKF_TOKEN_PRESENT;
}

/* Which of the identities is taken, by the number of its slot; the negative code if none is. */
static int picked(void)
{
	enum fail_code code = pick(PICK_SOFT | PICK_QUIETLY);

	return code == FAIL_NONE ? (int)module.opened : -(int)code;
}

/* Two sites on one computer: the site, what is noted of it, the account, and then the person. */
static void an_identity_is_chosen_by_site_and_account(void **state)
{
	struct fail fail = FAIL_INIT;
	bool made;

	(void)state;
	char *root = fresh_folder();
	assert_int_equal(setenv("XDG_DATA_HOME", root, 1), 0);
	assert_int_equal(setenv("XDG_STATE_HOME", root, 1), 0);
	add_identity("Software identity soft-S1", "11");
	add_identity("Software identity A123456789", "22");
	tool.profile = conf_profile_find("soft");
	tool.term.no_input = true;
	assert_int_equal(picked(), 1);
	tool.profile = conf_profile_find("bts");
	assert_int_equal(picked(), 2);
	tool.profile = conf_profile_find("post");
	assert_int_equal(picked(), 2); /* nobody noted what that is for */
	char *path = identity_path("A123456789");
	assert_true(identity_make(path, &made, &fail) && identity_set_site(path, "bts", &fail));
	assert_int_equal(picked(), -FAIL_NO_KEY_FILE);
	tool.profile = conf_profile_find("soft"); /* its folder went away meanwhile */
	module.slots[1].slot_flags = 0;
	assert_int_equal(picked(), -FAIL_NO_KEY_FILE);
	module.slots[1].slot_flags = CKF_TOKEN_PRESENT;
	tool.profile = NULL;
	assert_int_equal(picked(), -FAIL_FILE_AMBIGUOUS);
	PERSON("soft-S1");
	tool.term.no_input = false;
	assert_int_equal(picked(), 1);
	assert_int_equal(person.asked, 1);
	assert_true(identity_set_site(path, IDENTITY_NO_SITE, &fail));
	assert_int_equal(picked(), 1); /* the other was set aside */
	want(CONF_TOKEN, "pkcs11:serial=22");
	assert_int_equal(picked(), 2);
	free(path);
	remove_folder(root);
}

static void the_record_of_an_account_goes_before_its_site(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	char *root = fresh_folder();
	assert_int_equal(setenv("XDG_DATA_HOME", root, 1), 0);
	assert_int_equal(setenv("XDG_STATE_HOME", root, 1), 0);
	add_identity("Software identity soft-S1", "11");
	add_identity("Software identity soft-S2", "22");
	tool.profile = conf_profile_find("soft");
	tool.term.no_input = true;
	assert_int_equal(pick(PICK_SOFT | PICK_QUIETLY), FAIL_FILE_AMBIGUOUS);
	want(CONF_ACCOUNT, "S2");
	assert_true(tool_ask_account(&tool, &fail));
	assert_true(tool_open_journal(&tool, "apply", TOOL_FILES, &fail));
	assert_true(tool_record(&tool, "identity", "soft-S2", &fail));
	tool.journal = journal_close(tool.journal);
	assert_int_equal(picked(), 2);
	assert_null(tool.journal);
	remove_folder(root);
}

/* What --no-input answers can be given back as --token. */
static void candidates_are_named_by_their_uris(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	module_add_slot("Reader B", "Other card", "1111111111111111");
	tool.term.no_input = true;
	assert_false(pick_card(&tool, PICK_QUIETLY, &fail));
	assert_int_equal(fail.code, FAIL_READER_AMBIGUOUS);
	char *uri = strstr(fail.detail, "\npkcs11:token=Other%20card;");
	if (!uri)
		uri = strstr(fail.detail, "serial=1111111111111111");
	assert_non_null(uri);
	while (*uri != '\n')
		uri--;
	uri++;
	uri[strcspn(uri, "\n")] = '\0';
	want(CONF_TOKEN, uri);
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NONE);
	assert_int_equal(module.opened, 1);
}

/* A card that cannot be written is no candidate where another can. */
static void a_card_that_does_not_fit_the_command_is_passed_over(void **state)
{
	(void)state;
	module.slots[module_add_slot("Reader B", "Other", "1111")].token_flags |=
		CKF_WRITE_PROTECTED;
	module.slots[module_add_slot("Strange", "", "")].token_rv = CKR_TOKEN_NOT_RECOGNIZED;
	tool.term.no_input = true;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_NONE);
	assert_int_equal(module.opened, 0);
	assert_int_equal(pick(PICK_QUIETLY | PICK_READ_ONLY), FAIL_READER_AMBIGUOUS);
}

static void a_card_error_that_passes_is_waited_for(void **state)
{
	(void)state;
	module.rv[MODULE_SLOT_LIST] = CKR_DEVICE_REMOVED; /* does not pass: told at once */
	assert_int_equal(pick(PICK_QUIETLY), FAIL_CARD_REMOVED);
	assert_int_equal(module.calls[MODULE_SLOT_LIST], 1);
	module.rv[MODULE_SLOT_LIST] = CKR_DEVICE_ERROR;
	assert_int_equal(pick(PICK_QUIETLY), FAIL_CARD_ERROR);
	assert_int_equal(module.calls[MODULE_SLOT_LIST], 12);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(one_card_is_confirmed_or_taken_quietly),
		TEST(two_cards_are_chosen_by_name_uri_or_person),
		TEST(the_sites_usual_reader_goes_first_if_it_is_one),
		TEST(what_is_not_there_or_not_fit_is_named),
		TEST(cards_that_cannot_be_meant_do_not_count),
		TEST(an_identity_is_chosen_by_site_and_account),
		TEST(the_record_of_an_account_goes_before_its_site),
		TEST(candidates_are_named_by_their_uris),
		TEST(a_card_that_does_not_fit_the_command_is_passed_over),
		TEST(a_card_error_that_passes_is_waited_for),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
