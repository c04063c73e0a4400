/* SPDX-License-Identifier: Apache-2.0 */
/* File control parameters: what SELECT tells about a file, and what CREATE FILE wants to know. */
#ifndef CARDOS_ISO_FCP_H
#define CARDOS_ISO_FCP_H

#include "buf.h"

#define ISO_FCP_AC_MAX 9 /* access bytes of CardOS V4 */
#define ISO_FCP_RULES_MAX 200

enum iso_file_kind {
	ISO_FILE_TRANSPARENT = 0x01,
	ISO_FILE_LINEAR_TLV = 0x05,
	ISO_FILE_DF = 0x38,
};

struct iso_fcp {
	uint8_t descriptor; /* first byte of tag 82, shareable bit cleared; enum iso_file_kind */
	size_t size;        /* 80, else 81; 0: not told */
	uint16_t fid;       /* 83; 0: not told */
	uint8_t ac[ISO_FCP_AC_MAX];       /* 86 */
	size_t ac_len;                    /* 0: the card told no access bytes */
	uint8_t rules[ISO_FCP_RULES_MAX]; /* AB or 8B as they came, with tag and length */
	size_t rules_len;                 /* 0: the card told no rules */
};

/* Template 6F or 62; unknown tags are skipped, order is free. false: does not parse. */
bool iso_fcp_parse(const uint8_t *bytes, size_t len, struct iso_fcp *ret_fcp);

#endif
