/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one verb of twca-check, and tells how it ended. */
#include <stdio.h>

#include "check.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/scope.h"

static const struct verb_row {
	const char *name;
	bool (*run)(struct check *check, struct fail *fail);
} verbs[] = {
	[CHECK_ENV] = { "env", check_env },
	[CHECK_READER] = { "reader", check_reader },
	[CHECK_CARD] = { "card", check_card },
	[CHECK_SIGN] = { "sign", check_sign },
};

bool check_run(void *context, struct fail *fail)
{
	struct check *check = context;
	bool ok = verbs[check->tool.verb].run(check, fail);

	/* what failed is in the table, so that is shown in any case */
	if (!ok && check->tool.verb == CHECK_ENV && !check->tool.json && !check->tool.term.quiet)
		check_env_print(check);
	fflush(stdout);
	return ok;
}

json_t *check_members(void *context, const struct fail *fail)
{
	struct check *check = context;
	const struct tool *tool = &check->tool;
	json_t *object = json_pack("{s:s, s:s*, s:b}", "command", verbs[tool->verb].name, "site",
		tool->profile ? tool->profile->site : NULL, "restart_browsers", check->restart);

	if (object && check->looked)
		json_object_set_new(object, "items", check_env_json(check));
	if (object && check->readers && fail->code == FAIL_NONE)
		json_object_set(object, "readers", check->readers);
	if (object && tool->token.serial[0])
		json_object_set_new(object, "card",
			json_pack("{s:s, s:s, s:s, s:s}", "serial", tool->token.serial, "label",
				tool->token.label, "model", tool->token.model, "reader",
				tool->token.reader));
	if (object && tool->verb == CHECK_CARD && fail->code == FAIL_NONE)
		json_object_set_new(object, "module",
			json_pack("{s:s, s:i, s:b}", "name", check->module, "rsa_bits",
				(int)check->key_bits, "registered", check->registered));
	return object;
}

static void print_readers(const struct check *check)
{
	size_t i;
	json_t *row;

	json_array_foreach(check->readers, i, row)
	{
		const char *serial = json_string_value(json_object_get(row, "serial"));
		const char *card = json_string_value(json_object_get(row, "card"));
		out_text(json_string_value(json_object_get(row, "reader")));
		if (serial)
			out_field(_("Card"), serial);
		else
			out_field(_("Card"), *card == 'n' ? fail_message(FAIL_NO_CARD)
							  : fail_message(FAIL_CARD_UNKNOWN));
	}
}

static void print_card(const struct check *check)
{
	CLEANUP(free_p) char *bits = NULL;

	out_field(_("Module"), check->module);
	out_field(_("Registration at p11-kit"),
		check->registered ? _("registered") : _("not registered: twca-export register"));
	out_field(_("Reader"), check->tool.token.reader);
	out_field(_("Card"), check->tool.token.serial);
	if (asprintf(&bits, _("up to %u bits"), check->key_bits) >= 0)
		out_field(_("RSA keys"), bits);
}

void check_print(void *context)
{
	const struct check *check = context;

	if (check->tool.verb == CHECK_ENV)
		check_env_print(check);
	print_readers(check);
	if (check->tool.verb == CHECK_CARD)
		print_card(check);
	if (check->done)
		out_text(check->done);
}

void check_clear(void *context)
{
	json_decref(((struct check *)context)->readers);
}
