/* SPDX-License-Identifier: Apache-2.0 */
/* A V5 card as its maker delivers it: PKCS#15 with two PINs, three keys, things unknown.
 * docs/virtual-card.md lists what lies where. */
#include "der.h"
#include "layout5.h"

#include <openssl/obj_mac.h>
#include <string.h>

#define SIGN_PIN 0x05
#define PIN_STORED 12

struct keys {
	struct vc_file *common, *signature; /* the DFs 5072 and 5073 */
	struct vc_buf rsa, ec, rep, private;
};

static void keys_clear(struct keys *keys)
{
	vc_buf_clear(&keys->rsa);
	vc_buf_clear(&keys->ec);
	vc_buf_clear(&keys->rep);
	vc_buf_clear(&keys->private);
}

static struct vc_file *key_df(struct vc_layout5 *layout, struct vc_file *parent, unsigned fid)
{
	struct vc_file *df = vc_l5_df(parent, fid, 0, NULL);

	vc_l5_rule(layout, df, VC_L5_KEYS);
	return df;
}

static void put_pins(struct vc_layout5 *layout, struct vc_file *signature)
{
	const struct vcard_personalise *params = layout->params;
	const struct vc_l5_pin pin = { VC_L5_PIN, 3, VC_L5_PUK, 0, PIN_STORED, params->pin };
	const struct vc_l5_pin puk = { VC_L5_PUK, 10, 0, 0, PIN_STORED, params->puk };
	const struct vc_l5_pin sign = { SIGN_PIN, 3, 0, 1, PIN_STORED,
		params->sign_pin ? params->sign_pin : params->puk };

	vc_l5_pin(layout->card->mf, &puk);
	vc_l5_pin(layout->card->mf, &pin);
	vc_l5_pin(signature, &sign);
}

static void put_keys(struct vc_layout5 *layout, struct vc_file *app, struct keys *keys)
{
	static const struct vc_l5_key rsa = { 1, 2048, 0, "Card Holder RSA",
		"critical,digitalSignature,keyEncipherment", VC_L5_PIN };
	static const struct vc_l5_key ec = { 2, 0, NID_X9_62_prime256v1, "Card Holder EC",
		"critical,digitalSignature,keyAgreement", VC_L5_PIN };
	static const struct vc_l5_key rep = { 3, 2048, 0, "Card Holder Signature",
		"critical,nonRepudiation", SIGN_PIN };
	struct vc_l5_key other = rsa;

	keys->common = key_df(layout, app, 0x5072);
	keys->signature = key_df(layout, app, 0x5073);
	struct vc_file *rsa_df = key_df(layout, keys->common, 0x4B01);

	vc_l5_key(layout, rsa_df, &rsa, &keys->rsa);
	vc_l5_key(layout, key_df(layout, keys->common, 0x4B02), &ec, &keys->ec);
	vc_l5_key(layout, key_df(layout, keys->signature, 0x4B03), &rep, &keys->rep);
	/* The certificate that asks for the PIN: another one of the first key. */
	other.subject = "Card Holder Private";
	const struct vc_object *public = rsa_df->objects ? rsa_df->objects->next : NULL;

	if (!public || !vc_l5_certify(layout, public, &other, &keys->private))
		layout->failed = true;
}

