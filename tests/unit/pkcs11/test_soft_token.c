/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of token_soft*.c and soft_store*.c: an identity from its making to its end. */
#include "token_soft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "scope.h"
#include "soft_pfx.h"
#include "soft_store.h"
#include "soft_tmp.h"

#include "cardos/secret.h"

/* Every file that is written asks for the full count of rounds; here it gets less (the linker wraps
 * the function), for half a second a write is a minute for all. Reading takes what the file says.
 */
CK_RV __real_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes);
CK_RV __wrap_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes);

CK_RV __wrap_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes)
{
	assert_int_equal(rounds, SOFT_ROUNDS);
	return __real_soft_pfx_write(crypto, pfx, password, 2000, ret_bytes);
}

static struct secret *pin_of(const char *text)
{
	return secret_new(text, strlen(text));
}

static struct token *open_token(const struct soft_tmp *tmp)
{
	struct token *token = NULL;

	assert_int_equal(token_soft_open(tmp->path, "A123456789", &token), CKR_OK);
	return token;
}

static CK_RV login(struct token *token, enum token_role role, const char *text)
{
	CLEANUP(secret_free_p) struct secret *pin = pin_of(text);
	int tries = 7;
	CK_RV rv = token->ops->login(token, role, pin, &tries);

	assert_int_equal(tries, -1);
	return rv;
}

static CK_RV change_pin(struct token *token, enum token_role role, const char *old, const char *new)
{
	CLEANUP(secret_free_p) struct secret *old_pin = pin_of(old);
	CLEANUP(secret_free_p) struct secret *new_pin = pin_of(new);
	int tries;

	return token->ops->pin_change(token, role, old_pin, new_pin, &tries);
}

static CK_RV set_pin(struct token *token, const char *so, const char *new)
{
	CLEANUP(secret_free_p) struct secret *so_pin = pin_of(so);
	CLEANUP(secret_free_p) struct secret *new_pin = pin_of(new);
	int tries;

	return token->ops->pin_set(token, so_pin, new_pin, &tries);
}

static CK_RV init(struct token *token, const char *so)
{
	CLEANUP(secret_free_p) struct secret *so_pin = pin_of(so);
	int tries;

	return token->ops->init(token, "my label", so_pin, &tries);
}

static void write_file(const struct soft_tmp *tmp, const char *name, const void *bytes, size_t len)
{
	int fd = openat(tmp->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static struct token *ready_token(const struct soft_tmp *tmp)
{
	struct token *token;

	write_file(tmp, SOFT_CONF_NAME, "", 0);
	token = open_token(tmp);
	assert_int_equal(init(token, "so-pin-1"), CKR_OK);
	assert_int_equal(set_pin(token, "so-pin-1", "1234"), CKR_OK);
	assert_int_equal(login(token, TOKEN_USER, "1234"), CKR_OK);
	return token;
}

static uint32_t generate_ec(struct token *token, const char *label)
{
	const struct token_generate params = {
		.key_type = CKK_EC,
		.bits = 256,
		.usage = TOKEN_USE_SIGN | TOKEN_USE_DERIVE,
		.label = label,
		.public_object = true,
	};
	uint32_t key = 0;
	uint32_t public_key = 0;

	assert_int_equal(token->ops->generate(token, &params, &key, &public_key), CKR_OK);
	assert_true(key && public_key);
	return key;
}

static CK_RV sign(struct token *token, uint32_t key)
{
	const uint8_t digest[32] = { 1 };
	const struct token_block block = { digest, sizeof(digest) };
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = 0;
	bool reset;
	CK_RV rv = token->ops->begin(token, &reset);

	if (rv == CKR_OK)
		rv = token->ops->sign(token, key, block, out, &len);
	token->ops->end(token);
	assert_true(rv != CKR_OK || len == 64);
	return rv;
}

static size_t count_objects(struct token *token, CK_OBJECT_CLASS class, uint32_t *ret_number)
{
	const struct token_object *list = NULL;
	size_t count = 0;
	size_t found = 0;

	assert_int_equal(token->ops->objects(token, &list, &count), CKR_OK);
	for (size_t i = 0; i < count; i++)
		if (list[i].class == class) {
			*ret_number = list[i].number;
			found++;
		}
	return found;
}

static void an_identity_from_nothing(void **state)
{
	struct soft_tmp *tmp = *state;
	struct token_info info;
	struct token_pin pin;
	struct token *token = NULL;
	uint32_t number;

	assert_int_equal(token_soft_open(tmp->path, "x", &token), CKR_TOKEN_NOT_PRESENT);
	write_file(tmp, SOFT_CONF_NAME, "", 0);
	token = open_token(tmp);
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_false(info.initialised);
	assert_int_equal(init(token, "so-pin-1"), CKR_OK);
	assert_true(token->ops->alive(token));
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_true(info.initialised && info.login_required);
	assert_string_equal(info.label, "my label");
	assert_int_equal(token->ops->pin(token, TOKEN_USER, &pin), CKR_OK);
	assert_false(pin.exists);
	assert_int_equal(login(token, TOKEN_USER, "1234"), CKR_USER_PIN_NOT_INITIALIZED);
	assert_int_equal(set_pin(token, "so-pin-2", "1234"), CKR_PIN_INCORRECT);
	assert_int_equal(set_pin(token, "so-pin-1", "123"), CKR_PIN_LEN_RANGE);
	assert_int_equal(set_pin(token, "so-pin-1", "1234"), CKR_OK);
	assert_int_equal(login(token, TOKEN_USER, "1235"), CKR_PIN_INCORRECT);
	assert_int_equal(login(token, TOKEN_USER, "1234"), CKR_OK);
	assert_int_equal(sign(token, generate_ec(token, "key")), CKR_OK);
	token->ops->close(token);
	token = open_token(tmp);
	assert_int_equal(count_objects(token, CKO_PUBLIC_KEY, &number), 1);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &number), 1);
	assert_int_equal(sign(token, number), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(login(token, TOKEN_USER, "1234"), CKR_OK);
	assert_int_equal(sign(token, number), CKR_OK);
	token->ops->logout(token);
	assert_int_equal(sign(token, number), CKR_USER_NOT_LOGGED_IN);
	token->ops->close(token);
}

static void a_new_pin_is_the_pin_of_all_files(void **state)
{
	struct soft_tmp *tmp = *state;
	struct token *token = ready_token(tmp);
	uint32_t one = generate_ec(token, "one");
	uint32_t two = generate_ec(token, "two");

	assert_int_equal(change_pin(token, TOKEN_USER, "4321", "5678"), CKR_PIN_INCORRECT);
	assert_int_equal(change_pin(token, TOKEN_USER, "1234", "567"), CKR_PIN_LEN_RANGE);
	assert_int_equal(change_pin(token, TOKEN_USER, "1234", "5678"), CKR_OK);
	assert_int_equal(sign(token, one), CKR_OK);
	assert_int_equal(sign(token, two), CKR_OK);
	assert_int_equal(login(token, TOKEN_USER, "1234"), CKR_PIN_INCORRECT);
	/* the SO gives a new one without the old */
	assert_int_equal(change_pin(token, TOKEN_SO, "so-pin-1", "so-pin-2"), CKR_OK);
	assert_int_equal(login(token, TOKEN_SO, "so-pin-1"), CKR_PIN_INCORRECT);
	assert_int_equal(set_pin(token, "so-pin-2", "forgotten"), CKR_OK);
	token->ops->close(token);
	token = open_token(tmp);
	assert_int_equal(login(token, TOKEN_USER, "5678"), CKR_PIN_INCORRECT);
	assert_int_equal(login(token, TOKEN_USER, "forgotten"), CKR_OK);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &one), 2);
	assert_int_equal(sign(token, one), CKR_OK);
	token->ops->close(token);
}

