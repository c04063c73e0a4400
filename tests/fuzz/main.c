/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files of a corpus, and over so many mutations of each, which are the
 * same each time: fuzz_x MUTATIONS FILE... */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEN_MAX 65536

/* xorshift64*: a crash is found again by the same command */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

/* A bit, a byte, a run of bytes from elsewhere, or the end cut off. */
static size_t mutate(uint8_t *bytes, size_t len, uint64_t *state)
{
	size_t at = next(state) % len;
	size_t from = next(state) % len;
	size_t run = 1 + next(state) % 8;

	switch (next(state) % 8) {
	case 0:
		return at;
	case 1:
		bytes[at] = (uint8_t)next(state);
		break;
	case 2:
		bytes[at] = 0x80;
		break;
	case 3:
		if (at + run <= len && from + run <= len)
			memmove(bytes + at, bytes + from, run);
		break;
	default:
		bytes[at] ^= (uint8_t)(1u << next(state) % 8);
		break;
	}
	return len;
}

/* On a copy of exactly that length, so that a byte read too far is seen. */
static void run_on(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static int run_file(const char *path, unsigned long mutations)
{
	static uint8_t bytes[LEN_MAX];
	static uint8_t changed[LEN_MAX];
	FILE *file = fopen(path, "rb");
	uint64_t state = 0x9e3779b97f4a7c15u;
	size_t len;

	if (!file) {
		perror(path);
		return 1;
	}
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	run_on(bytes, len);
	for (unsigned long i = 0; len && i < mutations; i++) {
		size_t left = len;

		memcpy(changed, bytes, len);
		for (uint64_t n = 1 + next(&state) % 4; n && left; n--)
			left = mutate(changed, left, &state);
		run_on(changed, left);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int failed = argc < 3;

	if (failed)
		fprintf(stderr, "usage: %s MUTATIONS FILE...\n", argv[0]);
	for (int i = 2; i < argc; i++)
		failed |= run_file(argv[i], strtoul(argv[1], NULL, 10));
	return failed;
}
