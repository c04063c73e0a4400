/* SPDX-License-Identifier: Apache-2.0 */
/* The chosen card: is it still there, and its PIN. */
#include "card.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "fail.h"
#include "i18n.h"
#include "interrupt.h"
#include "pin.h"
#include "scope.h"
#include "tool.h"

#define NOTICE_TRIES 10 /* times NOTICE_MS until pcscd has seen that the card is out */
#define NOTICE_MS 150L

bool card_same(struct tool *tool, struct fail *fail)
{
	struct p11_token now;

	if (!p11_token(tool->p11, tool->token.slot, &now, fail))
		return false;
	if (strcmp(now.serial, tool->token.serial) != 0)
		return fail_set(fail, FAIL_CARD_WRONG,
			_("card %s was chosen, card %s is in the reader"), tool->token.serial,
			now.serial);
	return true;
}

void card_look(struct tool *tool, struct fail *fail)
{
	struct fail now = FAIL_INIT;

	if (fail->code != FAIL_CARD_ERROR)
		return;
	for (unsigned i = 0; tool->token.serial[0] && i < NOTICE_TRIES; i++) {
		if (!card_same(tool, &now) &&
			(now.code == FAIL_NO_CARD || now.code == FAIL_NO_READER)) {
			fail_set(fail, FAIL_CARD_REMOVED, "%s", tool->token.reader);
			return;
		}
		nanosleep(&(struct timespec){ .tv_nsec = NOTICE_MS * 1000000 }, NULL);
	}
}

/* The mark of a card that has one try left; the caller frees. NULL: no home, an odd serial. */
static char *mark_of(const struct tool *tool, bool make)
{
	CLEANUP(free_p) char *state = conf_directory("XDG_STATE_HOME", ".local/state");
	const char *serial = tool->token.serial;
	char *path = NULL;

	for (const char *c = serial; *c; c++)
		if (!isalnum((unsigned char)*c))
			return NULL;
	if (!state || !*serial)
		return NULL;
	if (make)
		mkdir(state, 0700);
	return asprintf(&path, "%s/last-try-%s", state, serial) < 0 ? NULL : path;
}

/* Some cards tell the tries that are left only when a PIN was wrong: then this computer remembers
 * that there is one. */
static int tries_left(const struct tool *tool)
{
	CLEANUP(free_p) char *mark = mark_of(tool, false);
	int tries = p11_tries_left(tool->session);

	return tries < 0 && mark && access(mark, F_OK) == 0 ? 1 : tries;
}

/* A card that is locked says so itself at the next try, which costs nothing: no mark is left that
 * would speak of one try. */
void card_tried(const struct tool *tool, const struct fail *fail)
{
	bool last = fail && fail->code == FAIL_PIN_WRONG && fail->tries_left == 1;
	bool locked = fail && fail->code == FAIL_PIN_LOCKED;
	CLEANUP(free_p) char *mark = mark_of(tool, last);

	if (!mark || (fail && !last && !locked))
		return;
	if (!last) {
		unlink(mark);
		return;
	}
	int fd = open(mark, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
}

bool card_guard(struct tool *tool, struct fail *fail)
{
	int tries = tries_left(tool);

	if (tries == 0)
		return fail_set(fail, FAIL_PIN_LOCKED, NULL);
	if (tries != 1)
		return true;
	term_warn(&tool->term, _("Only one try is left. A wrong PIN locks the card."));
	if (conf_get(&tool->conf, CONF_PIN_SOURCE) && !tool->force) {
		fail_set(fail, FAIL_PIN_LAST_TRY, NULL);
		fail->tries_left = 1;
		return false;
	}
	return true;
}

bool card_keypad(const struct tool *tool)
{
	return (tool->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) &&
	       !conf_get(&tool->conf, CONF_PIN_SOURCE);
}

/* One prompt is one try at the card. */
static bool log_in_once(struct tool *tool, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *pin = NULL;

	if (!card_guard(tool, fail))
		return false;
	if (card_keypad(tool))
		term_note(&tool->term, _("Enter the card PIN on the reader."));
	else if (!tool_secret(tool, CONF_PIN_SOURCE, _("Card PIN: "), "--pin-source", &pin, fail))
		return false;
	if (!card_same(tool, fail))
		return false;
	bool ok = p11_login(tool->session, pin, fail);
	card_tried(tool, ok ? NULL : fail);
	if (ok && tool->force && conf_get(&tool->conf, CONF_PIN_SOURCE)) { /* which is read once */
		pin_free(tool->card_pin);
		tool->card_pin = TAKE(pin);
	}
	return ok;
}

static bool ask_again(void *context, struct pin **ret, struct fail *fail)
{
	struct tool *tool = context;

	*ret = NULL;
	if (card_keypad(tool)) {
		term_note(&tool->term, _("This key wants its PIN again. Enter it on the reader."));
		return true;
	}
	if (tool->card_pin)
		return (*ret = pin_copy(tool->card_pin)) || fail_set(fail, FAIL_MEMORY, NULL);
	if (conf_get(&tool->conf, CONF_PIN_SOURCE))
		return fail_set(fail, FAIL_INPUT_NEEDED,
			_("this key wants a PIN of its own at each use; type it, or let --force "
			  "present that of --pin-source"));
	return tool_secret(tool, CONF_PIN_SOURCE, _("This key wants its PIN again: "),
		"--pin-source", ret, fail);
}

void card_key(struct tool *tool, struct p11_key *key)
{
	key->ask = tool->token.removable ? ask_again : NULL;
	key->context = tool;
}

bool card_login(struct tool *tool, struct fail *fail)
{
	while (!log_in_once(tool, fail)) {
		if ((fail->code != FAIL_PIN_WRONG && fail->code != FAIL_PIN_LENGTH) ||
			conf_get(&tool->conf, CONF_PIN_SOURCE) || tool->term.no_input)
			return false;
		tool_warn(tool, fail);
		fail->tries_left = -1;
		if (!interrupt_check(fail))
			return false;
	}
	*fail = (struct fail)FAIL_INIT; /* nothing of tries before */
	return true;
}
