/* SPDX-License-Identifier: Apache-2.0 */
/* What the RA knows and rules about an account: password rules, functions, contact data, forms. */
#ifndef TWCA_TOOLS_RA_ACCOUNT_H
#define TWCA_TOOLS_RA_ACCOUNT_H

#include <stdbool.h>

struct fail;
struct ra;

struct ra_password_policy {
	unsigned min_len, max_len; /* characters; 0: no such limit */
	bool lower, upper, digit;  /* one of each is needed */
};

/* The rules of new site passwords. No request is sent. */
void ra_password_policy(const struct ra *ra, struct ra_password_policy *ret);

/* Does the site have this function (a resource of docs/ra-api.yaml)? No request is sent. */
bool ra_offers(const struct ra *ra, const char *resource);

/* The data of the person; strings are borrowed from owner, NULL where not told. */
struct ra_person {
	const char *account, *name, *organization, *identifier, *email, *telephone, *carrier;
	bool email_changeable, telephone_changeable;
	void *owner; /* ra_release() */
};
bool ra_person(struct ra *ra, struct ra_person *ret, struct fail *fail);

/* Change one or both (NULL: leave). Errors: RA_REFUSED where the site does not have it. */
bool ra_person_change(struct ra *ra, const char *email, const char *telephone, struct fail *fail);

/* The paper form that lifts a suspended login. title NULL: the site has none. */
struct ra_form {
	const char *title, *channels, *papers; /* channels: blank-separated words */
	void *owner;
};
bool ra_reset_form(struct ra *ra, struct ra_form *ret, struct fail *fail);

#endif
