/* SPDX-License-Identifier: Apache-2.0 */
/* identity.conf: what a software identity is called and how its password is asked for. */
#ifndef PKCS11_SOFT_CONF_H
#define PKCS11_SOFT_CONF_H

#include <stdbool.h>

#include "blob.h"

#define SOFT_CONF_NAME "identity.conf"
#define SOFT_CONF_TEXT_MAX 64

/* How often the password is asked for (the three levels of the certificate file's owner). */
enum soft_level {
	SOFT_LEVEL_ALWAYS = 1, /* at each use of a key */
	SOFT_LEVEL_ONCE = 2,   /* once a session; the default */
	SOFT_LEVEL_NEVER = 3,  /* it lies in the file SOFT_PASSWORD_NAME */
};

struct soft_conf {
	char label[SOFT_CONF_TEXT_MAX + 1];
	char serial[SOFT_CONF_TEXT_MAX + 1];
	enum soft_level level;
	bool old_ciphers; /* files encrypted with RC2 or 3DES may be opened */
};

/* Unknown keys and lines are passed over; what is absent or wrong gets its default (strict). */
void soft_conf_parse(const struct blob *text, struct soft_conf *ret_conf);

/* false: no memory. */
bool soft_conf_format(const struct soft_conf *conf, struct blob *ret_text);

#endif
