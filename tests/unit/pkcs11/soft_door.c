/* SPDX-License-Identifier: Apache-2.0 */
/* A door in the middle of every signature, check of a password, making of a key, writing of a file.
 */
#include "soft_door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "pkcs11/soft_key.h"
#include "pkcs11/soft_pfx.h"

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t door_moved = PTHREAD_COND_INITIALIZER;
static unsigned inside, most, awaited, passed;
static bool shut;
static enum soft_work guarded;

CK_RV __real_soft_key_sign(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len);
CK_RV __wrap_soft_key_sign(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len);

CK_RV __real_soft_pfx_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password);
CK_RV __wrap_soft_pfx_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password);
CK_RV __real_soft_key_ec(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key);
CK_RV __wrap_soft_key_ec(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key);

static struct timespec deadline(void)
{
	struct timespec when;

	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_sec += SOFT_DOOR_PATIENCE_S;
	return when;
}

/* Who computes goes on when as many are inside as are awaited, and the door is not shut. */
void soft_door_pass(enum soft_work work)
{
	struct timespec until = deadline();
	int error = 0;

	pthread_mutex_lock(&door);
	if (work != guarded) {
		pthread_mutex_unlock(&door);
		return;
	}
	inside++;
	passed++;
	most = inside > most ? inside : most;
	pthread_cond_broadcast(&door_moved);
	while ((most < awaited || shut) && error == 0)
		error = pthread_cond_timedwait(&door_moved, &door, &until);
	inside--;
	pthread_mutex_unlock(&door);
}

CK_RV __wrap_soft_key_sign(const struct crypto *crypto, EVP_PKEY *key, struct token_block block,
	uint8_t *out, size_t *ret_len)
{
	soft_door_pass(SIGNING);
	return __real_soft_key_sign(crypto, key, block, out, ret_len);
}

CK_RV __wrap_soft_pfx_check(
	const struct crypto *crypto, const struct blob *file, const struct secret *password)
{
	soft_door_pass(CHECKING);
	return __real_soft_pfx_check(crypto, file, password);
}

CK_RV __wrap_soft_key_ec(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key)
{
	soft_door_pass(MAKING);
	return __real_soft_key_ec(crypto, bits, ret_key);
}

void soft_door(enum soft_work work, unsigned wanted, bool closed)
{
	pthread_mutex_lock(&door);
	guarded = work;
	awaited = wanted;
	shut = closed;
	most = 0;
	pthread_cond_broadcast(&door_moved);
	pthread_mutex_unlock(&door);
}

void soft_door_inside(void)
{
	struct timespec until = deadline();
	int error = 0;

	pthread_mutex_lock(&door);
	while (inside == 0 && error == 0)
		error = pthread_cond_timedwait(&door_moved, &door, &until);
	pthread_mutex_unlock(&door);
	assert_int_equal(error, 0);
}

void soft_door_open(void)
{
	shut = false;
}

unsigned soft_door_most(void)
{
	return most;
}

unsigned soft_door_passed(void)
{
	return passed;
}
