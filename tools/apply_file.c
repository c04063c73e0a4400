/* SPDX-License-Identifier: Apache-2.0 */
/* The software identity of a job: its name, its password, its making and opening. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply_match.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/p11_init.h"
#include "lib/p11_own.h"
#include "lib/pin.h"
#include "lib/scope.h"

#define SECRET_MIN 4 /* characters; the sites' own rule for certificate files */

bool apply_check_secret(const struct pin *pin, struct fail *fail)
{
	size_t characters = 0;

	for (const char *c = pin_text(pin); *c; c++)
		characters += ((unsigned char)*c & 0xC0) != 0x80;
	return characters >= SECRET_MIN || fail_set(fail, FAIL_FILE_PASSWORD_RULE, NULL);
}

/* The directory that the site's manual would have: the person's own number at bts. */
static void name_identity(struct apply *apply)
{
	const char *recorded = tool_recorded(&apply->tool, "identity");
	char prefix[16];

	if (apply->identity[0])
		return;
	if (recorded) {
		snprintf(apply->identity, sizeof apply->identity, "%s", recorded);
		return;
	}
	if (apply->tool.site.slip) {
		identity_name(apply->identity, "", apply->tool.registration.identifier);
		return;
	}
	snprintf(prefix, sizeof prefix, "%.10s-", apply->tool.profile->site);
	identity_name(apply->identity, prefix, apply->tool.account);
}

bool apply_find_identity(struct apply *apply, bool *ret_found, struct fail *fail)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	char slot[sizeof tokens->reader];
	size_t count;

	*ret_found = false;
	if (!tokens)
		return fail_set(fail, FAIL_MEMORY, NULL);
	snprintf(slot, sizeof slot, IDENTITY_SLOT "%s", apply->identity);
	if (!p11_soft_tokens(apply->tool.p11, tokens, &count, fail))
		return false;
	for (size_t i = 0; i < count && !*ret_found; i++) {
		if (strcmp(tokens[i].reader, slot) != 0 || !tokens[i].recognised)
			continue;
		apply->tool.token = tokens[i];
		*ret_found = true;
	}
	return true;
}

/* The name that the person gives to the key. */
static bool ask_label(struct apply *apply, char **ret, struct fail *fail)
{
	const struct term *term = &apply->tool.term;

	if (apply->label || !apply->manner->asks_label || term->no_input || term->yes) {
		*ret = strdup(apply->label ? apply->label : apply->identity);
		return *ret || fail_set(fail, FAIL_MEMORY, NULL);
	}
	if (!term_ask(term, _("Label of the key, a name or code: "), "--label", ret, fail))
		return false;
	return **ret || fail_set(fail, FAIL_CANCELLED, NULL);
}

static unsigned level_of(const struct apply *apply)
{
	return apply->level && apply->manner->asks_level ? apply->level : apply->manner->level;
}

static bool ask_new_secret(struct apply *apply, struct fail *fail)
{
	const struct tool_new what = { .source = CONF_PIN_SOURCE,
		.prompt = apply->manner->secret,
		.option = "--pin-source",
		.unequal = FAIL_NEW_PASSWORD_UNEQUAL };

	term_note(&apply->tool.term, _("Set a password of at least four letters or digits."));
	return tool_new_secret(&apply->tool, &what, &apply->pin, fail) &&
	       apply_check_secret(apply->pin, fail);
}

/* A new identity gets its password, label and level. */
static bool make_identity(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *label = NULL;
	bool made, found;

	if (!ask_label(apply, &label, fail) || !ask_new_secret(apply, fail) ||
		!identity_make(apply->path, &made, fail) ||
		!apply_find_identity(apply, &found, fail))
		return false;
	if (!found || !made)
		return fail_set(
			fail, FAIL_SYSTEM, _("%s: the module does not see it"), apply->path);
	return p11_token_init(apply->tool.p11, apply->tool.token.slot, label, apply->pin, fail) &&
	       identity_set_level(apply->path, level_of(apply), apply->pin, fail) &&
	       identity_set_site(apply->path, apply->tool.profile->site, fail) &&
	       apply_find_identity(apply, &found, fail);
}

