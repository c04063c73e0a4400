/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of the bags of a PFX file: name, id, and ours. */
#ifndef PKCS11_SOFT_BAG_H
#define PKCS11_SOFT_BAG_H

#include <stdbool.h>

#include <openssl/pkcs12.h>

struct soft_item;

/* The dates of a key stand in an attribute of type 2.5.29.16, privateKeyUsagePeriod of X.509, whose
 * meaning is just that.
 *
 * Our attribute: an OCTET STRING of version (1), flags, usage (2 bytes, enum token_usage), and the
 * SubjectPublicKeyInfo of a key or the application of a data object. */
#define SOFT_BAG_OID "2.25.26541597291580443652776900452613308657"

/* Absent or malformed attributes leave item as it is. *ret_ours: the bag has our attribute. */
void soft_bag_read(const PKCS12_SAFEBAG *bag, struct soft_item *item, bool *ret_ours);

/* false: no memory. */
bool soft_bag_write(PKCS12_SAFEBAG *bag, const struct soft_item *item);

#endif
