/* SPDX-License-Identifier: Apache-2.0 */
/* A person without a terminal: takes the place of term_ask.c and answers what the test says. */
#ifndef TWCA_TEST_PERSON_H
#define TWCA_TEST_PERSON_H

#include <stddef.h>

#define PERSON_ANSWERS 8

extern struct person {
	const char *answers[PERSON_ANSWERS]; /* in their order; NULL: end of file */
	size_t count;
	size_t asked;
	char questions[PERSON_ANSWERS][160]; /* what was asked, one for each answer */
	char option[40];                     /* that would have answered the last question */
} person;

/* Forget everything and answer this from now on; a question too many fails the test. */
void person_begin(const char *const answers[], size_t count);
#define PERSON(...)                                                                                \
	person_begin((const char *const[]){ __VA_ARGS__ },                                         \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

#endif
