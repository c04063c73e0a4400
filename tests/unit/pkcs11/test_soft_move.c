/* SPDX-License-Identifier: Apache-2.0 */
/* Identities on their way between directories and single files: what is refused and why, what goes
 * along, and what a failure leaves. */
#include "soft_move.h"

#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "scope.h"
#include "soft_conf.h"
#include "soft_store.h"
#include "soft_unit.h"

static const struct soft_move_password right = { UNIT_PIN, sizeof(UNIT_PIN) - 1 };
static const struct soft_move_password wrong = { "soft-1235", 9 };

static void move_p(struct soft_move **move)
{
	*move = soft_move_free(*move);
}

/* The file under this name, opened. */
static enum soft_move_result open_file(const struct soft_tmp *tmp, const char *name,
	struct soft_move_password password, bool old, struct soft_move **ret)
{
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	assert_int_equal(soft_dir_read(tmp->fd, name, &bytes, NULL), CKR_OK);
	return soft_move_open(bytes.bytes, bytes.len, password, old, ret);
}

/* As somebody else's old software writes it. */
static void put_old(const struct soft_tmp *tmp, const char *name)
{
	EVP_PKEY *key = unit_key(0);
	unsigned char *der = NULL;
	PKCS12 *p12 = PKCS12_create(UNIT_PIN, "old", key, NULL, NULL,
		NID_pbe_WithSHA1And3_Key_TripleDES_CBC, -1, 10, 10, 0);
	int len = p12 ? i2d_PKCS12(p12, &der) : -1;

	assert_true(len > 0);
	unit_put(tmp, name, der, (size_t)len);
	OPENSSL_free(der);
	PKCS12_free(p12);
	EVP_PKEY_free(key);
}

static void put_certificate_only(const struct soft_tmp *tmp, const char *name)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(secret_free_p) struct secret *pin = unit_secret(UNIT_PIN);

	unit_add_certificate(&pfx, 0, 1);
	assert_int_equal(soft_pfx_write(unit_crypto, &pfx, pin, SOFT_ROUNDS, &bytes), CKR_OK);
	unit_put(tmp, name, bytes.bytes, bytes.len);
}

static void what_a_file_is_not_is_told(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	unit_put_pfx(tmp, "a", 0, 1, UNIT_PIN);
	assert_int_equal(open_file(tmp, "a", wrong, false, &move), SOFT_MOVE_PASSWORD);
	assert_int_equal(
		soft_move_open((const uint8_t *)"", 0, right, false, &move), SOFT_MOVE_DAMAGED);
	assert_int_equal(soft_dir_read(tmp->fd, "a", &bytes, NULL), CKR_OK);
	for (size_t cut = 1; cut < bytes.len; cut += 97)
		assert_int_equal(
			soft_move_open(bytes.bytes, cut, right, false, &move), SOFT_MOVE_DAMAGED);
	put_old(tmp, "old");
	assert_int_equal(open_file(tmp, "old", right, false, &move), SOFT_MOVE_OLD_CIPHER);
	put_certificate_only(tmp, "cert");
	assert_int_equal(open_file(tmp, "cert", right, false, &move), SOFT_MOVE_NO_KEY);
	assert_null(move);
	assert_int_equal(open_file(tmp, "old", right, true, &move), SOFT_MOVE_OK);
	assert_true(soft_move_weak(move));
}

/* One byte of the MAC: the password is right all the same, and so it is not blamed. */
static void a_changed_byte_is_no_wrong_password(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	CLEANUP(blob_clear) struct blob bytes = { 0 };

	unit_put_pfx(tmp, "a", 0, 1, UNIT_PIN);
	assert_int_equal(soft_dir_read(tmp->fd, "a", &bytes, NULL), CKR_OK);
	for (size_t back = 1; back < bytes.len; back++) {
		enum soft_move_result result;

		bytes.bytes[bytes.len - back] ^= 0x01;
		result = soft_move_open(bytes.bytes, bytes.len, right, false, &move);
		assert_true(result != SOFT_MOVE_OK && result != SOFT_MOVE_MEMORY);
		bytes.bytes[bytes.len - back] ^= 0x01;
		if (back == 30) /* within the MAC's bytes */
			break;
	}
	assert_int_equal(soft_move_open(bytes.bytes, bytes.len, right, false, &move), SOFT_MOVE_OK);
}

static size_t count_certificates(const struct soft_move *move, size_t *ret_own)
{
	const uint8_t *der;
	size_t len, count = 0;
	bool own;

	*ret_own = 0;
	for (; soft_move_certificate(move, count, &der, &len, &own); count++)
		*ret_own += own;
	return count;
}

