/* SPDX-License-Identifier: Apache-2.0 */
/* TCP to the vpcd reader. Nothing here waits for more than two seconds. */
#include "link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define TIMEOUT_S 2

static void addresses_free(struct addrinfo **list)
{
	if (*list)
		freeaddrinfo(*list);
}

bool vc_link_open(struct vc_link *link, const char *host, const char *port)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	CLEANUP(addresses_free) struct addrinfo *list = NULL;
	struct timeval timeout = { .tv_sec = TIMEOUT_S };
	int one = 1;

	link->fd = -1;
	link->in_len = 0;
	if (getaddrinfo(host, port, &hints, &list) != 0)
		return false;
	for (struct addrinfo *a = list; a && link->fd < 0; a = a->ai_next) {
		int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			link->fd = fd;
		else
			close(fd);
	}
	return link->fd >= 0;
}

void vc_link_close(struct vc_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
	link->in_len = 0;
}

/* The driver sends length and body apart: its second packet waits for our word that the first
 * came, which TCP would hold back for 40 ms. Linux forgets this wish, so it is said each time. */
static void acknowledge_at_once(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
}

bool vc_link_receive(struct vc_link *link)
{
	ssize_t got = recv(
		link->fd, link->in + link->in_len, sizeof(link->in) - link->in_len, MSG_DONTWAIT);

	acknowledge_at_once(link->fd);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0) {
		vc_link_close(link);
		return false;
	}
	link->in_len += (size_t)got;
	return true;
}

const uint8_t *vc_link_message(const struct vc_link *link, size_t *ret_len)
{
	if (link->in_len < 2 || link->in_len - 2 < vc_u16(link->in))
		return NULL;
	*ret_len = vc_u16(link->in);
	return link->in + 2;
}

void vc_link_drop(struct vc_link *link)
{
	size_t whole = 2U + vc_u16(link->in);

	link->in_len -= whole;
	memmove(link->in, link->in + whole, link->in_len);
}

bool vc_link_send(struct vc_link *link, const uint8_t *data, size_t len)
{
	CLEANUP(vc_buf_clear) struct vc_buf message = { 0 };
	size_t sent = 0;

	vc_buf_u16(&message, len);
	vc_buf_add(&message, data, len);
	while (len <= 0xFFFF && sent < message.len) {
		ssize_t more =
			send(link->fd, message.data + sent, message.len - sent, MSG_NOSIGNAL);

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			break;
		sent += (size_t)more;
	}
	if (sent == message.len)
		return true;
	vc_link_close(link);
	return false;
}