static void objects_keep_their_numbers(void **state)
{
	struct soft_tmp *tmp = *state;
	struct token *token = ready_token(tmp);
	uint32_t key = generate_ec(token, "before");
	const struct token_block id = { (const uint8_t *)"ID", 2 };
	const struct token_store data = { .class = CKO_DATA,
		.value = (const uint8_t *)"text",
		.value_len = 4,
		.label = "note",
		.application = "test" };
	struct token_block value;
	uint32_t note = 0;
	uint32_t number = 0;

	assert_int_equal(token->ops->store(token, &data, &note), CKR_OK);
	assert_int_equal(token->ops->value(token, note, &value), CKR_OK);
	assert_int_equal(value.len, 4);
	assert_memory_equal(value.bytes, "text", 4);
	assert_int_equal(
		token->ops->change(token, key, &(struct token_change){ "after", &id, NULL }),
		CKR_OK);
	assert_int_equal(sign(token, key), CKR_OK);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &number), 1);
	assert_int_equal(number, key);
	/* the private half goes; the public one stays, until it goes too, and the file with it */
	assert_int_equal(token->ops->destroy(token, key), CKR_OK);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &number), 0);
	assert_int_equal(count_objects(token, CKO_PUBLIC_KEY, &number), 1);
	assert_int_equal(sign(token, key), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(faccessat(tmp->fd, "A123456789.pfx", F_OK, 0), 0);
	assert_int_equal(token->ops->destroy(token, number), CKR_OK);
	assert_int_equal(count_objects(token, CKO_PUBLIC_KEY, &number), 0);
	assert_int_equal(faccessat(tmp->fd, "A123456789.pfx", F_OK, 0), -1);
	assert_int_equal(token->ops->value(token, note, &value), CKR_OK);
	token->ops->close(token);
}

static void two_tokens_see_each_others_writes(void **state)
{
	struct soft_tmp *tmp = *state;
	struct token *one = ready_token(tmp);
	struct token *two = open_token(tmp);
	uint32_t first = generate_ec(one, "first");
	uint32_t number;
	bool changed = false;
	bool reset = false;

	assert_int_equal(login(two, TOKEN_USER, "1234"), CKR_OK);
	(void)generate_ec(two, "second");
	assert_int_equal(one->ops->begin(one, &reset), CKR_OK);
	assert_int_equal(one->ops->changed(one, &changed), CKR_OK);
	assert_true(changed);
	assert_int_equal(count_objects(one, CKO_PRIVATE_KEY, &number), 2);
	assert_int_equal(one->ops->changed(one, &changed), CKR_OK);
	assert_false(changed);
	assert_int_equal(sign(one, first), CKR_OK);
	/* a password that the other changed opens nothing any more */
	assert_int_equal(change_pin(two, TOKEN_USER, "1234", "5678"), CKR_OK);
	assert_int_equal(sign(one, first), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(login(one, TOKEN_USER, "5678"), CKR_OK);
	assert_int_equal(sign(one, first), CKR_OK);
	one->ops->close(one);
	two->ops->close(two);
}

/* Two processes that generate at the same time: no key is lost. */
static void no_update_is_lost(void **state)
{
	struct soft_tmp *tmp = *state;
	struct token *token = ready_token(tmp);
	pid_t children[2];
	uint32_t number;
	int status;

	token->ops->close(token);
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		token = open_token(tmp);
		assert_int_equal(login(token, TOKEN_USER, "1234"), CKR_OK);
		for (int round = 0; round < 2; round++)
			(void)generate_ec(token, "key");
		token->ops->close(token);
		_exit(0);
	}
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	token = open_token(tmp);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &number), 4);
	token->ops->close(token);
}

