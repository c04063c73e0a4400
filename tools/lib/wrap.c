/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks text into lines, character by character of the locale. */
#include "wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define LEAST_COLUMNS 20 /* a terminal that says less is taken for a usual one */

size_t wrap_columns(int fd)
{
	struct winsize size;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < LEAST_COLUMNS ||
		size.ws_col > WRAP_COLUMNS)
		return WRAP_COLUMNS;
	return size.ws_col;
}

/* One character: its bytes and columns. What is no character counts as one byte, one column. */
static size_t next(const char *text, wchar_t *ret_char, size_t *ret_width)
{
	mbstate_t state = { 0 };
	size_t len = mbrtowc(ret_char, text, MB_CUR_MAX, &state);

	*ret_width = 1;
	if (len == (size_t)-1 || len == (size_t)-2 || len == 0) {
		*ret_char = L'?';
		return 1;
	}
	int width = wcwidth(*ret_char);
	*ret_width = width < 0 ? 0 : (size_t)width;
	return len;
}

size_t wrap_width(const char *text)
{
	size_t sum = 0, width;
	wchar_t c;

	for (; *text; sum += width)
		text += next(text, &c, &width);
	return sum;
}

/* May a line end between these two? Closing signs stay with what they close, opening ones with
 * what follows. */
static bool may_part(wchar_t before, size_t before_width, wchar_t after, size_t after_width)
{
	static const wchar_t closing[] = L"，。、；：？！）」』》〉】”’…,.;:?!)]}";
	static const wchar_t opening[] = L"（「『《〈【“‘([{";

	if (before_width < 2 && after_width < 2)
		return false;
	return !wcschr(closing, after) && !wcschr(opening, before);
}

/* The piece up to the next place where a line may end (blanks behind it left out). */
static size_t piece(const char *text, size_t *ret_width)
{
	size_t len = 0, width, last_width = 0;
	wchar_t c, last = 0;

	*ret_width = 0;
	while (text[len] && text[len] != ' ' && text[len] != '\n') {
		size_t bytes = next(text + len, &c, &width);
		if (len && may_part(last, last_width, c, width))
			break;
		len += bytes;
		*ret_width += width;
		last = c;
		last_width = width;
	}
	return len;
}

struct line {
	char *out;
	size_t len, at, columns, indent;
	bool empty; /* nothing but the indent yet */
};

static void add(struct line *line, const char *bytes, size_t len)
{
	memcpy(line->out + line->len, bytes, len);
	line->len += len;
}

static void new_line(struct line *line)
{
	line->out[line->len++] = '\n';
	memset(line->out + line->len, ' ', line->indent);
	line->len += line->indent;
	line->at = line->indent;
	line->empty = true;
}

char *wrap_text(const char *text, size_t columns, size_t start, size_t indent)
{
	/* at most one line end and indent before each byte */
	struct line line = { .columns = columns, .at = start, .indent = indent, .empty = !start };

	line.out = malloc(strlen(text) * (indent + 2) + 1);
	if (!line.out)
		return NULL;
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t width;
		size_t len = piece(text + blanks, &width);
		if (columns && len && !line.empty && line.at + blanks + width > columns)
			new_line(&line);
		else
			add(&line, text, blanks), line.at += blanks;
		add(&line, text + blanks, len);
		line.at += width;
		line.empty = line.empty && !len;
		text += blanks + len;
		if (*text == '\n') {
			if (columns)
				new_line(&line);
			else
				add(&line, text, 1);
			text++;
		}
	}
	line.out[line.len] = '\0';
	return line.out;
}
