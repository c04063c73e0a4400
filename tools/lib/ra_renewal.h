/* SPDX-License-Identifier: Apache-2.0 */
/* Renewals at the RA: the window, the login by card, the payment, the signed request. */
#ifndef TWCA_TOOLS_RA_RENEWAL_H
#define TWCA_TOOLS_RA_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct ra;
struct ra_order;
struct ra_terms;

enum ra_window {
	RA_EARLY,
	RA_OPEN,
	RA_EXPIRED_CERT,
	RA_NOT_ACTIVATED,
	RA_SUSPENDED,
	RA_REVOKED,
	RA_WINDOWS
};

struct ra_renewal_info {
	enum ra_window window;
	const char *not_after, *window_opens; /* RFC 3339 */
	bool card_login;
	long fee; /* 0: none */
	const char *currency;
	void *owner;
};

struct ra_card_login {
	const char *id, *identifier, *challenge, *answer_url;
	void *owner;
};

struct ra_payment {
	const char *id, *account;
	void *owner;
};

/* No session is needed. sha256: of the certificate, hexadecimal. */
bool ra_renewal_info(
	struct ra *ra, const char *sha256, struct ra_renewal_info *ret, struct fail *fail);

/* Begin and end a login by the key of the present certificate. */
struct ra_card_claim {
	const char *unit;       /* of the RA */
	const char *identifier; /* the certificate's CN */
	const char *captcha_id, *answer;
};
bool ra_card_challenge(struct ra *ra, const struct ra_card_claim *claim, struct ra_card_login *ret,
	struct fail *fail);
struct ra_card_proof {
	const uint8_t *signature;
	size_t len;
	const char *sha256; /* of the certificate */
};
bool ra_card_login(struct ra *ra, const struct ra_card_login *login,
	const struct ra_card_proof *proof, struct fail *fail);

/* key: the Idempotency-Key, recorded before. sha256: of the certificate to be renewed. */
struct ra_debit {
	const char *key, *sha256, *account;
	const struct ra_terms *terms;
};
bool ra_pay(struct ra *ra, const struct ra_debit *debit, struct ra_payment *ret, struct fail *fail);

/* The caller frees *ret. */
bool ra_nonce(struct ra *ra, char **ret, struct fail *fail);

/* Where ra_renew() goes, for the header that is signed; borrowed. */
bool ra_renewal_url(struct ra *ra, const char **ret, struct fail *fail);

/* As ra_ops.order(); text is the signed one. */
bool ra_renew(struct ra *ra, const char *key, const char *text, struct ra_order *ret,
	char **ret_existing, struct fail *fail);

#endif
