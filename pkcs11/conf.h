/* SPDX-License-Identifier: Apache-2.0 */
/* The module's settings: /etc/twca/module.conf, then $XDG_CONFIG_HOME/twca/module.conf, then the
 * environment; what is read last counts (twca-pkcs11(7)). */
#ifndef PKCS11_CONF_H
#define PKCS11_CONF_H

#include <stdbool.h>

#define CONF_SESSIONS_MAX 65536

struct conf {
	unsigned sessions; /* that a slot has at most, 1 to CONF_SESSIONS_MAX */
	bool pinpad;       /* PINs are typed at the reader, if it has keys */
};

/* tell: name lines that mean nothing on standard error. They change nothing, and what is said
 * nowhere is as usual: 1024 sessions, pinpad. A program with more rights than its user
 * (set-user-ID) looks at the system's file only. */
void conf_read(struct conf *ret, bool tell);

#endif
