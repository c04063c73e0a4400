/* SPDX-License-Identifier: Apache-2.0 */
/* NSS databases: reads their list of modules, has modutil change it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"
#include "i18n.h"
#include "program.h"
#include "scope.h"
#include "text.h"

/* The list is blocks of "name=value" lines; the lines of a module that count are these. */
struct entry {
	const char *library, *name;
};

static bool is_proxy(const char *library)
{
	const char *last = strrchr(library, '/');

	return strcmp(last ? last + 1 : library, "p11-kit-proxy.so") == 0;
}

static enum browser_state judge(
	const struct entry *entry, const char *module, enum browser_state state, bool *ret_named)
{
	bool ours = strcmp(entry->name, BROWSER_MODULE_NAME) == 0;

	if (ours)
		*ret_named = true;
	if (strcmp(entry->library, module) == 0)
		return BROWSER_PRESENT;
	if (ours && state != BROWSER_PRESENT)
		return BROWSER_STALE;
	if (is_proxy(entry->library) && state == BROWSER_ABSENT)
		return BROWSER_OTHERWISE;
	return state;
}

/* Takes the text apart. */
static enum browser_state judge_list(char *text, const char *module, bool *ret_named)
{
	enum browser_state state = BROWSER_ABSENT;
	struct entry entry = { "", "" };

	for (char *line = text; line;) {
		char *next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "library=", 8) == 0)
			entry.library = line + 8;
		else if (strncmp(line, "name=", 5) == 0)
			entry.name = line + 5;
		if (!*line || !next) {
			state = judge(&entry, module, state, ret_named);
			entry = (struct entry){ "", "" };
		}
		line = next;
	}
	return state;
}

bool browser_nss_look(const char *folder, const char *module, enum browser_state *ret_state,
	bool *ret_named, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *text = NULL;

	*ret_named = false;
	if (asprintf(&path, "%s/pkcs11.txt", folder) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!browser_read(path, &text, fail))
		return false;
	*ret_state = text ? judge_list(text, module, ret_named) : BROWSER_ABSENT;
	return true;
}

/* modutil in this folder with these words behind its own. It stands in the folder because NSS takes
 * a path apart at blanks. */
static bool modutil(const char *folder, const char *const words[4], struct fail *fail)
{
	CLEANUP(free_p) char *output = NULL;
	int status;

	if (!program_exists("modutil"))
		return fail_set(fail, FAIL_NSS_TOOLS, NULL);
	const char *const line[] = { "modutil", "-force", "-dbdir", "sql:.", words[0], words[1],
		words[2], words[3], NULL };
	if (!program_run(line, folder, &output, &status, fail))
		return false;
	if (status == 0)
		return true;
	CLEANUP(free_p) char *said = text_clean_line(output);
	return fail_set(fail, access(folder, W_OK) != 0 ? FAIL_RIGHTS_NEEDED : FAIL_SYSTEM,
		"%s: modutil: %s", folder, said ? said : "");
}

/* A profile that was never started has no database yet. */
static bool make_database(const char *folder, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *parent = strdup(folder);
	static const char *const create[4] = { "-create" };

	if (!parent || asprintf(&path, "%s/cert9.db", folder) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (access(path, F_OK) == 0)
		return true;
	*strrchr(parent, '/') = '\0';
	if ((mkdir(parent, 0700) != 0 && errno != EEXIST) ||
		(mkdir(folder, 0700) != 0 && errno != EEXIST))
		return fail_errno(fail, folder);
	return modutil(folder, create, fail);
}

bool browser_nss_add(const char *folder, const char *module, struct fail *fail)
{
	const char *const add[4] = { "-add", BROWSER_MODULE_NAME, "-libfile", module };
	const char *const delete[4] = { "-delete", BROWSER_MODULE_NAME };
	enum browser_state state;
	bool named;

	if (!make_database(folder, fail) ||
		!browser_nss_look(folder, module, &state, &named, fail) ||
		(named && !modutil(folder, delete, fail)) || !modutil(folder, add, fail) ||
		!browser_nss_look(folder, module, &state, &named, fail))
		return false;
	return state == BROWSER_PRESENT ||
	       fail_set(fail, FAIL_SYSTEM, _("%s: modutil did not add the module"), folder);
}

bool browser_nss_remove(const char *folder, const char *module, struct fail *fail)
{
	const char *const delete[4] = { "-delete", BROWSER_MODULE_NAME };
	enum browser_state state;
	bool named;

	if (!browser_nss_look(folder, module, &state, &named, fail))
		return false;
	if (!named && state == BROWSER_PRESENT)
		return fail_set(fail, FAIL_SYSTEM,
			_("%s: the module is registered under another name; remove it in the "
			  "browser"),
			folder);
	return !named || modutil(folder, delete, fail);
}
