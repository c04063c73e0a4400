/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target: libFuzzer's entry point, which main.c calls too where there is no libFuzzer. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0; a fault shows as a crash, a failed abort(), or by a sanitizer. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif
