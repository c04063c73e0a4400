/* SPDX-License-Identifier: Apache-2.0 */
/* Holds secrets in OpenSSL's secure heap and reads them from files, descriptors and variables. */
#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"

#define SECURE_HEAP 65536
#define SECURE_LEAST 32

struct pin {
	size_t len;
	char bytes[PIN_MAX + 1];
};

void pin_memory_init(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	if (!CRYPTO_secure_malloc_initialized())
		CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST);
}

struct pin *pin_new(void)
{
	return OPENSSL_secure_zalloc(sizeof(struct pin));
}

struct pin *pin_copy(const struct pin *pin)
{
	struct pin *copy = pin_new();

	if (copy) {
		memcpy(pin_buffer(copy), pin_text(pin), pin_len(pin));
		pin_filled(copy, pin_len(pin));
	}
	return copy;
}

struct pin *pin_free(struct pin *pin)
{
	OPENSSL_secure_clear_free(pin, sizeof *pin);
	return NULL;
}

void pin_free_p(struct pin **pin)
{
	*pin = pin_free(*pin);
}

const char *pin_text(const struct pin *pin)
{
	return pin->bytes;
}

size_t pin_len(const struct pin *pin)
{
	return pin->len;
}

char *pin_buffer(struct pin *pin)
{
	return pin->bytes;
}

void pin_filled(struct pin *pin, size_t len)
{
	pin->len = len < PIN_MAX ? len : PIN_MAX;
	OPENSSL_cleanse(pin->bytes + pin->len, sizeof pin->bytes - pin->len);
}

bool pin_equal(const struct pin *a, const struct pin *b)
{
	return a->len == b->len && CRYPTO_memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Byte by byte, so that a descriptor shared with others is not read beyond the line. */
static bool read_line(int fd, const char *source, struct pin *pin, struct fail *fail)
{
	size_t len = 0;

	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(fail, source);
		if (got == 0 || c == '\n')
			break;
		if (len == PIN_MAX)
			return fail_set(fail, FAIL_USAGE, _("%s: the line is too long"), source);
		pin->bytes[len++] = c;
	}
	if (len && pin->bytes[len - 1] == '\r')
		len--;
	pin_filled(pin, len);
	return true;
}

static bool from_file(const char *path, const char *source, struct pin *pin, struct fail *fail)
{
	CLEANUP(close_p) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return fail_errno(fail, source);
	if (S_ISDIR(st.st_mode))
		return fail_set(fail, FAIL_USAGE, _("%s: this is a directory"), source);
	return read_line(fd, source, pin, fail);
}

static bool from_fd(const char *number, const char *source, struct pin *pin, struct fail *fail)
{
	char *end;
	errno = 0;
	long fd = strtol(number, &end, 10);

	if (errno || !*number || *end || fd < 0 || fd > 65535)
		return fail_set(fail, FAIL_USAGE, _("%s: no file descriptor"), source);
	return read_line((int)fd, source, pin, fail);
}

static bool from_env(const char *name, const char *source, struct pin *pin, struct fail *fail)
{
	char *value = getenv(name);

	if (!value)
		return fail_set(fail, FAIL_INPUT_NEEDED, _("%s: the variable is not set"), source);
	size_t len = strcspn(value, "\r\n");
	if (len > PIN_MAX)
		return fail_set(fail, FAIL_USAGE, _("%s: the value is too long"), source);
	memcpy(pin->bytes, value, len);
	pin_filled(pin, len);
	OPENSSL_cleanse(value, strlen(value));
	unsetenv(name);
	return true;
}

bool pin_from_source(const char *source, struct pin **ret, struct fail *fail)
{
	CLEANUP(pin_free_p) struct pin *pin = pin_new();
	bool ok;

	if (!pin)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (strncmp(source, "file:", 5) == 0)
		ok = from_file(source + 5, source, pin, fail);
	else if (strncmp(source, "fd:", 3) == 0)
		ok = from_fd(source + 3, source, pin, fail);
	else if (strncmp(source, "env:", 4) == 0)
		ok = from_env(source + 4, source, pin, fail);
	else if (strcmp(source, "-") == 0)
		ok = read_line(STDIN_FILENO, source, pin, fail);
	else
		return fail_set(fail, FAIL_USAGE,
			_("a source is file:PATH, fd:NUMBER, env:NAME or -, never the secret "
			  "itself"));
	if (!ok)
		return false;
	if (!pin->len)
		return fail_set(fail, FAIL_INPUT_NEEDED, _("%s is empty"), source);
	*ret = TAKE(pin);
	return true;
}
