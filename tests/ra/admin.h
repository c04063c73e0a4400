/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of twca-ra-admin. Each returns the exit status. */
#ifndef RA_ADMIN_H
#define RA_ADMIN_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "site.h"

struct admin;
typedef int admin_fn(const struct admin *admin);

struct admin {
	sqlite3 *db;
	admin_fn *run;
	const struct site *site;
	const char *operand; /* after the verb */
	const char *dir, *name, *cn, *account, *serial, *password_env, *organization, *email,
		*image, *method, *path, *certificate, *site_id, *puk_env, *telephone,
		*debit_account;
	int64_t balance, days;
	bool keep_password;
	int64_t now, nth, count, arg;
};

admin_fn admin_age, admin_bank, admin_enable_download, admin_enable_pin_reset, admin_puk,
	admin_resume, admin_slip_issue, admin_register, admin_slip, admin_reset, admin_list,
	admin_revoke, admin_terms, admin_clock, admin_captcha_answer, admin_fault;

#endif