/* A key without its certificate may be that of an application whose record was lost. */
static bool has_spare_key(struct p11_session *session, const struct p11_own *own, size_t count,
	bool *ret, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t keys;

	*ret = false;
	if (!p11_find(session, template, 1, found, &keys, fail))
		return false;
	for (size_t i = 0; i < keys && !*ret; i++) {
		CLEANUP(free_p) uint8_t *id = NULL;
		size_t len;
		if (!p11_get(session, found[i], CKA_ID, &id, &len, fail))
			return false;
		*ret = true;
		for (size_t j = 0; j < count; j++)
			*ret = *ret && (own[j].id_len != len || memcmp(own[j].id, id, len) != 0);
	}
	return true;
}

/* Have all certificates of the identity ended? Whoever applies anew then may have forgotten its
 * password, and is asked for a new one, as the first time. */
static bool is_finished(struct apply *apply, bool *ret, struct fail *fail)
{
	CLEANUP(p11_session_close_p) struct p11_session *session = NULL;
	CLEANUP(free_p) struct p11_own *own = calloc(P11_FIND_MAX, sizeof *own);
	size_t count = 0;
	bool found, spare = true;

	*ret = false;
	if (!own)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (apply->mode != APPLY_NEW || apply->resumed || !apply_find_identity(apply, &found, fail))
		return fail->code == FAIL_NONE;
	if (!found)
		return true;
	bool ok = p11_session_open(apply->tool.p11, apply->tool.token.slot, &session, fail) &&
		  p11_own_certs(session, own, &count, fail) &&
		  has_spare_key(session, own, count, &spare, fail);
	*ret = ok && count && !spare;
	for (size_t i = 0; i < count && *ret; i++)
		*ret = apply_is_over(apply, own[i].der, own[i].der_len);
	p11_own_clear(own, count);
	return ok;
}

/* What was finished makes room, and is kept. */
static bool make_room(struct apply *apply, bool *whole, struct fail *fail)
{
	CLEANUP(free_p) char *aside = NULL;
	bool finished = false;

	if (!*whole)
		return true;
	if (!is_finished(apply, &finished, fail))
		return false;
	if (!finished)
		return true;
	if (!identity_set_aside(apply->path, &aside, fail))
		return false;
	term_note(&apply->tool.term,
		_("The certificates of the earlier file have ended. It is kept as it is: %s"),
		aside);
	*whole = false;
	return true;
}

/* The password of an identity that is there; wrong ones are asked for again. */
static bool log_in(struct apply *apply, struct fail *fail)
{
	for (;;) {
		if (!apply->pin && !tool_secret(&apply->tool, CONF_PIN_SOURCE,
					   _("Present certificate password: "), "--pin-source",
					   &apply->pin, fail))
			return false;
		if (p11_login(apply->tool.session, apply->pin, fail))
			return true;
		fail->tries_left = -1; /* files count none */
		if (fail->code == FAIL_PIN_WRONG)
			fail_set(fail, FAIL_FILE_PASSWORD, "%s", apply->identity);
		if (fail->code != FAIL_FILE_PASSWORD ||
			conf_get(&apply->tool.conf, CONF_PIN_SOURCE) || apply->tool.term.no_input)
			return false;
		tool_warn(&apply->tool, fail);
		apply->pin = pin_free(apply->pin);
	}
}

bool apply_open_identity(struct apply *apply, struct fail *fail)
{
	bool found, whole;

	name_identity(apply);
	free(apply->path);
	apply->path = identity_path(apply->identity);
	if (!apply->path)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!identity_tidy(apply->path, &whole, fail))
		return false;
	if (!whole && apply->mode != APPLY_NEW)
		return fail_set(
			fail, FAIL_NO_RECORD, _("%s: the key is not there any more"), apply->path);
	if (!make_room(apply, &whole, fail) ||
		!tool_record(&apply->tool, "identity", apply->identity, fail) ||
		(!whole && !make_identity(apply, fail)) ||
		!apply_find_identity(apply, &found, fail))
		return false;
	if (!found)
		return fail_set(
			fail, FAIL_SYSTEM, _("%s: the module does not see it"), apply->path);
	apply->tool.session = p11_session_close(apply->tool.session);
	return p11_session_open(
		       apply->tool.p11, apply->tool.token.slot, &apply->tool.session, fail) &&
	       log_in(apply, fail);
}
