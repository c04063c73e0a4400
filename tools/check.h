/* SPDX-License-Identifier: Apache-2.0 */
/* The check of this computer, a reader, a card: what the verbs of twca-check share. */
#ifndef TWCA_CHECK_H
#define TWCA_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/browser.h"
#include "lib/fail.h"
#include "lib/tool.h"

enum check_verb {
	CHECK_ENV,
	CHECK_READER,
	CHECK_CARD,
	CHECK_SIGN
};

enum check_state {
	CHECK_PASS,
	CHECK_FAIL, /* and the site's work cannot be done */
	CHECK_WARN, /* not as recommended, but not in the way */
	CHECK_SKIP, /* does not concern this site */
};

/* What was found. Texts are in the person's language. */
struct check_result {
	enum check_state state;
	char current[256];
	const char *remedy; /* what a person can do, or NULL */
};

struct check;

/* A row of the table of items; constant. */
struct check_item {
	const char *id;
	const char *title, *purpose, *recommended; /* N_() */
	void (*look)(struct check *check, struct check_result *ret);
	/* NULL: this tool cannot repair it. */
	bool (*fix)(struct check *check, struct fail *fail);
	bool browser; /* browsers see a repair only after a restart */
};

#define CHECK_ITEMS_MAX 16

struct check {
	struct tool tool; /* first */
	const char *item; /* of --fix; NULL: none named */
	bool fix, fix_all;
	bool restart; /* something was repaired that browsers read at their start */
	/* of env */
	struct check_result results[CHECK_ITEMS_MAX];
	bool fixed[CHECK_ITEMS_MAX];
	bool looked;
	const char *done; /* what to say after success */
	json_t *readers;  /* of reader */
	char module[128]; /* of card */
	unsigned key_bits;
	bool registered;
	char by_hand[512]; /* how the module is given to a browser */
	/* kept between the items */
	struct fail readers_fail, ra_fail;
	size_t reader_count, card_count;
	bool readers_known, ra_known;
	char first_reader[65], first_card[64];
	char steps[512]; /* for browsers in a snap or flatpak */
};

bool check_run(void *check, struct fail *fail);
json_t *check_members(void *check, const struct fail *fail);
void check_print(void *check);
void check_clear(void *check);

/* check_items.c: the table; ends with a zero row. */
extern const struct check_item check_items[];

bool check_env(struct check *check, struct fail *fail);
bool check_reader(struct check *check, struct fail *fail);
bool check_card(struct check *check, struct fail *fail);
bool check_sign(struct check *check, struct fail *fail);

/* check_env.c: the table of results as text, and as JSON. */
void check_env_print(const struct check *check);
json_t *check_env_json(const struct check *check);

/* check_places.c: registration at p11-kit and browsers, the folder of software identities. */
void check_look_p11kit(struct check *check, struct check_result *ret);
bool check_fix_p11kit(struct check *check, struct fail *fail);
void check_look_browsers(struct check *check, struct check_result *ret);
bool check_fix_browsers(struct check *check, struct fail *fail);
void check_look_folder(struct check *check, struct check_result *ret);
bool check_fix_folder(struct check *check, struct fail *fail);
void check_look_names(struct check *check, struct check_result *ret);

/* check_chain.c: the certificates of the CAs, beside a person's own. */
void check_look_chain(struct check *check, struct check_result *ret);

/* check_cages.c */
void check_look_cages(struct check *check, struct check_result *ret);

/* The module that is checked, as a path. */
const char *check_module_path(const struct check *check);

#endif
