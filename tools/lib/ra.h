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
#include <time.h>

struct chain;
struct fail;
struct pin;
struct ra;

struct ra_site {
	const char *name;
	bool captcha;                  /* a login needs a picture read */
	bool account_is_identifier;    /* people know their account as certificate identifier */
	bool card_management_password; /* the site password is asked for PIN reset and unlock */
	bool card_management_counter;  /* a counter visit comes before each PIN reset */
	const char *reset_form;        /* NULL: not told, as the next four */
	const char *contact, *phone, *hours, *address;
	const char *profile;                 /* of certificates made here */
	const char *validity;                /* ISO 8601 duration */
	unsigned key_bits;                   /* RSA, preferred */
	unsigned password_min, password_max; /* characters */
	time_t server_time;
	long max_clock_skew_s;
	void *owner; /* the ra: valid until ra_close() */
};

struct ra_captcha {
	const char *id;
	unsigned digits;
	uint8_t *image; /* PNG; part of the owner's duty */
	size_t image_len;
	void *owner;
};

struct ra_registration {
	const char *account, *name, *organization, *email, *identifier,
		*subject; /* NULL: not told */
	uint8_t *subject_der;
	size_t subject_len;
	void *owner;
};

struct ra_terms {
	const char *id, *title, *text, *sha256, *accept_label;
	void *owner;
};

struct ra_challenge {
	const char *id;
	const char *card_serial;
	const char *challenge; /* NULL: verified without one */
	const char *answer_url;
	void *owner;
};

enum ra_state {
	RA_PENDING,
	RA_APPROVED,
	RA_ISSUED,
	RA_ACKNOWLEDGED,
	RA_REJECTED,
	RA_EXPIRED,
	RA_CANCELLED,
	RA_STATES
};

struct ra_order {
	const char *url;
	enum ra_state state;
	const char *card_serial;
	const char *key_sha256; /* of the SubjectPublicKeyInfo; NULL: not told */
	const char *receipt_url;
	const char *certificate_url;
	const char *certificate_sha256;
	const char *reason; /* why rejected */
	long retry_after;   /* seconds; 0: not told */
	void *owner;
};

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
	bool (*order_text)(const struct ra_site *site, const uint8_t *csr, size_t csr_len,
		const struct ra_terms *terms, const char *card_id, char **ret, struct fail *fail);
	/* *ret_existing: set to the order that stands in the way (free()) when the RA names one. */
	bool (*order)(struct ra *ra, const char *key, const char *text, struct ra_order *ret,
		char **ret_existing, struct fail *fail);
	bool (*order_get)(struct ra *ra, const char *url, struct ra_order *ret, struct fail *fail);
	/* The certificate and the CA certificates (freed with chain_clear()). */
	bool (*certificate)(
		struct ra *ra, const struct ra_order *order, struct chain *ret, struct fail *fail);
	bool (*receipt)(struct ra *ra, const struct ra_order *order, const char *sha256,
		const char *card_id, struct ra_order *ret, struct fail *fail);
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

#endif
