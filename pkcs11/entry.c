/* SPDX-License-Identifier: Apache-2.0 */
/* The exported three symbols, the function lists of PKCS#11 2.40 and 3.0, the interface list. */
#include "ck.h"

#include <stdbool.h>
#include <string.h>

#include "api.h"

#define EXPORT __attribute__((visibility("default")))

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV C_GetInterface(
	CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **ret_interface, CK_FLAGS flags);

#define MEMBER(standard, own) .standard = own,

static CK_FUNCTION_LIST list_2_40 = {
	.version = { 2, 40 },
	.C_GetFunctionList = C_GetFunctionList,
	// clang-format off
	API_FUNCTIONS(MEMBER)
	// clang-format on
};

static CK_FUNCTION_LIST_3_0 list_3_0 = {
	.version = { 3, 0 },
	.C_GetFunctionList = C_GetFunctionList,
	.C_GetInterfaceList = C_GetInterfaceList,
	.C_GetInterface = C_GetInterface,
	// clang-format off
	API_FUNCTIONS(MEMBER)
	API_FUNCTIONS_3_0(MEMBER)
	// clang-format on
};

/* The tables are not const because the standard hands out plain pointers; nothing writes to them.
 * The newest comes first: it is the default interface. */
static CK_UTF8CHAR interface_name[] = "PKCS 11";
static CK_INTERFACE interfaces[] = {
	{ interface_name, &list_3_0, 0 },
	{ interface_name, &list_2_40, 0 },
};
#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (!list)
		return CKR_ARGUMENTS_BAD;
	*list = &list_2_40;
	return CKR_OK;
}

EXPORT CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
	if (!count)
		return CKR_ARGUMENTS_BAD;
	if (list && *count < INTERFACES) {
		*count = INTERFACES;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (list)
		memcpy(list, interfaces, sizeof(interfaces));
	*count = INTERFACES;
	return CKR_OK;
}

static bool interface_fits(
	const CK_INTERFACE *one, const CK_UTF8CHAR *name, const CK_VERSION *version)
{
	const CK_VERSION *has = one->pFunctionList; /* every list begins with its version */

	if (name && strcmp((const char *)name, (const char *)one->pInterfaceName) != 0)
		return false;
	return !version || (version->major == has->major && version->minor == has->minor);
}

EXPORT CK_RV C_GetInterface(
	CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **ret_interface, CK_FLAGS flags)
{
	if (!ret_interface)
		return CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < INTERFACES; i++)
		if (interface_fits(&interfaces[i], name, version) &&
			(interfaces[i].flags & flags) == flags) {
			*ret_interface = &interfaces[i];
			return CKR_OK;
		}
	return CKR_FUNCTION_FAILED;
}
