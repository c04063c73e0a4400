/* SPDX-License-Identifier: Apache-2.0 */
/* A host that cleans OpenSSL up before it finalises the module; each case in its own process, since
 * OpenSSL does not come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/crypto.h>

#include "p11.h"
#include "pkcs11/crypto.h"

static int without_openssl(void)
{
	CK_MECHANISM digest = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM sign = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE session = p11_user(0);
	CK_OBJECT_HANDLE key = p11_object(session, CKO_PRIVATE_KEY);
	CK_BYTE bytes[1] = { 0 };
	CK_ULONG len = 32;
	CK_BYTE out[256];

	if (p11->C_DigestInit(session, &digest) != CKR_OK ||
		p11->C_DigestUpdate(session, bytes, 1) != CKR_OK ||
		p11->C_SignInit(session, &sign, key) != CKR_OK)
		return 1;
	OPENSSL_cleanup();
	if (crypto_usable())
		return 2;
	if (p11->C_DigestUpdate(session, bytes, 1) == CKR_OK)
		return 3;
	len = sizeof(out);
	if (p11->C_Sign(session, bytes, 1, out, &len) == CKR_OK)
		return 4;
	if (p11->C_DigestInit(session, &digest) == CKR_OK)
		return 5;
	return p11->C_Finalize(NULL) == CKR_OK ? 0 : 6;
}

static void a_host_that_cleaned_openssl_up_can_still_finalise(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		alarm(20);
		if (p11_setup(NULL) != 0)
			_exit(50);
		_exit(without_openssl());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_cleaned_openssl_up_can_still_finalise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
