/* SPDX-License-Identifier: Apache-2.0 */
/* twca-ra-admin: what happens at a counter, and what tests ask of the RA: options and verbs. */
#include "admin.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "db.h"
#include "settings.h"
#include "text.h"

// clang-format off
static const struct verb {
	const char *name;
	admin_fn *run;
} verbs[] = {
	{ "age",            admin_age },
	{ "bank",           admin_bank },
	{ "captcha-answer", admin_captcha_answer },
	{ "clock",          admin_clock },
	{ "enable-download",  admin_enable_download },
	{ "enable-pin-reset", admin_enable_pin_reset },
	{ "fault",          admin_fault },
	{ "list",           admin_list },
	{ "puk",            admin_puk },
	{ "register",       admin_register },
	{ "reset",          admin_reset },
	{ "resume",         admin_resume },
	{ "revoke",         admin_revoke },
	{ "slip",           admin_slip },
	{ "slip-issue",     admin_slip_issue },
	{ "terms",          admin_terms },
};
// clang-format on

const char *argp_program_version = "twca-ra-admin 0.1.0";

enum {
	KEY_SITE = 256,
	KEY_NAME,
	KEY_ID,
	KEY_ACCOUNT,
	KEY_SERIAL,
	KEY_PASSWORD_ENV,
	KEY_ORGANIZATION,
	KEY_EMAIL,
	KEY_IMAGE,
	KEY_NOW,
	KEY_METHOD,
	KEY_PATH,
	KEY_NTH,
	KEY_COUNT,
	KEY_ARG,
	KEY_CERTIFICATE,
	KEY_PUK_ENV,
	KEY_TELEPHONE,
	KEY_DEBIT_ACCOUNT,
	KEY_BALANCE,
	KEY_KEEP_PASSWORD,
	KEY_DAYS
};

static const struct argp_option option_list[] = {
	{ "dir", 'd', "DIR", 0, "The RA's folder", 0 },
	{ "site", KEY_SITE, "SITE", 0, "Site (the first of the settings)", 0 },
	{ "name", KEY_NAME, "NAME", 0, "register: the person", 0 },
	{ "id", KEY_ID, "ID", 0, "register: certificate identifier (CN)", 0 },
	{ "account", KEY_ACCOUNT, "ACCOUNT", 0, "register, slip, reset: site account", 0 },
	{ "card-serial", KEY_SERIAL, "HEX", 0, "register: the card's serial number", 0 },
	{ "organization", KEY_ORGANIZATION, "NAME", 0, "register: O of the subject", 0 },
	{ "email", KEY_EMAIL, "ADDRESS", 0, "register", 0 },
	{ "password-env", KEY_PASSWORD_ENV, "VAR", 0,
		"register, reset: first password (else random)", 0 },
	{ "image", KEY_IMAGE, "FILE", 0, "captcha-answer: the picture, - for stdin", 0 },
	{ "now", KEY_NOW, "TIME", 0, "clock: the time it is now", 0 },
	{ "method", KEY_METHOD, "METHOD", 0, "fault: only this method", 0 },
	{ "path", KEY_PATH, "PART", 0, "fault: only paths that contain PART", 0 },
	{ "nth", KEY_NTH, "N", 0, "fault: first at the N-th match from now (1)", 0 },
	{ "count", KEY_COUNT, "N", 0, "fault: so many matches (1)", 0 },
	{ "arg", KEY_ARG, "N", 0, "fault: ms, s, KiB or polls (1)", 0 },
	{ "certificate", KEY_CERTIFICATE, "ID", 0, "revoke: serial number of the certificate", 0 },
	{ "puk-env", KEY_PUK_ENV, "VAR", 0, "register: the card's PUK, for escrow", 0 },
	{ "telephone", KEY_TELEPHONE, "NUMBER", 0, "register", 0 },
	{ "keep-password", KEY_KEEP_PASSWORD, NULL, 0,
		"register: no change at first login, where the site leaves that open", 0 },
	{ "debit-account", KEY_DEBIT_ACCOUNT, "NUMBER", 0, "bank: an account to debit", 0 },
	{ "balance", KEY_BALANCE, "N", 0, "bank: what it holds", 0 },
	{ "days", KEY_DAYS, "N", 0, "age: so old are certificates when they are issued", 0 },
	{ 0 },
};

