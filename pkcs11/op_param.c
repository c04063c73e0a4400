/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of mechanisms: read once, when an operation begins. */
#include "op.h"

#include <string.h>

#include "token.h"

#define BYTES_MAX 65536                      /* labels and additional data are short */
#define POINT_MAX (2 * TOKEN_EC_MAX + 1 + 3) /* with the head of an OCTET STRING */

static CK_RV read_pss(struct op *op, const CK_MECHANISM *mechanism)
{
	CK_RSA_PKCS_PSS_PARAMS pss;

	if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof(pss))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&pss, mechanism->pParameter, sizeof(pss));
	op->hash = mech_hash_find(pss.hashAlg);
	op->mgf = mech_hash_find_mgf(pss.mgf);
	op->salt_len = pss.sLen;
	if (!op->hash || !op->mgf || (op->mech->hash && op->hash != op->mech->hash))
		return CKR_MECHANISM_PARAM_INVALID;
	return pss.sLen > TOKEN_RSA_MAX ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

static CK_RV read_oaep(struct op *op, const CK_MECHANISM *mechanism)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep;

	if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof(oaep))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&oaep, mechanism->pParameter, sizeof(oaep));
	op->hash = mech_hash_find(oaep.hashAlg);
	op->mgf = mech_hash_find_mgf(oaep.mgf);
	/* without a label there is no source either, say some */
	if (!op->hash || !op->mgf ||
		(oaep.source != CKZ_DATA_SPECIFIED && (oaep.source || oaep.ulSourceDataLen)))
		return CKR_MECHANISM_PARAM_INVALID;
	if (oaep.ulSourceDataLen > BYTES_MAX || (!oaep.pSourceData && oaep.ulSourceDataLen))
		return CKR_MECHANISM_PARAM_INVALID;
	return blob_set(&op->label, oaep.pSourceData, oaep.ulSourceDataLen) ? CKR_OK
									    : CKR_HOST_MEMORY;
}

/* An initial value of exactly this length; optional: or none. */
static CK_RV read_iv(struct op *op, const CK_MECHANISM *mechanism, size_t len, bool may_lack)
{
	if (may_lack && (!mechanism->pParameter || !mechanism->ulParameterLen))
		return CKR_OK;
	if (!mechanism->pParameter || mechanism->ulParameterLen != len)
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(op->iv, mechanism->pParameter, len);
	op->iv_len = len;
	return CKR_OK;
}

/* Tags as NIST SP 800-38D has them. */
static bool tag_fits(CK_ULONG bits)
{
	return bits == 32 || bits == 64 || (bits >= 96 && bits <= 128 && bits % 8 == 0);
}

static CK_RV read_gcm(struct op *op, const CK_MECHANISM *mechanism)
{
	CK_GCM_PARAMS gcm;

	if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof(gcm))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&gcm, mechanism->pParameter, sizeof(gcm));
	if (!gcm.pIv || !gcm.ulIvLen || gcm.ulIvLen > sizeof(op->iv) || !tag_fits(gcm.ulTagBits))
		return CKR_MECHANISM_PARAM_INVALID;
	if (gcm.ulAADLen > BYTES_MAX || (!gcm.pAAD && gcm.ulAADLen))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(op->iv, gcm.pIv, gcm.ulIvLen);
	op->iv_len = gcm.ulIvLen;
	op->tag_len = gcm.ulTagBits / 8;
	return blob_set(&op->label, gcm.pAAD, gcm.ulAADLen) ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV read_ecdh(struct op *op, const CK_MECHANISM *mechanism)
{
	CK_ECDH1_DERIVE_PARAMS ecdh;

	if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof(ecdh))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&ecdh, mechanism->pParameter, sizeof(ecdh));
	if (!ecdh.pPublicData || !ecdh.ulPublicDataLen || ecdh.ulPublicDataLen > POINT_MAX)
		return CKR_MECHANISM_PARAM_INVALID;
	if (ecdh.ulSharedDataLen > BYTES_MAX || (!ecdh.pSharedData && ecdh.ulSharedDataLen))
		return CKR_MECHANISM_PARAM_INVALID;
	op->kdf = ecdh.kdf;
	return blob_set(&op->data, ecdh.pPublicData, ecdh.ulPublicDataLen) &&
			       blob_set(&op->label, ecdh.pSharedData, ecdh.ulSharedDataLen)
		       ? CKR_OK
		       : CKR_HOST_MEMORY;
}

static CK_RV read_none(const CK_MECHANISM *mechanism)
{
	/* a length without bytes is none */
	return mechanism->pParameter && mechanism->ulParameterLen ? CKR_MECHANISM_PARAM_INVALID
								  : CKR_OK;
}

static CK_RV read_by_mode(struct op *op, const CK_MECHANISM *mechanism)
{
	switch (op->mech->mode) {
	case MODE_CBC:
	case MODE_CBC_PAD:
		return read_iv(op, mechanism, 16, false);
	case MODE_GCM:
		return read_gcm(op, mechanism);
	case MODE_WRAP:
		return read_iv(op, mechanism, 8, true);
	case MODE_WRAP_PAD:
		return read_iv(op, mechanism, 4, true);
	case MODE_NONE:
	case MODE_ECB:
		break;
	}
	return read_none(mechanism);
}

CK_RV op_read_parameter(struct op *op, const CK_MECHANISM *mechanism)
{
	op->hash = op->mech->hash;
	if (op->mech->form == MECH_RSA_PSS)
		return read_pss(op, mechanism);
	if (op->mech->form == MECH_RSA_OAEP)
		return read_oaep(op, mechanism);
	if (op->mech->form == MECH_ECDH)
		return read_ecdh(op, mechanism);
	return read_by_mode(op, mechanism);
}
