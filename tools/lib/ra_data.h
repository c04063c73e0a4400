/* SPDX-License-Identifier: Apache-2.0 */
/* What an RA tells and is told: the structs of ra.h.
 *
 * Strings are borrowed from the owner member and freed with ra_release(). */
#ifndef TWCA_TOOLS_RA_DATA_H
#define TWCA_TOOLS_RA_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define RA_CERTS_MAX 2    /* certificates of one application */
#define RA_PROFILES_MAX 8 /* of one site */
#define RA_ORDERS_MAX 16  /* that are looked at, the newest */

/* Where keys live. */
enum ra_carrier {
	RA_CARD,
	RA_FILE
};

enum ra_role {
	RA_BOTH,
	RA_SIGNING,
	RA_ENCRYPTION
};

/* What happens between issue and use. */
enum ra_delivery {
	RA_DIRECT,
	RA_DOWNLOAD,  /* the person downloads in a step of its own */
	RA_ACTIVATION /* the site password first */
};

struct ra_profile {
	const char *id;
	enum ra_role role;
	enum ra_carrier carrier;
	unsigned key_bits; /* RSA, preferred */
};

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
	struct ra_profile profiles[RA_PROFILES_MAX];
	size_t profile_count;
	enum ra_delivery delivery;
	bool slip;           /* the counter slip's password is needed to apply */
	bool card_login;     /* renewals are opened by the card, not by the site password */
	const char *ra_unit; /* for that login; NULL: none */
	void *owner;         /* the ra: valid until ra_close() */
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
	enum ra_carrier carrier;
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
	RA_AWAITING_ACTIVATION,
	RA_STATES
};

struct ra_order_cert {
	const char *url;
	const char *sha256;
	const char *profile;
};

struct ra_order {
	const char *url;
	enum ra_state state;
	bool renewal;
	const char *card_serial;                  /* NULL: of files */
	const char *key_sha256[RA_CERTS_MAX];     /* of each SubjectPublicKeyInfo; NULL: not told */
	struct ra_order_cert certs[RA_CERTS_MAX]; /* in the states issued and acknowledged */
	size_t cert_count;
	const char *receipt_url;
	const char *activation_url;
	const char *reason; /* why rejected */
	long retry_after;   /* seconds; 0: not told */
	void *owner;
};

struct ra_orders {
	struct ra_order orders[RA_ORDERS_MAX]; /* newest first; their owner is this struct's */
	size_t count;
	void *owner;
};

/* What is asked for: one part for each certificate. */
struct ra_request {
	struct ra_request_part {
		const char *profile;
		const uint8_t *csr;
		size_t csr_len;
	} parts[RA_CERTS_MAX];
	size_t count;
	const struct ra_terms *terms;
	const char *card_id;     /* of the card verification; NULL: files */
	const char *eligibility; /* NULL: no slip is needed */
	const char *payment;     /* NULL: nothing was paid */
};

#endif