static void put_certificates(struct vc_layout5 *layout, struct vc_file *app, struct keys *keys)
{
	CLEANUP(vc_buf_clear) struct vc_buf cdf = { 0 }, trusted = { 0 };

	vc_l5_ef(layout, keys->common, 0xC001, 0, VC_L5_FIXED, &keys->rsa);
	/* Longer than the certificate: the path says how much of it counts. */
	vc_l5_ef(layout, keys->common, 0xC002, 1024, VC_L5_FIXED, &keys->ec);
	vc_l5_ef(layout, keys->signature, 0xC003, 0, VC_L5_FIXED, &keys->rep);
	vc_l5_ef(layout, app, 0xC004, 0, VC_L5_PRIVATE, &keys->private);
	vc_l5_ef(layout, app, 0xC0CA, 0, VC_L5_FIXED, &layout->ca_cert);
	vc_der(&cdf, "30{30{0C{%s}03020640}30{040145}A1{30{30{04{3F0050155072C001}}}}}", "RSA");
	vc_der(&cdf,
		"30{30{0C{%s}03020640}30{040146}"
		"A1{30{30{04{3F0050155072C002}0201008002%w}}}}",
		"EC", (unsigned)keys->ec.len);
	vc_der(&cdf, "30{30{0C{%s}03020640}30{040147}A1{30{30{04{3F0050155073C003}}}}}",
		"Signature");
	vc_der(&cdf, "30{30{0C{%s}030206C0040101}30{040148}A1{30{30{04{3F005015C004}}}}}",
		"Private");
	if (layout->card->switches.value[VC_S_UNKNOWN] == 1)
		vc_der(&cdf, "AA{30{0C{%s}}}", "of a later edition");
	vc_l5_directory(layout, app, 0x4404, 1024, &cdf);
	vc_der(&trusted, "30{30{0C{%s}03020640}30{0401CA0101FF}A1{30{30{04{3F005015C0CA}}}}}",
		"Card CA");
	vc_l5_directory(layout, app, 0x4406, 256, &trusted);
}

static void put_prkdf(struct vc_layout5 *layout, struct vc_file *app)
{
	CLEANUP(vc_buf_clear) struct vc_buf prkdf = { 0 };

	vc_der(&prkdf,
		"30{30{0C{%s}030206C0040101}30{040145 03020274 030203B8 020101}"
		"A1{30{30{04{3F00501550724B01}}02020800}}}",
		"RSA");
	vc_der(&prkdf,
		"A0{30{0C{%s}030206C0040101}30{040146 0303072080 030203B8 020102}"
		"A1{30{30{04{3F00501550724B02}}02020100}}}",
		"EC");
	vc_der(&prkdf,
		"30{30{0C{%s}030206C0040105020101}30{040147 0303060040 030203B8 020103}"
		"A1{30{30{04{3F00501550734B03}}02020800}}}",
		"Signature");
	if (layout->card->switches.value[VC_S_UNKNOWN] == 1)
		vc_der(&prkdf, "AA{30{0C{%s}}}", "of a later edition");
	vc_l5_directory(layout, app, 0x4402, 1024, &prkdf);
}

static void put_aodf(struct vc_layout5 *layout, struct vc_file *app)
{
	CLEANUP(vc_buf_clear) struct vc_buf aodf = { 0 };

	vc_der(&aodf,
		"30{30{0C{%s}030206C0040102}30{040101}A1{30{0302024C 0A0101 020104 02010C 02010C"
		"800101 040100 30{04023F00}}}}",
		"Card PIN");
	vc_der(&aodf,
		"30{30{0C{%s}030206C0}30{040102}A1{30{0302014E 0A0101 020104 02010C 02010C"
		"800102 040100 30{04023F00}}}}",
		"Card PUK");
	vc_der(&aodf,
		"30{30{0C{%s}030206C0}30{040105}A1{30{0302025C 0A0101 020104 02010C 02010C"
		"80020085 040100 30{04063F0050155073}}}}",
		"Signature PIN");
	vc_l5_directory(layout, app, 0x4401, 384, &aodf);
}

/* A data object, and a secret key that no host uses. */
static void put_others(struct vc_layout5 *layout, struct vc_file *app)
{
	CLEANUP(vc_buf_clear) struct vc_buf text = { 0 }, dodf = { 0 }, skdf = { 0 };

	vc_der(&text, "30{0C{%s}}", "delivered by the maker");
	vc_l5_ef(layout, app, 0x4331, 0, VC_L5_PUBLIC, &text);
	vc_der(&dodf, "30{30{0C{%s}03020640}30{0C{%s}}A1{30{04{3F0050154331}}}}", "Delivery note",
		"TWCA test maker");
	vc_l5_directory(layout, app, 0x4405, 256, &dodf);
	vc_der(&skdf,
		"A4{30{0C{%s}030206C0}30{0401600302066003020380}A0{020100}A1{30{30{04{3F0050150D02}"
		"}}}}",
		"Maker's key");
	vc_l5_ef(layout, app, 0x4407, 128, VC_L5_FIXED, &skdf);
	vc_l5_ef(layout, app, 0x0D02, 16, VC_L5_SECRET, &(struct vc_buf){ 0 });
}

