/* SPDX-License-Identifier: Apache-2.0 */
/* What a transport of the tests answers where there is no reader: nothing ends, no code is known.
 */
#ifndef TESTS_CARDOS_STILL_H
#define TESTS_CARDOS_STILL_H

#include <stddef.h>
#include <stdint.h>

#include "cardos/transport.h"

static inline void still_end(struct transport *transport)
{
	(void)transport;
}

static inline enum cardos_err still_control(struct transport *transport, uint32_t code,
	const uint8_t *in, size_t in_len, uint8_t *out, size_t out_cap, size_t *ret_len)
{
	(void)transport, (void)code, (void)in, (void)in_len, (void)out, (void)out_cap,
		(void)ret_len;
	return CARDOS_E_NOT_SUPPORTED;
}

#endif
