/* SPDX-License-Identifier: Apache-2.0 */
/* What an RA can do for an application, whatever protocol it speaks: one function per operation.
 *
 * Strings in the structs are borrowed from their owner member and freed with ra_release(). Texts
 * that go to the screen are cleaned by whoever shows them. A refusal of the RA fills struct fail
 * with its detail (cleaned), its type and the attempts left. */
#ifndef TWCA_TOOLS_RA_H
#define TWCA_TOOLS_RA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ra_data.h"

struct chain;
struct fail;
struct pin;
struct ra;

struct ra_ops {
	/* The directory; needed before anything else. */
	bool (*site)(struct ra *ra, const char *site, struct ra_site *ret, struct fail *fail);
	bool (*captcha)(struct ra *ra, struct ra_captcha *ret, struct fail *fail);
	/* Open a session, once. captcha_id NULL: the site has no pictures. *ret_must_change: only
	 * the password change is possible. */
	bool (*login)(struct ra *ra, const char *account, const struct pin *password,
		const char *captcha_id, const char *answer, bool *ret_must_change,
		struct fail *fail);
	/* *ret_again: log in again with the new one. */
	bool (*password)(struct ra *ra, const struct pin *old, const struct pin *new,
		bool *ret_again, struct fail *fail);
	bool (*logout)(struct ra *ra, struct fail *fail);
	bool (*registration)(struct ra *ra, struct ra_registration *ret, struct fail *fail);
	bool (*terms)(struct ra *ra, const char *language, struct ra_terms *ret, struct fail *fail);
	/* Present a card; order_url NULL: before the key is made. */
	bool (*card)(struct ra *ra, const char *serial, const char *order_url,
		struct ra_challenge *ret, struct fail *fail);
	bool (*answer)(struct ra *ra, const struct ra_challenge *challenge,
		const uint8_t *signature, size_t len, struct fail *fail);
	/* The text to be recorded before it is sent with order(). The caller frees *ret. */
	bool (*order_text)(const struct ra_request *request, char **ret, struct fail *fail);
	/* *ret_existing: set to the order that stands in the way (free()) when the RA names one. */
	bool (*order)(struct ra *ra, const char *key, const char *text, struct ra_order *ret,
		char **ret_existing, struct fail *fail);
	bool (*order_get)(struct ra *ra, const char *url, struct ra_order *ret, struct fail *fail);
	bool (*orders)(struct ra *ra, struct ra_orders *ret, struct fail *fail);
	/* One certificate of the order and the CA certificates (freed with chain_clear()). */
	bool (*certificate)(struct ra *ra, const struct ra_order *order, size_t index,
		struct chain *ret, struct fail *fail);
	/* card_id NULL: files. */
	bool (*receipt)(struct ra *ra, const struct ra_order *order, const char *const sha256[],
		size_t count, const char *card_id, struct ra_order *ret, struct fail *fail);
	/* The slip's password gives the right to one order. The caller frees *ret. */
	bool (*eligibility)(struct ra *ra, const struct pin *slip, char **ret, struct fail *fail);
	bool (*activate)(struct ra *ra, const struct ra_order *order, const struct pin *password,
		struct ra_order *ret, struct fail *fail);
	void (*close)(struct ra *ra);
};

struct ra {
	const struct ra_ops *ops;
};

struct ra_options {
	const char *url;
	const char *ca_file; /* NULL: the system's trust */
	const char *user_agent;
};

/* The project's own JSON API (docs/ra-api.yaml). Nothing is sent yet. */
bool ra_json_open(const struct ra_options *options, struct ra **ret, struct fail *fail);

/* Ends the session (errors are ignored) and frees. NULL is fine; returns NULL. */
struct ra *ra_close(struct ra *ra);

/* Frees an owner; NULL is fine. */
void ra_release(void **owner);
void ra_captcha_clear(struct ra_captcha *captcha);
void ra_registration_clear(struct ra_registration *registration);

/* "pending", "issued", ... */
const char *ra_state_name(enum ra_state state);

/* The same for people, in their language. */
const char *ra_state_text(enum ra_state state);

#endif
