/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of mechanisms: read once, when an operation begins. */
#include "op.h"

#include <string.h>

#include "token.h"

#define LABEL_MAX 65536 /* OAEP labels are short names; a hash takes more, nobody has more */

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
	if (!op->hash || !op->mgf || oaep.source != CKZ_DATA_SPECIFIED)
		return CKR_MECHANISM_PARAM_INVALID;
	if (oaep.ulSourceDataLen > LABEL_MAX || (!oaep.pSourceData && oaep.ulSourceDataLen))
		return CKR_MECHANISM_PARAM_INVALID;
	return blob_set(&op->label, oaep.pSourceData, oaep.ulSourceDataLen) ? CKR_OK
									    : CKR_HOST_MEMORY;
}

/* RSA with a padding of its own must have parameters, the others must have none (a length without
 * bytes is none). */
CK_RV op_read_parameter(struct op *op, const CK_MECHANISM *mechanism)
{
	op->hash = op->mech->hash;
	if (op->mech->form == MECH_RSA_PSS)
		return read_pss(op, mechanism);
	if (op->mech->form == MECH_RSA_OAEP)
		return read_oaep(op, mechanism);
	return mechanism->pParameter && mechanism->ulParameterLen ? CKR_MECHANISM_PARAM_INVALID
								  : CKR_OK;
}