static void a_directory_is_taken_as_far_as_the_password_goes(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	size_t own;

	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_NO_KEY);
	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, "b.pfx", 1, 2, "another");
	unit_put_pfx(tmp, "c.pfx", 2, 3, UNIT_PIN);
	unit_put(tmp, "notes.txt", "x", 1);
	assert_int_equal(soft_move_take(tmp->path, wrong, &move), SOFT_MOVE_PASSWORD);
	assert_null(move);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_OK);
	assert_int_equal(count_certificates(move, &own), 2);
	assert_int_equal(own, 2);
	assert_false(soft_move_weak(move));
}

static void what_cannot_be_read_is_told(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/none", tmp->path);
	assert_int_equal(soft_move_take(path, right, &move), SOFT_MOVE_SYSTEM);
	assert_int_equal(symlinkat(tmp->path, tmp->fd, "none"), 0);
	assert_int_equal(soft_move_take(path, right, &move), SOFT_MOVE_SYSTEM);
	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put(tmp, "b.pfx", "cut", 3);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_DAMAGED);
	assert_int_equal(unlinkat(tmp->fd, "b.pfx", 0), 0);
	assert_int_equal(symlinkat("a.pfx", tmp->fd, "b.pfx"), 0);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_DAMAGED);
	assert_null(move);
}

static CK_RV take_it(const struct soft_tmp *tmp)
{
	struct soft_move *move = NULL;

	return soft_move_take(tmp->path, right, &move) == SOFT_MOVE_SYSTEM ? CKR_OK : CKR_CANCEL;
}

static void what_may_not_be_read_is_told(void **state)
{
	const struct soft_tmp *tmp = *state;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(fchmodat(tmp->fd, "a.pfx", 0000, 0), 0);
	assert_int_equal(chmod(tmp->path, 0755), 0);
	assert_int_equal(unit_without_rights(tmp, take_it), CKR_OK);
	assert_int_equal(chmod(tmp->path, 0000), 0);
	assert_int_equal(unit_without_rights(tmp, take_it), CKR_OK);
	assert_int_equal(chmod(tmp->path, 0700), 0);
}

static void one_key_is_kept_with_what_belongs_to_it(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	const uint8_t *der;
	uint8_t copy[2048];
	size_t len, own;
	bool is_own;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	unit_put_pfx(tmp, "b.pfx", 1, 2, UNIT_PIN);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_OK);
	assert_false(soft_move_keep(move, (const uint8_t *)"none", 4));
	assert_int_equal(count_certificates(move, &own), 2);
	assert_true(soft_move_certificate(move, 1, &der, &len, &is_own));
	assert_true(is_own && len <= sizeof(copy));
	memcpy(copy, der, len);
	assert_true(soft_move_keep(move, copy, len));
	assert_int_equal(count_certificates(move, &own), 1);
	assert_int_equal(own, 1);
	assert_true(soft_move_certificate(move, 0, &der, &len, &is_own));
	assert_memory_equal(der, copy, len);
}

static void names_have_limits(void **state)
{
	static const char *const bad[] = { "", ".", "..", ".hidden", "a/b",
		"a name that is longer than a label" };
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	char label[TOKEN_LABEL_MAX + 2];

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_OK);
	memset(label, 'x', sizeof(label));
	label[TOKEN_LABEL_MAX + 1] = '\0';
	assert_false(soft_move_label(move, label));
	label[TOKEN_LABEL_MAX] = '\0';
	assert_true(soft_move_label(move, label));
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct soft_move_target target = { .root = tmp->path, .name = bad[i] };

		assert_int_equal(soft_move_put(move, &target, right), SOFT_MOVE_NAME);
	}
}

static void what_is_packed_opens_with_the_new_password(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	CLEANUP(move_p) struct soft_move *again = NULL;
	CLEANUP(free_p) uint8_t *file = NULL;
	size_t len = 0, own;

	put_old(tmp, "old");
	assert_int_equal(open_file(tmp, "old", right, true, &move), SOFT_MOVE_OK);
	assert_int_equal(soft_move_pack(move, wrong, &file, &len), SOFT_MOVE_OK);
	assert_int_equal(soft_move_open(file, len, right, false, &again), SOFT_MOVE_PASSWORD);
	assert_int_equal(soft_move_open(file, len, wrong, false, &again), SOFT_MOVE_OK);
	assert_false(soft_move_weak(again)); /* ours has no old cipher */
	assert_int_equal(count_certificates(again, &own), 0);
}

