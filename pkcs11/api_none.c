/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of PKCS#11 1.0: present, and saying that nothing runs in parallel. */
#include "api.h"

#include "gate.h"

#define UNUSED __attribute__((unused))

CK_RV api_get_function_status(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV api_cancel_function(CK_SESSION_HANDLE a UNUSED)
{
	return gate_refuse(CKR_FUNCTION_NOT_PARALLEL);
}