static int64_t number(struct argp_state *state, const char *arg)
{
	char *end = NULL;
	long long value = strtoll(arg, &end, 10);
	if (end == arg || *end || value < 0)
		argp_error(state, "%s: not a number", arg);
	return value;
}

static const char **text_slot(struct admin *admin, int key)
{
	const struct {
		int key;
		const char **slot;
	} slots[] = {
		{ 'd', &admin->dir },
		{ KEY_NAME, &admin->name },
		{ KEY_ID, &admin->cn },
		{ KEY_ACCOUNT, &admin->account },
		{ KEY_SERIAL, &admin->serial },
		{ KEY_PASSWORD_ENV, &admin->password_env },
		{ KEY_ORGANIZATION, &admin->organization },
		{ KEY_EMAIL, &admin->email },
		{ KEY_IMAGE, &admin->image },
		{ KEY_METHOD, &admin->method },
		{ KEY_PATH, &admin->path },
		{ KEY_CERTIFICATE, &admin->certificate },
		{ KEY_PUK_ENV, &admin->puk_env },
		{ KEY_TELEPHONE, &admin->telephone },
		{ KEY_DEBIT_ACCOUNT, &admin->debit_account },
	};
	for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
		if (slots[i].key == key)
			return slots[i].slot;
	return NULL;
}

static error_t parse_verb(struct admin *admin, const char *arg, struct argp_state *state)
{
	for (size_t i = 0; !admin->run && i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(verbs[i].name, arg) == 0) {
			admin->run = verbs[i].run;
			return 0;
		}
	}
	if (!admin->run || admin->operand)
		argp_error(state, "%s: unknown", arg);
	admin->operand = arg;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct admin *admin = state->input;
	const char **slot = text_slot(admin, key);
	if (slot) {
		*slot = arg;
		return 0;
	}
	switch (key) {
	case KEY_SITE:
		admin->site_id = arg;
		return 0;
	case KEY_NOW:
		admin->now = text_parse_time(arg);
		if (admin->now < 0)
			argp_error(state, "%s: not a time", arg);
		return 0;
	case KEY_BALANCE:
		admin->balance = number(state, arg);
		return 0;
	case KEY_DAYS:
		admin->days = number(state, arg);
		return 0;
	case KEY_KEEP_PASSWORD:
		admin->keep_password = true;
		return 0;
	case KEY_NTH:
		admin->nth = number(state, arg);
		return 0;
	case KEY_COUNT:
		admin->count = number(state, arg);
		return 0;
	case KEY_ARG:
		admin->arg = number(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		return parse_verb(admin, arg, state);
	case ARGP_KEY_END:
		if (!admin->dir || !admin->run)
			argp_error(state, "--dir and a command are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = { option_list, parse,
		"register|slip|slip-issue|reset|list|revoke|resume|enable-download|enable-pin-"
		"reset\n"
		"bank|puk|terms|clock|captcha-answer\nfault KIND|list|clear",
		"The counter of the reference RA, and its knobs for tests.", NULL, NULL, NULL };
	struct admin admin = {
		.site_id = NULL, .now = -1, .nth = 1, .count = 1, .arg = 1, .method = "", .path = ""
	};
	argp_parse(&argp, argc, argv, 0, NULL, &admin);
	mkdir(admin.dir, 0700);
	admin.db = db_open(admin.dir);
	int status = 1;
	if (admin.db && settings_load(admin.db, NULL)) {
		size_t count = 0;
		admin.site = admin.site_id ? site_find(admin.site_id, strlen(admin.site_id))
					   : site_all(&count);
		if (admin.site)
			status = admin.run(&admin);
		else
			fprintf(stderr, "twca-ra-admin: %s: no such site\n", admin.site_id);
	}
	sqlite3_close(admin.db);
	return status;
}
