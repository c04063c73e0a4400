/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and reads the descriptions of cards without PKCS#15 (twca-card.conf(5)). */
#include "token_card_layout.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"

#include "cardos/cardos.h"

#define FILE_MAX 65536
#define FOLDER_MAX 1024
#define SYSTEM_FOLDER "/etc/twca/cards"

static void file_close(FILE **file)
{
	if (*file)
		fclose(*file);
}

static void complain(const char *path, const char *why)
{
	(void)fprintf(stderr, "twca-pkcs11: %s: %s\n", path, why);
}

static void give(struct cardos_card *card, const char *path)
{
	CLEANUP(file_close) FILE *file = fopen(path, "re");
	CLEANUP(free_p) char *text = malloc(FILE_MAX + 1);
	char why[CARDOS_WHY_MAX] = "";
	size_t len;

	if (!file || !text) {
		complain(path, strerror(errno));
		return;
	}
	len = fread(text, 1, FILE_MAX + 1, file);
	if (ferror(file))
		complain(path, strerror(errno));
	else if (len > FILE_MAX)
		complain(path, "too long");
	else if (cardos_card_layout(card, text, len, why) == CARDOS_E_INPUT)
		complain(path, why);
}

static void give_folder(struct cardos_card *card, const char *folder)
{
	char pattern[FOLDER_MAX];
	glob_t found = { 0 };

	if (snprintf(pattern, sizeof(pattern), "%s/*.conf", folder) < (int)sizeof(pattern) &&
		glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			give(card, found.gl_pathv[i]);
	globfree(&found);
}

void token_card_layouts(struct cardos_card *card)
{
	const char *named = secure_getenv("TWCA_CARD_LAYOUT");
	const char *config = secure_getenv("XDG_CONFIG_HOME");
	const char *home = secure_getenv("HOME");
	char folder[FOLDER_MAX] = "";

	if (named) {
		if (*named)
			give(card, named);
		return;
	}
	if (config && *config)
		(void)snprintf(folder, sizeof(folder), "%s/twca/cards", config);
	else if (home && *home)
		(void)snprintf(folder, sizeof(folder), "%s/.config/twca/cards", home);
	if (*folder)
		give_folder(card, folder);
	give_folder(card, SYSTEM_FOLDER);
}
