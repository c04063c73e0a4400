/* SPDX-License-Identifier: Apache-2.0 */
/* A directory, keys, PFX files and faults for tests of single files of the software token. */
#include "soft_unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "scope.h"
#include "soft_cert.h"
#include "soft_key.h"
#include "soft_store.h"

#define ROUNDS 100
#define NOBODY 65534

struct crypto *unit_crypto;

CK_RV __real_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes);
CK_RV __wrap_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes);

CK_RV __wrap_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes)
{
	assert_int_equal(rounds, SOFT_ROUNDS);
	return __real_soft_pfx_write(crypto, pfx, password, ROUNDS, ret_bytes);
}

CK_RV __real_soft_key_rsa(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key);
CK_RV __wrap_soft_key_rsa(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key);

/* The SO's key, which each identity gets: one for all of a program, for it takes seconds. */
CK_RV __wrap_soft_key_rsa(const struct crypto *crypto, unsigned bits, EVP_PKEY **ret_key)
{
	static EVP_PKEY *made;

	if (made && EVP_PKEY_get_bits(made) != (int)bits)
		return __real_soft_key_rsa(crypto, bits, ret_key);
	if (!made) {
		CK_RV rv = __real_soft_key_rsa(crypto, bits, &made);

		if (rv != CKR_OK)
			return rv;
	}
	assert_int_equal(EVP_PKEY_up_ref(made), 1);
	*ret_key = made;
	return CKR_OK;
}

int unit_setup(void **state)
{
	if (!unit_crypto)
		unit_crypto = crypto_new();
	return unit_crypto ? soft_tmp_setup(state) : -1;
}

int unit_teardown(void **state)
{
	unit_limit(0);
	return soft_tmp_teardown(state);
}

struct secret *unit_secret(const char *text)
{
	return secret_new(text, strlen(text));
}

EVP_PKEY *unit_key(unsigned number)
{
	static EVP_PKEY *keys[UNIT_KEYS];

	assert_true(number < UNIT_KEYS);
	if (!keys[number])
		assert_int_equal(soft_key_ec(unit_crypto, 256, &keys[number]), CKR_OK);
	assert_int_equal(EVP_PKEY_up_ref(keys[number]), 1);
	return keys[number];
}

static void name_item(struct soft_item *item, unsigned number, uint8_t id)
{
	snprintf(item->label, sizeof(item->label), "key %u", number);
	item->id[0] = id;
	item->id_len = id ? 1 : 0;
}

struct soft_item *unit_add_key(struct soft_pfx *pfx, unsigned number, uint8_t id)
{
	struct soft_item *item = soft_pfx_add(pfx, SOFT_KEY);

	assert_non_null(item);
	item->key = unit_key(number);
	assert_int_equal(soft_key_public(item->key, &item->value), CKR_OK);
	item->usage = TOKEN_USE_SIGN;
	item->public_object = true;
	name_item(item, number, id);
	return item;
}

struct soft_item *unit_add_certificate(struct soft_pfx *pfx, unsigned number, uint8_t id)
{
	struct soft_item *item = soft_pfx_add(pfx, SOFT_CERTIFICATE);
	EVP_PKEY *key = unit_key(number);

	assert_non_null(item);
	soft_cert(key, &item->value);
	EVP_PKEY_free(key);
	name_item(item, number, id);
	return item;
}

void unit_put(const struct soft_tmp *tmp, const char *name, const void *bytes, size_t len)
{
	int fd = openat(tmp->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

bool unit_holds(const struct soft_tmp *tmp, const char *name, const void *bytes, size_t len)
{
	CLEANUP(blob_clear) struct blob found = { 0 };

	return soft_dir_read(tmp->fd, name, &found, NULL) == CKR_OK &&
	       blob_equal(&found, bytes, len);
}

bool unit_exists(const struct soft_tmp *tmp, const char *name)
{
	return faccessat(tmp->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void unit_put_pfx(const struct soft_tmp *tmp, const char *name, unsigned number, uint8_t id,
	const char *password)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(password);

	(void)unit_add_key(&pfx, number, id);
	(void)unit_add_certificate(&pfx, number, id);
	assert_int_equal(__real_soft_pfx_write(unit_crypto, &pfx, pin, ROUNDS, &bytes), CKR_OK);
	unit_put(tmp, name, bytes.bytes, bytes.len);
}

void unit_copy(const struct soft_tmp *tmp, const char *from, const char *to)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	assert_int_equal(soft_dir_read(AT_FDCWD, from, &bytes, NULL), CKR_OK);
	unit_put(tmp, to, bytes.bytes, bytes.len);
}

void unit_limit(size_t bytes)
{
	struct rlimit limit;

	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

CK_RV unit_without_rights(const struct soft_tmp *tmp, CK_RV (*work)(const struct soft_tmp *tmp))
{
	int ends[2], status = -1;
	CK_RV rv = CKR_GENERAL_ERROR;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && seteuid(NOBODY) != 0)
			_exit(2);
		rv = work(tmp);
		_exit(write(ends[1], &rv, sizeof(rv)) == sizeof(rv) ? 0 : 1);
	}
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &rv, sizeof(rv)), sizeof(rv));
	close(ends[0]);
	return rv;
}

struct soft_store *unit_store_open(const struct soft_tmp *tmp, const char *password)
{
	CLEANUP(secret_free_p) struct secret *pin = password ? unit_secret(password) : NULL;
	struct soft_store *store = NULL;

	assert_int_equal(soft_store_open(tmp->path, "A123456789", &store), CKR_OK);
	if (pin)
		assert_int_equal(soft_store_login(store, pin), CKR_OK);
	return store;
}

struct soft_store *unit_store(const struct soft_tmp *tmp)
{
	return unit_store_open(tmp, UNIT_PIN);
}
