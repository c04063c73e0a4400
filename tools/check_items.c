/* SPDX-License-Identifier: Apache-2.0 */
/* The items of the environment check that need no file of a browser: system, service, reader, card,
 * module, clock, RA. */
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "check.h"
#include "lib/i18n.h"
#include "lib/scope.h"

static void found(struct check_result *ret, enum check_state state, const char *current)
{
	ret->state = state;
	snprintf(ret->current, sizeof ret->current, "%s", current);
}

static void failed(struct check_result *ret, enum check_state state, const struct fail *fail)
{
	ret->state = state;
	snprintf(ret->current, sizeof ret->current, "%.100s%s%.150s", fail_message(fail->code),
		fail->detail[0] ? ": " : "", fail->detail);
	ret->remedy = *fail_advice(fail->code) ? fail_advice(fail->code) : NULL;
}

static bool wants_card(const struct check *check)
{
	return !check->tool.profile || check->tool.profile->card;
}

const char *check_module_path(const struct check *check)
{
	const char *path = conf_get(&check->tool.conf, CONF_MODULE);

	return path ? path : TWCA_MODULE_PATH;
}

static void look_system(struct check *check, struct check_result *ret)
{
	struct utsname name;

	(void)check;
	ret->state = CHECK_PASS;
	if (uname(&name) == 0)
		snprintf(ret->current, sizeof ret->current, "%.64s %.64s, glibc %s", name.sysname,
			name.release, gnu_get_libc_version());
}

static void look_module(struct check *check, struct check_result *ret)
{
	struct fail fail = FAIL_INIT;

	if (!tool_open_module(&check->tool, &fail) ||
		!p11_describe(check->tool.p11, check->module, sizeof check->module, &fail)) {
		failed(ret, CHECK_FAIL, &fail);
		return;
	}
	found(ret, CHECK_PASS, check->module);
}

/* The slots once, for three items. */
static bool list_readers(struct check *check)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct fail *fail = &check->readers_fail;
	size_t count;

	if (check->readers_known)
		return fail->code == FAIL_NONE;
	check->readers_known = true;
	check->reader_count = check->card_count = 0;
	*fail = (struct fail)FAIL_INIT;
	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(&check->tool, fail) ||
		!p11_tokens(check->tool.p11, tokens, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!tokens[i].removable)
			continue;
		if (!check->reader_count++)
			memcpy(check->first_reader, tokens[i].reader, sizeof check->first_reader);
		if (tokens[i].recognised && !check->card_count++)
			snprintf(check->first_card, sizeof check->first_card, "%s %s",
				tokens[i].model, tokens[i].serial);
	}
	return true;
}

static void look_service(struct check *check, struct check_result *ret)
{
	if (list_readers(check))
		found(ret, CHECK_PASS, _("it answers"));
	else
		failed(ret, wants_card(check) ? CHECK_FAIL : CHECK_WARN, &check->readers_fail);
}

static void look_reader(struct check *check, struct check_result *ret)
{
	struct fail fail = FAIL_INIT;

	if (!wants_card(check)) {
		ret->state = CHECK_SKIP;
		return;
	}
	if (list_readers(check) && check->reader_count) {
		found(ret, CHECK_PASS, check->first_reader);
		return;
	}
	fail_set(&fail, FAIL_NO_READER, NULL);
	failed(ret, CHECK_FAIL, &fail);
}

static void look_card(struct check *check, struct check_result *ret)
{
	struct fail fail = FAIL_INIT;

	if (!wants_card(check)) {
		ret->state = CHECK_SKIP;
		return;
	}
	if (list_readers(check) && check->card_count) {
		found(ret, CHECK_PASS, check->first_card);
		return;
	}
	fail_set(&fail, FAIL_NO_CARD, NULL);
	failed(ret, CHECK_WARN, &fail);
}

static bool asks_ra(const struct check *check)
{
	return check->tool.profile && conf_get(&check->tool.conf, CONF_URL);
}

/* Asked once, for three items. *fail: why not. */
static bool ask_ra(struct check *check, struct fail *fail)
{
	if (!check->ra_known) {
		check->ra_known = true;
		check->ra_fail = (struct fail)FAIL_INIT;
		tool_open_ra(&check->tool, &check->ra_fail);
	}
	*fail = check->ra_fail;
	return fail->code == FAIL_NONE;
}

