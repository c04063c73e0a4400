/* SPDX-License-Identifier: Apache-2.0 */
/* The module's settings: two files of lines "name = value", and the environment. */
#include "conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_FILE "/etc/twca/module.conf"
#define LINE_LEN 256
#define PATH_LEN 1024
#define SPACE " \t\r\n"

static bool take_yes_no(const char *value, bool *ret)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return false;
	*ret = yes;
	return true;
}

static bool take_pinpad(const char *value, struct conf *conf)
{
	return take_yes_no(value, &conf->pinpad);
}

static bool take_sessions(const char *value, struct conf *conf)
{
	char *end;
	unsigned long number;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno || *end || number < 1 || number > CONF_SESSIONS_MAX)
		return false;
	conf->sessions = (unsigned)number;
	return true;
}

static const struct setting {
	const char *name, *variable;
	bool (*take)(const char *value, struct conf *conf);
} settings[] = {
	{ "pinpad", "TWCA_PINPAD", take_pinpad },
	{ "sessions", "TWCA_SESSIONS", take_sessions },
};

static bool take(const char *name, const char *value, struct conf *conf)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(settings[i].name, name) == 0)
			return settings[i].take(value, conf);
	return false;
}

/* Without white space at its ends. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, SPACE);
	for (len = strlen(text); len && strchr(SPACE, text[len - 1]); len--)
		text[len - 1] = '\0';
	return text;
}

/* false: the line means nothing. */
static bool take_line(char *line, struct conf *conf)
{
	char *value;

	line = trim(line);
	if (*line == '#' || *line == '\0')
		return true;
	value = strchr(line, '=');
	if (!value)
		return false;
	*value++ = '\0';
	return take(trim(line), trim(value), conf);
}

static void read_file(const char *path, struct conf *conf, bool tell)
{
	FILE *file = fopen(path, "re");
	char line[LINE_LEN];

	for (unsigned number = 1; file && fgets(line, sizeof(line), file); number++)
		if (!take_line(line, conf) && tell)
			(void)fprintf(stderr, "twca-pkcs11: %s:%u: no such setting or value\n",
				path, number);
	if (file)
		(void)fclose(file);
}

void conf_read(struct conf *ret, bool tell)
{
	const char *config = secure_getenv("XDG_CONFIG_HOME");
	const char *home = secure_getenv("HOME");
	char path[PATH_LEN] = "";

	*ret = (struct conf){ .sessions = 1024, .pinpad = true };
	read_file(SYSTEM_FILE, ret, tell);
	if (config && *config)
		(void)snprintf(path, sizeof(path), "%s/twca/module.conf", config);
	else if (home && *home)
		(void)snprintf(path, sizeof(path), "%s/.config/twca/module.conf", home);
	if (*path)
		read_file(path, ret, tell);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *value = secure_getenv(settings[i].variable);

		if (value && !settings[i].take(value, ret) && tell)
			(void)fprintf(
				stderr, "twca-pkcs11: %s: no such value\n", settings[i].variable);
	}
}
