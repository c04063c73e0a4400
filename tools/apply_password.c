/* SPDX-License-Identifier: Apache-2.0 */
/* The change of a file's password that goes with a renewal or a download. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/p11_pin.h"
#include "lib/pin.h"
#include "lib/scope.h"
#include "lib/text.h"

static bool ask_new_secret(struct apply *apply, struct fail *fail)
{
	const struct tool_new what = { .source = CONF_NEW_PIN_SOURCE,
		.prompt = N_("New certificate password: "),
		.option = "--new-pin-source",
		.unequal = FAIL_NEW_PASSWORD_UNEQUAL };

	term_note(&apply->tool.term, _("Set a password of at least four letters or digits."));
	return tool_new_secret(&apply->tool, &what, &apply->new_pin, fail) &&
	       apply_check_secret(apply->new_pin, fail);
}

/* The label of the new key, asked for beside its password; an empty line keeps the present one. */
static bool ask_label(struct apply *apply, struct fail *fail)
{
	const struct term *term = &apply->tool.term;
	CLEANUP(free_p) char *prompt = NULL;
	CLEANUP(free_p) char *label = NULL;
	size_t cap = sizeof apply->tool.token.label;

	if (apply->mode != APPLY_RENEW || !apply->manner->asks_label)
		return true;
	if (apply->label || term->no_input || term->yes) {
		snprintf(apply->new_label, cap, "%s", apply->label ? apply->label : "");
		text_end_whole(apply->new_label);
		return true;
	}
	if (asprintf(&prompt, _("Label of the key, a name or code (empty: %s): "),
		    apply->tool.token.label) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!term_ask(term, prompt, "--label", &label, fail))
		return false;
	snprintf(apply->new_label, cap, "%s", label);
	text_end_whole(apply->new_label);
	return true;
}

/* An earlier run may have given the file its new password already. */
bool apply_open_file(struct apply *apply, struct fail *fail)
{
	const char *repin = tool_recorded(&apply->tool, "repin");

	/* a download does not need a new one, but it may have one */
	if (apply->mode != APPLY_RENEW && apply->tool.term.no_input &&
		!conf_get(&apply->tool.conf, CONF_NEW_PIN_SOURCE))
		return apply_open_identity(apply, fail);
	if (!ask_label(apply, fail) || !ask_new_secret(apply, fail))
		return false;
	if (!repin || strcmp(repin, "none") == 0)
		return apply_open_identity(apply, fail);
	apply->pin = pin_new();
	if (!apply->pin)
		return fail_set(fail, FAIL_MEMORY, NULL);
	memcpy(pin_buffer(apply->pin), pin_text(apply->new_pin), pin_len(apply->new_pin) + 1);
	pin_filled(apply->pin, pin_len(apply->new_pin));
	if (apply_open_identity(apply, fail))
		return true;
	if (fail->code != FAIL_FILE_PASSWORD)
		return false;
	apply->pin = pin_free(apply->pin);
	return apply_open_identity(apply, fail);
}

static bool set_label(struct apply *apply, struct fail *fail)
{
	struct p11_token *token = &apply->tool.token;

	if (!apply->new_label[0] || strcmp(apply->new_label, token->label) == 0)
		return true;
	memcpy(token->label, apply->new_label, sizeof token->label);
	return identity_set_label(apply->path, apply->new_label, fail);
}

/* All files of the identity change together, the old certificate's too. */
bool apply_step_new_password(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *repin = tool_recorded(&apply->tool, "repin");

	if (!set_label(apply, fail))
		return false;
	if (apply->carrier == RA_CARD || !apply->new_pin || (repin && strcmp(repin, "done") == 0) ||
		pin_equal(apply->pin, apply->new_pin))
		return true;
	return tool_record(&apply->tool, "repin", "begun", fail) &&
	       p11_change_pin(apply->tool.session, apply->pin, apply->new_pin, fail) &&
	       tool_record(&apply->tool, "repin", "done", fail);
}

bool apply_step_level(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const struct pin *pin = apply->new_pin ? apply->new_pin : apply->pin;

	if (apply->mode != APPLY_REDOWNLOAD || !apply->manner->asks_level || !apply->level)
		return true;
	return identity_set_level(apply->path, apply->level, pin, fail);
}
