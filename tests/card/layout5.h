/* SPDX-License-Identifier: Apache-2.0 */
/* What the layouts of V5 cards are made of. Their maker writes the EEPROM directly. */
#ifndef VCARD_LAYOUT5_H
#define VCARD_LAYOUT5_H

#include "card.h"
#include "vcard.h"

#define VC_L5_PIN 0x01
#define VC_L5_PUK 0x02

/* The access rules of the files; with the switch arr the records of EF.ARR. */
enum vc_l5_rules {
	VC_L5_FIXED,   /* read by all, written by nobody */
	VC_L5_PUBLIC,  /* read by all, written and deleted with the PIN */
	VC_L5_PRIVATE, /* all with the PIN */
	VC_L5_SECRET,  /* nothing */
	VC_L5_MF,      /* select and PHASE CONTROL only */
	VC_L5_DF,      /* keys and files may be added with the PIN */
	VC_L5_KEYS,    /* a DF whose keys nobody changes */
	VC_L5_RULES_COUNT
};

struct vc_layout5 {
	struct vcard *card;
	const struct vcard_personalise *params;
	bool failed;
	void *ca;               /* EVP_PKEY of the small CA */
	struct vc_buf ca_cert;  /* DER */
	unsigned serial_number; /* of its certificates */
};

/* Put these rules on a file. */
void vc_l5_rule(struct vc_layout5 *layout, struct vc_file *file, enum vc_l5_rules rules);
/* EF.ARR in the MF, if the switch wants it. */
void vc_l5_arr(struct vc_layout5 *layout);
struct vc_file *vc_l5_df(struct vc_file *parent, unsigned fid, size_t size, const char *name);
/* size 0: as long as its content. */
struct vc_file *vc_l5_ef(struct vc_layout5 *layout, struct vc_file *parent, unsigned fid,
	size_t size, enum vc_l5_rules rules, const struct vc_buf *content);
/* A directory file: transparent, or each entry a record behind a header of tag 00 and length. */
void vc_l5_directory(struct vc_layout5 *layout, struct vc_file *parent, unsigned fid, size_t size,
	const struct vc_buf *entries);
/* padded: bytes of the stored value; uses: how often a verified PIN is good, 0 for ever; unblock:
 * the PUK's id, 00 for none. */
struct vc_l5_pin {
	unsigned id, tries, unblock, uses;
	size_t padded;
	const char *value;
};
void vc_l5_pin(struct vc_file *df, const struct vc_l5_pin *pin);

/* A key pair with a certificate of the CA. bits: RSA; 0: nid names the curve. */
struct vc_l5_key {
	unsigned id, bits;
	int nid;
	const char *subject, *usage;
	uint8_t pin;
};
void vc_l5_key(struct vc_layout5 *layout, struct vc_file *df, const struct vc_l5_key *key,
	struct vc_buf *ret_certificate);
/* The CA, with its own certificate (testca.c). */
void vc_l5_ca(struct vc_layout5 *layout);
void vc_l5_ca_free(struct vc_layout5 *layout);
/* A certificate for the public key object (testca.c). false: it could not be made. */
bool vc_l5_certify(struct vc_layout5 *layout, const struct vc_object *public,
	const struct vc_l5_key *key, struct vc_buf *out);

void vc_layout_maker(struct vc_layout5 *layout);   /* layout_maker.c */
void vc_layout_plain(struct vc_layout5 *layout);   /* layout_plain.c */
void vc_layout_foreign(struct vc_layout5 *layout); /* layout_foreign.c */

#endif