static void levels_are_the_persons_choice(void **state)
{
	static const char always[] = "label=a\nlevel=1\n";
	static const char never[] = "label=a\nlevel=3\n";
	struct soft_tmp *tmp = *state;
	struct token *token = ready_token(tmp);
	uint32_t key = generate_ec(token, "key");
	const struct token_object *list = NULL;
	struct token_info info;
	size_t count;

	token->ops->close(token);
	write_file(tmp, SOFT_CONF_NAME, always, strlen(always));
	token = open_token(tmp);
	assert_int_equal(token->ops->objects(token, &list, &count), CKR_OK);
	assert_true(list[0].always_authenticate && list[0].private);
	token->ops->close(token);
	write_file(tmp, SOFT_CONF_NAME, never, strlen(never));
	token = open_token(tmp); /* no password there: asked for as usual */
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_true(info.login_required);
	token->ops->close(token);
	write_file(tmp, SOFT_PASSWORD_FILE, "1234\n", 5);
	assert_int_equal(fchmodat(tmp->fd, SOFT_PASSWORD_FILE, 0644, 0), 0);
	token = open_token(tmp); /* for all to read: not taken */
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_true(info.login_required);
	token->ops->close(token);
	assert_int_equal(fchmodat(tmp->fd, SOFT_PASSWORD_FILE, 0600, 0), 0);
	token = open_token(tmp);
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_false(info.login_required);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &key), 1);
	assert_int_equal(sign(token, key), CKR_OK);
	token->ops->close(token);
}

static void a_file_put_there_is_a_token_and_gone_with_it(void **state)
{
	struct soft_tmp *tmp = *state;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	PKCS12 *p12 = PKCS12_create("theirs", "name", key, NULL, NULL, 0, 0, 2048, 2048, 0);
	unsigned char *der = NULL;
	int len = i2d_PKCS12(p12, &der);
	struct token *token = NULL;
	uint32_t number;

	write_file(tmp, "F.pfx", der, (size_t)len);
	OPENSSL_free(der);
	PKCS12_free(p12);
	EVP_PKEY_free(key);
	token = open_token(tmp);
	assert_int_equal(init(token, "so-pin-1"), CKR_TOKEN_WRITE_PROTECTED);
	assert_int_equal(login(token, TOKEN_USER, "theirs"), CKR_OK);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &number), 1);
	assert_int_equal(sign(token, number), CKR_OK);
	assert_true(token->ops->alive(token));
	assert_int_equal(unlinkat(tmp->fd, "F.pfx", 0), 0);
	assert_false(token->ops->alive(token));
	token->ops->close(token);
}

static void rubbish_hinders_nothing(void **state)
{
	struct soft_tmp *tmp = *state;
	struct token *token = ready_token(tmp);
	uint32_t key = generate_ec(token, "key");
	uint32_t number;

	write_file(tmp, "0.pfx", "rubbish", 7);
	assert_int_equal(mkfifoat(tmp->fd, "1.pfx", 0600), 0);
	assert_int_equal(symlinkat("A123456789.pfx", tmp->fd, "2.pfx"), 0);
	assert_int_equal(mkdirat(tmp->fd, "3.pfx", 0700), 0);
	assert_int_equal(sign(token, key), CKR_OK);
	assert_int_equal(count_objects(token, CKO_PRIVATE_KEY, &number), 1);
	assert_int_equal(change_pin(token, TOKEN_USER, "1234", "5678"), CKR_OK);
	assert_int_equal(sign(token, key), CKR_OK);
	token->ops->close(token);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, soft_tmp_setup, soft_tmp_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_identity_from_nothing),
		TEST(a_new_pin_is_the_pin_of_all_files),
		TEST(objects_keep_their_numbers),
		TEST(two_tokens_see_each_others_writes),
		TEST(no_update_is_lost),
		TEST(levels_are_the_persons_choice),
		TEST(a_file_put_there_is_a_token_and_gone_with_it),
		TEST(rubbish_hinders_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
