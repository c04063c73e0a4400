/* SPDX-License-Identifier: Apache-2.0 */
/* The account at a site: what the verbs of twca-account share. */
#ifndef TWCA_ACCOUNT_H
#define TWCA_ACCOUNT_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/ra_account.h"
#include "lib/ra_session.h"
#include "lib/tool.h"

struct fail;

enum account_verb {
	ACCOUNT_LOGIN,
	ACCOUNT_LOGOUT,
	ACCOUNT_STATUS,
	ACCOUNT_PASSWORD,
	ACCOUNT_PROFILE,
	ACCOUNT_RESET_HELP
};

struct account {
	struct tool tool; /* first */
	const char *email, *telephone;
	const char *done; /* what to say after success, already in the person's language */
	struct ra_session_state session;
	bool has_session;
	struct ra_person profile;
	struct ra_form form;
	json_t *functions; /* of status: name and command */
};

bool account_run(void *account, struct fail *fail);
json_t *account_members(void *account, const struct fail *fail);
void account_print(void *account);
void account_clear(void *account);

/* ---- the verbs ---- */

bool account_login(struct account *account, struct fail *fail);
bool account_logout(struct account *account, struct fail *fail);
bool account_status(struct account *account, struct fail *fail);
bool account_password(struct account *account, struct fail *fail);
bool account_profile(struct account *account, struct fail *fail);
bool account_reset_help(struct account *account, struct fail *fail);

/* account_help.c: the rows of reset-help as text; members for --json. */
void account_help_print(const struct account *account);
json_t *account_help_json(const struct account *account);

#endif
