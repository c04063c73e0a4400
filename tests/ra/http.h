/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS front: connections, bodies, headers. */
#ifndef RA_HTTP_H
#define RA_HTTP_H

#include <stdint.h>

#include "ra.h"

struct http;

/* Listens on an IPv4 address and port (0: any), with DIR's TLS key; sets ra->base. NULL after a
 * line on stderr. ra must live until http_stop(). */
struct http *http_start(struct ra *ra, const char *dir, const char *host, uint16_t port);
void http_stop(struct http *http);

#endif
