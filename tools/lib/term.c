/* SPDX-License-Identifier: Apache-2.0 */
/* Writes notes, warnings and fields to stderr. */
#include "term.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scope.h"
#include "wrap.h"

#define FIELD_COLUMNS 22 /* the longest is "Encryption certificate" */

void term_init(struct term *term)
{
	const char *kind = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	term->live = isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
	term->colour =
		term->colours == TERM_COLOURS_ALWAYS ||
		(term->colours == TERM_COLOURS_AUTO && term->live && !(no_color && *no_color));
	term->columns = wrap_columns(STDERR_FILENO);
}

bool term_colours_parse(const char *word, enum term_colours *ret)
{
	static const char *const words[] = {
		[TERM_COLOURS_AUTO] = "auto",
		[TERM_COLOURS_ALWAYS] = "always",
		[TERM_COLOURS_NEVER] = "never",
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum term_colours)i;
			return true;
		}
	}
	return false;
}

__attribute__((format(printf, 3, 0))) static void print(
	const struct term *term, const char *before, const char *fmt, va_list args)
{
	CLEANUP(free_p) char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		return;
	CLEANUP(free_p) char *lines = wrap_text(text, term->columns, 0, 0);
	if (!lines)
		return;
	if (term->colour)
		fputs(before, stderr);
	fputs(lines, stderr);
	fputs(term->colour && *before ? "\033[0m\n" : "\n", stderr);
}

void term_note(const struct term *term, const char *fmt, ...)
{
	va_list args;

	if (term->quiet)
		return;
	va_start(args, fmt);
	print(term, "", fmt, args);
	va_end(args);
}

void term_debug(const struct term *term, const char *fmt, ...)
{
	va_list args;

	if (!term->verbose)
		return;
	va_start(args, fmt);
	print(term, "\033[2m", fmt, args);
	va_end(args);
}

void term_warn(const struct term *term, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(term, "\033[33m", fmt, args);
	va_end(args);
}

void term_title(const struct term *term, const char *text)
{
	if (term->quiet)
		return;
	fprintf(stderr, term->colour ? "\033[1m%s\033[0m\n" : "%s\n", text);
}

/* A word, such as a fingerprint, that cannot be broken and gets a line of its own. */
static bool is_long_word(const char *value, size_t columns)
{
	return !strchr(value, ' ') && strlen(value) > columns && wrap_width(value) == strlen(value);
}

void term_field(const struct term *term, const char *name, const char *value)
{
	size_t width = wrap_width(name);
	size_t fill = width < FIELD_COLUMNS ? FIELD_COLUMNS - width : 0;
	CLEANUP(free_p)
	char *lines = wrap_text(value, term->columns, 2 + width + fill + 1, FIELD_COLUMNS + 3);

	if (term->quiet || !lines)
		return;
	if (term->columns && is_long_word(value, term->columns - FIELD_COLUMNS - 3)) {
		fprintf(stderr, "  %s\n    %s\n", name, value);
		return;
	}
	fprintf(stderr, "  %s%*s %s\n", name, (int)fill, "", lines);
}
