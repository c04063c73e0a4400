/* SPDX-License-Identifier: Apache-2.0 */
/* The elliptic curve half of key5.h. */
#ifndef VCARD_EC5_H
#define VCARD_EC5_H

#include "card.h"

size_t vc_ec5_len(const struct vc_object *key);
enum vc_sw vc_ec5_generate(
	const struct vc_object *key, struct vc_bytes *ret_private, struct vc_bytes *ret_public);
/* What stands inside 7F49. */
bool vc_ec5_export(const struct vc_object *key, struct vc_buf *out);

#endif
