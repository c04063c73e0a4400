/* SPDX-License-Identifier: Apache-2.0 */
/* A smart card service that polkit closes to this user, to be preloaded in front of libpcsclite:
 * the first word with it is refused, as pcscd does over ssh. */
#include <winscard.h>

__attribute__((visibility("default"))) LONG SCardEstablishContext(
	DWORD scope, LPCVOID reserved1, LPCVOID reserved2, LPSCARDCONTEXT context)
{
	(void)scope, (void)reserved1, (void)reserved2, (void)context;
	return SCARD_W_SECURITY_VIOLATION;
}
