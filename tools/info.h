/* SPDX-License-Identifier: Apache-2.0 */
/* What the site tells everybody: what the parts of twca-info share. */
#ifndef TWCA_INFO_H
#define TWCA_INFO_H

#include "lib/tool.h"

enum info_verb {
	INFO_ABOUT,
	INFO_NOTICES,
	INFO_DOCUMENTS,
	INFO_FAQ,
	INFO_LINKS,
	INFO_DRIVERS,
	INFO_FORMS,
	INFO_VERBS
};

struct info {
	struct tool tool;
	const char *which; /* number or id of an entry, or the purpose of a form; NULL: all */
	const char *save;  /* --save */
	json_t *entries;   /* all, or the chosen one; in the RA's order, which is newest first */
	json_t *contact;   /* of forms */
	char *saved;       /* where the file went */
};

bool info_run(void *context, struct fail *fail);
json_t *info_members(void *context, const struct fail *fail);
void info_print(void *context);
void info_clear(void *context);

#endif
