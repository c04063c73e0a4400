/* SPDX-License-Identifier: Apache-2.0 */
/* identity.conf: what a software identity is called and how its password is asked for. */
#include "soft_conf.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_LEN 255

static void take_text(char *to, const char *value)
{
	if (strlen(value) <= SOFT_CONF_TEXT_MAX)
		memcpy(to, value, strlen(value) + 1);
}

static void take_line(char *line, struct soft_conf *conf)
{
	char *value = strchr(line, '=');

	if (line[0] == '#' || !value)
		return;
	*value++ = '\0';
	if (strcmp(line, "label") == 0)
		take_text(conf->label, value);
	else if (strcmp(line, "serial") == 0)
		take_text(conf->serial, value);
	else if (strcmp(line, "level") == 0 && strlen(value) == 1 && *value >= '1' && *value <= '3')
		conf->level = (enum soft_level)(*value - '0');
	else if (strcmp(line, "old-ciphers") == 0)
		conf->old_ciphers = strcmp(value, "yes") == 0;
}

void soft_conf_parse(const struct blob *text, struct soft_conf *ret_conf)
{
	struct soft_conf conf = { .level = SOFT_LEVEL_ONCE };
	size_t at = 0;

	while (at < text->len) {
		const uint8_t *start = text->bytes + at;
		const uint8_t *end = memchr(start, '\n', text->len - at);
		size_t len = end ? (size_t)(end - start) : text->len - at;
		char line[LINE_MAX_LEN + 1] = { 0 };

		if (len <= LINE_MAX_LEN && !memchr(start, 0, len)) {
			memcpy(line, start, len);
			take_line(line, &conf);
		}
		at += len + 1;
	}
	*ret_conf = conf;
}

bool soft_conf_format(const struct soft_conf *conf, struct blob *ret_text)
{
	char text[4 * SOFT_CONF_TEXT_MAX];
	int len = snprintf(text, sizeof(text), "label=%s\nserial=%s\nlevel=%d\nold-ciphers=%s\n",
		conf->label, conf->serial, (int)conf->level, conf->old_ciphers ? "yes" : "no");

	return len > 0 && (size_t)len < sizeof(text) && blob_set(ret_text, text, (size_t)len);
}