static void look_clock(struct check *check, struct check_result *ret)
{
	struct fail fail = FAIL_INIT;

	if (!asks_ra(check)) {
		ret->state = CHECK_SKIP;
		return;
	}
	if (ask_ra(check, &fail)) {
		found(ret, CHECK_PASS, _("as the RA's"));
	} else if (fail.code == FAIL_CLOCK) {
		failed(ret, CHECK_FAIL, &fail);
	} else {
		found(ret, CHECK_WARN, _("the RA could not be asked"));
	}
}

/* Reached, trusted, and it answers; a clock that is off is another item's trouble. */
static void look_ra(struct check *check, struct check_result *ret)
{
	struct fail fail = FAIL_INIT;

	if (!check->tool.profile) {
		ret->state = CHECK_SKIP;
		return;
	}
	if (ask_ra(check, &fail) || fail.code == FAIL_CLOCK)
		found(ret, CHECK_PASS, conf_get(&check->tool.conf, CONF_URL));
	else
		failed(ret, CHECK_FAIL, &fail);
}

static void look_trust(struct check *check, struct check_result *ret)
{
	const char *file = conf_get(&check->tool.conf, CONF_CA);
	struct fail fail = FAIL_INIT;

	if (!asks_ra(check)) {
		ret->state = CHECK_SKIP;
		return;
	}
	ask_ra(check, &fail);
	if (fail.code == FAIL_RA_TRUST || fail.code == FAIL_SYSTEM)
		failed(ret, CHECK_FAIL, &fail);
	else if (fail.code == FAIL_NONE || fail.code == FAIL_CLOCK)
		found(ret, CHECK_PASS, file ? file : _("the system's trust roots"));
	else
		found(ret, CHECK_WARN, _("the RA could not be asked"));
}

// clang-format off
const struct check_item check_items[] = {
	{ "system", N_("Operating system"), N_("what the programs run on"),
	  N_("Linux with glibc"), look_system, NULL, false },
	{ "module", N_("PKCS#11 module"), N_("gives programs the card and the files"),
	  N_("installed and loadable"), look_module, NULL, false },
	{ "service", N_("Smart card service"), N_("talks to the readers (pcscd)"),
	  N_("running, open to this user"), look_service, NULL, false },
	{ "reader", N_("Card reader"), N_("holds the card"),
	  N_("one PC/SC reader at least"), look_reader, NULL, false },
	{ "card", N_("Card"), N_("holds key and certificate"),
	  N_("in the reader"), look_card, NULL, false },
	{ "p11-kit", N_("Registration at p11-kit"), N_("lets programs find the module by themselves"),
	  N_("registered"), check_look_p11kit, check_fix_p11kit, true },
	{ "browsers", N_("Registration in browsers"), N_("lets browsers use the certificate"),
	  N_("registered in each"), check_look_browsers, check_fix_browsers, true },
	{ "chain", N_("CA certificates"), N_("show others who issued your certificate"),
	  N_("beside it, up to the root"), check_look_chain, NULL, false },
	{ "caged-browsers", N_("Browsers in snap or flatpak"), N_("see no reader, only p11-kit's server"),
	  N_("the server runs, and is open to them"), check_look_cages, NULL, false },
	{ "trust", N_("Trust in the RA's certificate"), N_("proves that the site is the RA"),
	  N_("verified"), look_trust, NULL, false },
	{ "clock", N_("Clock"), N_("validity of certificates depends on it"),
	  N_("as the RA's"), look_clock, NULL, false },
	{ "ra", N_("RA"), N_("the certificate site"),
	  N_("reachable"), look_ra, NULL, false },
	{ "folder", N_("Certificate folder"), N_("holds the certificate files"),
	  N_("there, writable, not hidden, of this user alone"), check_look_folder, check_fix_folder, false },
	{ "file-names", N_("Names of certificate files"), N_("tell whose they are"),
	  N_("as they were made"), check_look_names, NULL, false },
	{ 0 },
};
// clang-format on
_Static_assert(sizeof check_items / sizeof check_items[0] <= CHECK_ITEMS_MAX, "too many items");
