/* SPDX-License-Identifier: Apache-2.0 */
/* The person at the terminal: questions on /dev/tty, notes, warnings and progress on stderr. */
#ifndef TWCA_TOOLS_TERM_H
#define TWCA_TOOLS_TERM_H

#include <stdbool.h>
#include <stddef.h>

struct fail;

enum term_colours {
	TERM_COLOURS_AUTO,
	TERM_COLOURS_ALWAYS,
	TERM_COLOURS_NEVER
};

struct term {
	bool no_input; /* never ask: answer INPUT_NEEDED */
	bool yes;      /* confirmations are given in advance */
	bool quiet;    /* no notes and no progress; warnings stay */
	int verbose;   /* -v given how often */
	enum term_colours colours;
	/* found out by term_init() */
	bool colour;    /* stderr gets colours */
	bool live;      /* stderr is a terminal: progress may rewrite its line */
	size_t columns; /* of stderr; 0: it is no terminal, nothing is wrapped */
};

/* Find out what stderr can do (NO_COLOR, TERM=dumb); the other members are the caller's. */
void term_init(struct term *term);

/* auto, always or never. false: another word. */
bool term_colours_parse(const char *word, enum term_colours *ret);

/* A line of the workflow, a line that only -v shows, a warning. */
void term_note(const struct term *term, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void term_debug(const struct term *term, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void term_warn(const struct term *term, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A heading, and a name with its value in a column that takes wide characters into account. */
void term_title(const struct term *term, const char *text);
void term_field(const struct term *term, const char *name, const char *value);

/* Ask for one line; option names the option that would have answered. The caller frees *ret.
 * Errors: INPUT_NEEDED (nobody can be asked), CANCELLED (end of file), INTERRUPTED. */
bool term_ask(const struct term *term, const char *prompt, const char *option, char **ret,
	struct fail *fail);

/* The same with echo off, into buf (cap bytes with the final NUL); a longer line is USAGE. Echo is
 * back on after every signal, also when the program is stopped and continued. */
bool term_ask_hidden(const struct term *term, const char *prompt, const char *option, char *buf,
	size_t cap, size_t *ret_len, struct fail *fail);

/* A yes or no question; anything but yes is no. With term->yes: true without asking. */
bool term_confirm(const struct term *term, const char *question, bool *ret_yes, struct fail *fail);

/* A choice by number out of count items; asks again until it is one. */
bool term_choose(const struct term *term, const char *title, const char *option,
	const char *const items[], size_t count, size_t *ret_choice, struct fail *fail);

/* Run work(arg) in a thread of its own, which no signal interrupts, and show label and the time
 * that passes. Returns when work has returned. */
void term_work(const struct term *term, const char *label, void (*work)(void *arg), void *arg);

#endif