static enum soft_move_result put_identity(
	const struct soft_tmp *tmp, const struct soft_move *move, bool replace)
{
	struct soft_move_target target = { .name = "A1", .replace = replace };
	char root[512];

	snprintf(root, sizeof(root), "%s/made/twca", tmp->path);
	target.root = root;
	return soft_move_put(move, &target, right);
}

static void an_identity_is_made_and_replaced_only_if_wanted(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	CLEANUP(move_p) struct soft_move *again = NULL;
	struct stat stat;
	char path[512];

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_OK);
	assert_int_equal(put_identity(tmp, move, false), SOFT_MOVE_OK);
	assert_int_equal(fstatat(tmp->fd, "made/twca/A1", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0700);
	assert_int_equal(fstatat(tmp->fd, "made/twca/A1/A1.pfx", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0600);
	assert_int_equal(put_identity(tmp, move, false), SOFT_MOVE_EXISTS);
	unit_put(tmp, "made/twca/A1/A1-2.pfx", "second", 6);
	unit_put(tmp, "made/twca/A1/" SOFT_PIN_FILE, "old", 3);
	unit_put(tmp, "made/twca/A1/" SOFT_PASSWORD_FILE, "old", 3);
	assert_int_equal(put_identity(tmp, move, true), SOFT_MOVE_OK);
	assert_false(unit_exists(tmp, "made/twca/A1/A1-2.pfx"));
	assert_false(unit_exists(tmp, "made/twca/A1/" SOFT_PIN_FILE));
	assert_false(unit_exists(tmp, "made/twca/A1/" SOFT_PASSWORD_FILE));
	snprintf(path, sizeof(path), "%s/made/twca/A1", tmp->path);
	assert_int_equal(soft_move_take(path, right, &again), SOFT_MOVE_OK);
}

static void a_full_disk_makes_no_identity_and_takes_none(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;
	enum soft_move_result result;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_OK);
	unit_limit(200);
	result = put_identity(tmp, move, false);
	unit_limit(0);
	assert_int_equal(result, SOFT_MOVE_SYSTEM);
	assert_false(unit_exists(tmp, "made/twca/A1/A1.pfx"));
	assert_int_equal(put_identity(tmp, move, false), SOFT_MOVE_OK);
	unit_limit(200);
	result = put_identity(tmp, move, true);
	unit_limit(0);
	assert_int_equal(result, SOFT_MOVE_SYSTEM);
	assert_true(unit_exists(tmp, "made/twca/A1/A1.pfx"));
}

static void what_is_in_the_way_is_not_written_through(void **state)
{
	const struct soft_tmp *tmp = *state;
	CLEANUP(move_p) struct soft_move *move = NULL;

	unit_put_pfx(tmp, "a.pfx", 0, 1, UNIT_PIN);
	assert_int_equal(soft_move_take(tmp->path, right, &move), SOFT_MOVE_OK);
	unit_put(tmp, "made", "a file", 6);
	assert_int_equal(put_identity(tmp, move, false), SOFT_MOVE_SYSTEM);
	assert_int_equal(unlinkat(tmp->fd, "made", 0), 0);
	assert_int_equal(mkdirat(tmp->fd, "made", 0700), 0);
	assert_int_equal(mkdirat(tmp->fd, "made/twca", 0700), 0);
	assert_int_equal(mkdirat(tmp->fd, "other", 0700), 0);
	assert_int_equal(symlinkat("../../other", tmp->fd, "made/twca/A1"), 0);
	assert_int_equal(put_identity(tmp, move, false), SOFT_MOVE_SYSTEM);
	assert_false(unit_exists(tmp, "other/A1.pfx"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(what_a_file_is_not_is_told),
		UNIT_TEST(a_changed_byte_is_no_wrong_password),
		UNIT_TEST(a_directory_is_taken_as_far_as_the_password_goes),
		UNIT_TEST(what_cannot_be_read_is_told),
		UNIT_TEST(what_may_not_be_read_is_told),
		UNIT_TEST(one_key_is_kept_with_what_belongs_to_it),
		UNIT_TEST(names_have_limits),
		UNIT_TEST(what_is_packed_opens_with_the_new_password),
		UNIT_TEST(an_identity_is_made_and_replaced_only_if_wanted),
		UNIT_TEST(a_full_disk_makes_no_identity_and_takes_none),
		UNIT_TEST(what_is_in_the_way_is_not_written_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
