/* SPDX-License-Identifier: Apache-2.0 */
/* The sites' rules, read from a settings file (sites.conf describes each key). */
#ifndef RA_SITE_H
#define RA_SITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	SITE_MAX = 8,
	SITE_PROFILES = 4
};

struct site_terms {
	char *language, *title, *text, *accept_label;
};

struct site_profile {
	char *id, *role, *carrier, *key_usage, *ext_key_usage;
	int years; /* validity of certificates */
};

enum site_info {
	INFO_ABOUT,
	INFO_DOCUMENT,
	INFO_DRIVER,
	INFO_FAQ,
	INFO_FORM,
	INFO_LINK,
	INFO_NOTICE,
	INFO_COUNT
};

struct site {
	char *id, *name, *name_en, *carrier, *organization, *unit;
	char *functions;   /* words: what the site can do on line */
	char *login_by;    /* what is typed as account: account, certificate_identifier */
	char *first_login; /* always, never, registered */
	int max_attempts;
	int password_min, password_max;
	char *password_require, *password_then;
	char *slip; /* the name of the paper with the first password */
	char *terms_id;
	char *delivery;   /* direct, download, activation */
	char *redownload; /* always, enabled */
	char *renewal_window;
	int renewal_fee;
	char *fee_currency, *ra_unit;
	char *suspend_what; /* selected, all */
	int suspend_password, card_password, card_counter;
	char *profile_fields; /* what a person may change */
	char *contact_name, *contact_phone, *contact_hours, *contact_address, *reset_form;
	struct site_terms terms[2]; /* zh-TW (the default), en */
	struct site_profile profiles[SITE_PROFILES];
	size_t profile_count;
	json_t *status;           /* host status by state; NULL: the site has no codes */
	json_t *info[INFO_COUNT]; /* arrays of objects, in the file's order */
};

/* Reads settings, in place of any read before; false after a line on stderr. */
bool site_load(const char *text);

/* The settings that are built in. */
extern const char site_default[];

/* All sites; ret_count is set. */
const struct site *site_all(size_t *ret_count);

/* NULL: unknown. */
const struct site *site_find(const char *id, size_t len);

/* Is word one of the blank-separated words? */
bool site_word(const char *words, const char *word);

/* Can people do this here on line? */
bool site_can(const struct site *site, const char *function);

/* NULL: unknown. */
const struct site_profile *site_profile(const struct site *site, const char *id);

/* The blank-separated words as a JSON array. */
json_t *site_words_json(const char *words);

#endif
