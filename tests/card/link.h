/* SPDX-License-Identifier: Apache-2.0 */
/* The wire to the vpcd reader: length-prefixed messages over TCP (cardos-facts 9.1). */
#ifndef VCARD_LINK_H
#define VCARD_LINK_H

#include "bytes.h"

#include <stdbool.h>

struct vc_link {
	int fd; /* -1: not connected */
	uint8_t in[2 + 0xFFFF];
	size_t in_len;
};

/* Try to connect. false: not now. */
bool vc_link_open(struct vc_link *link, const char *host, const char *port);
void vc_link_close(struct vc_link *link);

/* Take what has arrived. false: the reader is gone; the link is closed. */
bool vc_link_receive(struct vc_link *link);
/* The next whole message, or NULL. Borrowed until vc_link_drop(), which must follow. */
const uint8_t *vc_link_message(const struct vc_link *link, size_t *ret_len);
void vc_link_drop(struct vc_link *link);

/* false: the reader is gone; the link is closed. */
bool vc_link_send(struct vc_link *link, const uint8_t *data, size_t len);

#endif
