/* SPDX-License-Identifier: Apache-2.0 */
/* What each site says in its own words, and what it wants of an application. */
#ifndef TWCA_MANNER_H
#define TWCA_MANNER_H

#include <stdbool.h>

#include "lib/ra_data.h"

/* What a site says and wants, before anybody configures anything. Texts are N_(); NULL: nothing. */
struct apply_manner {
	const char *site;
	enum ra_carrier carrier;
	const char *key_labels[3]; /* CKA_LABEL by enum ra_role */
	const char *agreed;        /* after the terms */
	const char *announce;      /* before the PIN */
	const char *busy;          /* a warning while it works */
	const char *trust;         /* heading of the question for the CA certificate */
	const char *trust_question;
	const char *done;    /* an application is through */
	const char *later;   /* another step of the person is needed */
	const char *fetched; /* first download */
	const char *fetched_again;
	const char *activated;
	const char *renewed[2];
	const char *files_made[2]; /* apply, renew */
	const char *advice[3];     /* what to do next */
	const char *secret;        /* prompt for the password of a file */
	const char *expired;       /* what to do with an expired certificate */
	unsigned level;            /* of prompting for the password; files */
	bool asks_label, asks_level, saves_files;
	bool second_pin; /* the PIN is asked for again before the old key signs */
};

/* NULL: no such site. */
const struct apply_manner *apply_manner_find(const char *site, enum ra_carrier carrier);

#endif
