/* SPDX-License-Identifier: Apache-2.0 */
/* A small HTTPS server in a thread, which answers request after request from a script. */
#ifndef TWCA_TEST_SERVER_H
#define TWCA_TEST_SERVER_H

#include <stddef.h>

struct server;

/* script: raw HTTP answers, in the order of the requests; "" closes the connection instead. NULL
 * ends it; the last answer is repeated. folder: where ca.pem is written. */
struct server *server_start(const char *folder, const char *const *script);
const char *server_url(const struct server *server);

/* Requests seen so far, one after the other as they came. */
size_t server_requests(const struct server *server);
const char *server_request(const struct server *server, size_t at);

void server_stop(struct server *server);

#endif
