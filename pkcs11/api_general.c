/* SPDX-License-Identifier: Apache-2.0 */
/* General-purpose functions: C_Initialize, C_Finalize, C_GetInfo. */
#include "api.h"

#include <string.h>

#include "gate.h"
#include "module.h"
#include "scope.h"
#include "text.h"

CK_RV api_initialize(void *args)
{
	return module_start(args);
}

CK_RV api_finalize(void *reserved)
{
	return reserved ? CKR_ARGUMENTS_BAD : module_stop();
}

CK_RV api_get_info(CK_INFO *info)
{
	CLEANUP(gate_leave) struct gate gate = { 0 };
	CK_RV rv = gate_module(&gate);

	if (rv != CKR_OK)
		return rv;
	if (!info)
		return CKR_ARGUMENTS_BAD;
	*info = (CK_INFO){ .cryptokiVersion = { 3, 0 }, .libraryVersion = { 0, 1 } };
	text_pad(info->manufacturerID, sizeof(info->manufacturerID), "twca-pkcs11");
	text_pad(info->libraryDescription, sizeof(info->libraryDescription),
		"TWCA smart card module");
	return CKR_OK;
}
