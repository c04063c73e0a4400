/* SPDX-License-Identifier: Apache-2.0 */
/* A V5 card without PKCS#15: one application known by its name, everything at fixed places. */
#include "layout5.h"

#include <openssl/obj_mac.h>

#define PIN_ID 0x07
#define PUK_ID 0x08
#define PIN_STORED 12

void vc_layout_foreign(struct vc_layout5 *layout)
{
	static const struct vc_l5_key rsa = { 4, 2048, 0, "Foreign RSA",
		"critical,digitalSignature,keyEncipherment", PIN_ID };
	static const struct vc_l5_key ec = { 5, 0, NID_X9_62_prime256v1, "Foreign EC",
		"critical,digitalSignature,keyAgreement", PIN_ID };
	CLEANUP(vc_buf_clear) struct vc_buf rsa_cert = { 0 }, ec_cert = { 0 };
	const struct vc_l5_pin pin = { PIN_ID, 3, PUK_ID, 0, PIN_STORED, layout->params->pin };
	const struct vc_l5_pin puk = { PUK_ID, 10, 0, 0, PIN_STORED, layout->params->puk };
	struct vc_file *mf = layout->card->mf;
	struct vc_file *app = vc_l5_df(mf, 0x0DF1, 0x2000, "D27600006601");

	vc_l5_ca(layout);
	vc_l5_rule(layout, app, VC_L5_KEYS);
	vc_l5_pin(app, &puk);
	vc_l5_pin(app, &pin);
	vc_l5_key(layout, app, &rsa, &rsa_cert);
	vc_l5_key(layout, app, &ec, &ec_cert);
	vc_l5_ef(layout, app, 0xC101, 0, VC_L5_FIXED, &rsa_cert);
	vc_l5_ef(layout, app, 0xC102, 0, VC_L5_FIXED, &ec_cert);
	vc_l5_ef(layout, app, 0xC1CA, 0, VC_L5_FIXED, &layout->ca_cert);
	vc_l5_rule(layout, mf, VC_L5_MF);
	layout->card->phase = VC_OPERATIONAL;
}
