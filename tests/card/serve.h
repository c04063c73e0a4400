/* SPDX-License-Identifier: Apache-2.0 */
/* The loop between reader (vpcd protocol), control socket and card. */
#ifndef VCARD_SERVE_H
#define VCARD_SERVE_H

#include <stdio.h>

struct vcard;

struct vc_serve {
	struct vcard *card;
	const char *host, *port; /* of the vpcd reader */
	const char *control;     /* path of the control socket; NULL: none */
	FILE *log;               /* NULL: none; flushed after each line */
};

/* Serve until SIGTERM or SIGINT. Returns an exit status; what is wrong goes to stderr. */
int vc_serve(const struct vc_serve *params);

#endif