static void put_odf(struct vc_layout5 *layout, struct vc_file *app)
{
	CLEANUP(vc_buf_clear) struct vc_buf odf = { 0 };

	vc_der(&odf, "A8{30{04{3F0050154401}}}A0{30{04{3F0050154402}}}A4{30{04{3F0050154404}}}"
		     "A5{30{04{3F0050154406}}}A7{30{04{3F0050154405}}}");
	/* The secret keys, and a kind of directory that no standard knows yet. */
	if (layout->card->switches.value[VC_S_UNKNOWN] == 1)
		vc_der(&odf, "A3{30{04{3F0050154407}}}AB{30{04{3F0050154408}}}");
	vc_l5_directory(layout, app, 0x5031, 256, &odf);
}

static void put_token_info(struct vc_layout5 *layout, struct vc_file *app)
{
	CLEANUP(vc_buf_clear) struct vc_buf serial = { 0 }, list = { 0 }, token = { 0 };
	unsigned form = layout->card->switches.value[VC_S_TOKEN_INFO];

	vc_buf_add(&serial, layout->card->serial, sizeof(layout->card->serial));
	/* PKCS#1; the same mechanism once more under a reference that means raw, as seen on real
	 * cards; ECDSA under the name it has with SHA-1. */
	if (form == VC_TOKEN_INFO_LISTED)
		vc_der(&list, "A2{30{020101 020101 0500 03020244 06{2A864886F70D010101} 020110}"
			      "30{020111 020101 0500 03020244 06{2A864886F70D010101} 020100}"
			      "30{020105 02021041 0500 03020640 06{2A8648CE3D0201} 020130}}");
	vc_der(&token, "30{020100 04{%b} 0C{%s} 80{%s} 0302%w %b}", &serial, "TWCA Test Card Maker",
		layout->params->label, form == VC_TOKEN_INFO_EID ? 0x0430U : 0x0560U, &list);
	vc_l5_ef(layout, app, 0x5032, 256, VC_L5_PUBLIC, &token);
}

static void put_root(struct vc_layout5 *layout)
{
	CLEANUP(vc_buf_clear) struct vc_buf root = { 0 }, note = { 0 };
	struct vc_file *mf = layout->card->mf;

	vc_der(&root,
		"61{4F{D2760000669901}50{%s}51{3F000D01}}"
		"61{4F{A000000063504B43532D3135}50{%s}51{3F005015}}",
		"Something else", layout->params->label);
	vc_l5_ef(layout, mf, 0x2F00, 256, VC_L5_FIXED, &root);
	struct vc_file *df = vc_l5_df(mf, 0x0D01, 0, "D2760000669901");

	vc_l5_rule(layout, df, VC_L5_KEYS);
	vc_der(&note, "%s", "not for you");
	vc_l5_ef(layout, df, 0x0D03, 64, VC_L5_SECRET, &note);
}

void vc_layout_maker(struct vc_layout5 *layout)
{
	CLEANUP(keys_clear) struct keys keys = { 0 };
	struct vc_file *mf = layout->card->mf;

	vc_l5_ca(layout);
	put_root(layout);
	struct vc_file *app = vc_l5_df(mf, 0x5015, 0x4000, "A000000063504B43532D3135");

	vc_l5_rule(layout, app, VC_L5_DF);
	vc_se_add(app, 1);
	put_keys(layout, app, &keys);
	put_pins(layout, keys.signature);
	put_odf(layout, app);
	put_token_info(layout, app);
	put_aodf(layout, app);
	put_prkdf(layout, app);
	put_certificates(layout, app, &keys);
	put_others(layout, app);
	vc_l5_rule(layout, mf, VC_L5_MF);
	layout->card->phase = VC_OPERATIONAL;
}
