/* SPDX-License-Identifier: Apache-2.0 */
/* Reads settings files and the environment into one table of values. */
#include "conf.h"

#include <errno.h>
#include <ini.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"

#define SYSTEM_FILE "/etc/twca/twca.conf"

// clang-format off
static const struct conf_profile profiles[] = {
	{ "soft", N_("TWCA electronic certificate site"), "TWCA",
	  N_("the site password reset form"), NULL, false },
	{ "fine", N_("TWCA FINE certificate site"), "TWCA FINE",
	  N_("the FINE site password reset form"), NULL, true },
	{ "tipo", N_("TIPO IP certificate centre"), "TIPO",
	  N_("the TIPO site password reset form"), NULL, true },
	{ "post", N_("Chunghwa Post financial certificate RA"), "POST",
	  N_("the post office counter"), "ACR38U", true },
	{ "bts", N_("Bank of Taiwan Securities certificate registration system"), "BTS",
	  N_("the counter of the branch"), NULL, false },
};

static const struct name_row {
	const char *name;     /* in the settings file */
	const char *variable; /* in the environment, or NULL */
	bool global;	      /* belongs to [twca], not to a site */
} names[CONF_COUNT] = {
	[CONF_SITE] = { "site", "TWCA_SITE", true },
	[CONF_URL] = { "url", "TWCA_RA_URL", false },
	[CONF_CA] = { "ca", "TWCA_RA_CA", false },
	[CONF_ACCOUNT] = { "account", "TWCA_ACCOUNT", false },
	[CONF_READER] = { "reader", "TWCA_READER", false },
	[CONF_TOKEN] = { "token", "TWCA_TOKEN", false },
	[CONF_MODULE] = { "module", "TWCA_PKCS11_MODULE", true },
	[CONF_PIN_SOURCE] = { "pin_source", NULL, false },
	[CONF_PASSWORD_SOURCE] = { "password_source", NULL, false },
	[CONF_NEW_PASSWORD_SOURCE] = { "new_password_source", NULL, false },
	[CONF_NEW_PIN_SOURCE] = { "new_pin_source", NULL, false },
	[CONF_PUK_SOURCE] = { "puk_source", NULL, false },
	[CONF_EXPORT_PASSWORD_SOURCE] = { "export_password_source", NULL, false },
	[CONF_CAPTCHA_COMMAND] = { "captcha_command", "TWCA_CAPTCHA_COMMAND", false },
};
// clang-format on

struct reading {
	struct conf *conf;
	const char *site; /* whose section counts; NULL: only [twca] is read */
	const char *unknown;
	char text[128];
	bool no_memory;
};

const struct conf_profile *conf_profile_find(const char *site)
{
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
		if (strcmp(profiles[i].site, site) == 0)
			return &profiles[i];
	return NULL;
}

const char *conf_profile_names(void)
{
	static char names_of_all[64];

	names_of_all[0] = '\0';
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		size_t used = strlen(names_of_all);
		snprintf(names_of_all + used, sizeof names_of_all - used, "%s%s", i ? ", " : "",
			profiles[i].site);
	}
	return names_of_all;
}

const char *conf_get(const struct conf *conf, enum conf_key key)
{
	return conf->values[key];
}

static bool put(struct conf *conf, enum conf_key key, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return false;
	free(conf->values[key]);
	conf->values[key] = copy;
	return true;
}

bool conf_set(struct conf *conf, enum conf_key key, const char *value, struct fail *fail)
{
	if (value && !put(conf, key, value))
		return fail_set(fail, FAIL_MEMORY, NULL);
	return true;
}

void conf_clear(struct conf *conf)
{
	for (size_t i = 0; i < CONF_COUNT; i++)
		free(conf->values[i]);
	memset(conf, 0, sizeof *conf);
}

/* Called by libinih for each line; 0 stops at an error. */
static int take_line(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *reading = arg;
	bool global = strcmp(section, "twca") == 0;

	if (!global && strncmp(section, "site ", 5) != 0) {
		snprintf(reading->text, sizeof reading->text, "[%s]", section);
		return 0;
	}
	for (size_t i = 0; i < CONF_COUNT; i++) {
		if (strcmp(names[i].name, name) != 0 || names[i].global != global)
			continue;
		bool ours = global ? !reading->site
				   : reading->site && strcmp(section + 5, reading->site) == 0;
		if (ours && *value && !put(reading->conf, (enum conf_key)i, value))
			reading->no_memory = true;
		return !reading->no_memory;
	}
	snprintf(reading->text, sizeof reading->text, "%s", name);
	return 0;
}

static bool read_file(
	struct conf *conf, const char *path, const char *site, bool must_exist, struct fail *fail)
{
	struct reading reading = { .conf = conf, .site = site };
	CLEANUP(fclose_p) FILE *file = fopen(path, "re");

	if (!file) {
		if (!must_exist && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
			return true;
		return fail_errno(fail, path);
	}
	int line = ini_parse_file(file, take_line, &reading);
	if (reading.no_memory || line == -2)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (line > 0 && reading.text[0])
		return fail_set(fail, FAIL_SETTINGS, _("%s, line %d: %s is not known"), path, line,
			reading.text);
	if (line != 0)
		return fail_set(fail, FAIL_SETTINGS, _("%s, line %d"), path, line);
	return true;
}

char *conf_directory(const char *variable, const char *below)
{
	const char *base = getenv(variable);
	char *path = NULL;

	if (base && base[0] == '/')
		return asprintf(&path, "%s/twca", base) < 0 ? NULL : path;
	const char *home = getenv("HOME");
	if (!home || home[0] != '/') {
		const struct passwd *entry = getpwuid(getuid());
		home = entry ? entry->pw_dir : NULL;
	}
	if (!home)
		return NULL;
	return asprintf(&path, "%s/%s/twca", home, below) < 0 ? NULL : path;
}

/* All files once: first for [twca], then for the section of the site. */
static bool read_files(struct conf *conf, const char *file, const char *site, struct fail *fail)
{
	if (file)
		return read_file(conf, file, site, true, fail);
	if (!read_file(conf, SYSTEM_FILE, site, false, fail))
		return false;
	CLEANUP(free_p) char *directory = conf_directory("XDG_CONFIG_HOME", ".config");
	CLEANUP(free_p) char *path = NULL;
	if (!directory)
		return true;
	if (asprintf(&path, "%s/twca.conf", directory) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return read_file(conf, path, site, false, fail);
}

static bool read_environment(struct conf *conf, struct fail *fail)
{
	for (size_t i = 0; i < CONF_COUNT; i++) {
		const char *value = names[i].variable ? getenv(names[i].variable) : NULL;
		if (value && *value && !conf_set(conf, (enum conf_key)i, value, fail))
			return false;
	}
	return true;
}

bool conf_load(struct conf *conf, const char *file, const char *site, struct fail *fail)
{
	const char *wanted = site ? site : getenv("TWCA_SITE");

	if (!read_files(conf, file, NULL, fail) || !conf_set(conf, CONF_SITE, wanted, fail))
		return false;
	wanted = conf_get(conf, CONF_SITE);
	if (wanted && !read_files(conf, file, wanted, fail))
		return false;
	return read_environment(conf, fail) && conf_set(conf, CONF_SITE, site, fail);
}
