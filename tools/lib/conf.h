/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: built-in site profiles, the settings files, the environment, in this order; options of
 * the command line are laid over them by the caller with conf_set(). */
#ifndef TWCA_TOOLS_CONF_H
#define TWCA_TOOLS_CONF_H

#include <stdbool.h>
#include <stddef.h>

struct fail;

/* What a site is, before anybody configures anything. */
struct conf_profile {
	const char *site;       /* "fine" */
	const char *title;      /* of the site, translated with _() */
	const char *key_label;  /* CKA_LABEL of keys made for it */
	const char *reset_form; /* what lifts a login lock, translated with _() */
	const char *reader;     /* part of the name of the reader that people of this site usually
				 * have; it goes before others. NULL: none */
	bool card;              /* people have smart cards, most of them at least */
};

enum conf_key {
	CONF_SITE,
	CONF_URL,
	CONF_CA,
	CONF_ACCOUNT,
	CONF_READER,
	CONF_TOKEN,
	CONF_MODULE,
	CONF_PIN_SOURCE,
	CONF_PASSWORD_SOURCE,
	CONF_NEW_PASSWORD_SOURCE,
	CONF_NEW_PIN_SOURCE,
	CONF_PUK_SOURCE,
	CONF_EXPORT_PASSWORD_SOURCE,
	CONF_CAPTCHA_COMMAND,
	CONF_COUNT
};

struct conf {
	char *values[CONF_COUNT]; /* NULL: not set */
};

/* NULL: no such site. */
const struct conf_profile *conf_profile_find(const char *site);

/* "fine, post, ...", for messages. */
const char *conf_profile_names(void);

/* Read the settings: file, or if it is NULL /etc/twca/twca.conf and then the user's twca.conf (a
 * missing one of these two is fine), then the environment. site: of the command line, or NULL for
 * TWCA_SITE or the file's. conf: empty. Errors: SETTINGS (with file and line), SYSTEM, MEMORY. */
bool conf_load(struct conf *conf, const char *file, const char *site, struct fail *fail);

/* Replace a value by a copy; NULL leaves it as it is. */
bool conf_set(struct conf *conf, enum conf_key key, const char *value, struct fail *fail);

/* NULL when not set. */
const char *conf_get(const struct conf *conf, enum conf_key key);

void conf_clear(struct conf *conf);

/* The first of $XDG_name (variable) and $HOME/below, with "/twca" behind; works with HOME unset
 * (the passwd entry). The caller frees; NULL: none or no memory. */
char *conf_directory(const char *variable, const char *below);

#endif
