/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the state file. A damaged one is refused with the line where it went wrong. */
#include "card.h"
#include "personality.h"
#include "vcard.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_MAX (4 * 1024 * 1024)
#define HASH_LINE (sizeof("sha256 ") - 1 + 64 + 1)
#define WORDS_MAX 11

struct reader {
	struct vcard *card;
	struct vc_file *file; /* the last one read */
	bool has_data;
	char *word[WORDS_MAX];
	size_t words;
};

static void free_p(char **text)
{
	free(*text);
}

static void close_p(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* Hex of at most cap bytes, "-" for none. */
static bool hex(const char *word, uint8_t *out, size_t cap, size_t *ret_len)
{
	long len = strcmp(word, "-") ? vc_hex_decode(word, out, cap) : 0;

	if (len < 0)
		return false;
	*ret_len = (size_t)len;
	return true;
}

static bool hex_exact(const char *word, uint8_t *out, size_t len)
{
	size_t got;

	return hex(word, out, len, &got) && got == len;
}

static bool hex_bytes(const char *word, struct vc_bytes *bytes)
{
	CLEANUP(vc_buf_clear) struct vc_buf buf = { 0 };
	size_t digits = strcmp(word, "-") ? strlen(word) : 0;

	buf.cap = digits / 2 + 1;
	buf.data = vc_alloc(buf.cap);
	if (digits && vc_hex_decode(word, buf.data, buf.cap) < 0)
		return false;
	vc_bytes_set(bytes, buf.data, digits / 2);
	return true;
}

static bool number(const char *word, int base, size_t max, size_t *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoul(word, &end, base);
	return *word != '-' && *word && !*end && !errno && *ret_number <= max;
}

static bool read_card(struct reader *reader)
{
	if (reader->card)
		return false;
	reader->card = vcard_new(reader->word[1], (const uint8_t *)"\0\0\0\0\0\0");
	if (!reader->card)
		return false;
	reader->card->mf = vc_file_free(reader->card->mf);
	reader->card->df = NULL;
	return true;
}

static bool read_serial(struct reader *reader)
{
	return hex_exact(reader->word[1], reader->card->serial, sizeof(reader->card->serial));
}

static bool read_phase(struct reader *reader)
{
	size_t phase;

	if (!number(reader->word[1], 16, 0xFF, &phase))
		return false;
	if (phase != VC_OPERATIONAL && phase != VC_ADMINISTRATION && phase != VC_MANUFACTURING)
		return false;
	reader->card->phase = (enum vc_phase)phase;
	return true;
}

static bool read_tries(struct reader *reader)
{
	return hex_exact(reader->word[1], &reader->card->start_key_tries, 1);
}

static bool read_start_key(struct reader *reader)
{
	return hex_exact(reader->word[1], reader->card->start_key, sizeof(reader->card->start_key));
}

/* The DF in which a file of this depth goes: an ancestor of the last one, or that itself. */
static struct vc_file *parent_at(struct vc_file *last, size_t depth)
{
	while (last && (last->structure != VC_DF || vc_file_depth(last) >= depth))
		last = last->parent;
	return last && vc_file_depth(last) + 1 == depth ? last : NULL;
}

static bool read_file(struct reader *reader)
{
	size_t value[8];
	static const size_t max[8] = { VC_DEPTH_MAX, 0xFFFF, 6, 1, 1, 0xFFFF, 0xFF, 0xFF };
	struct vc_file *file, *parent = NULL;

	for (size_t i = 0; i < 8; i++) {
		if (!number(reader->word[1 + i], i == 1 ? 16 : 10, max[i], &value[i]))
			return false;
	}
	if (value[2] == 3 || value[2] == 4)
		return false;
	if (value[0])
		parent = parent_at(reader->file, value[0]);
	if (value[0] ? !parent : reader->card->mf || value[2] != VC_DF)
		return false;
	file = vc_file_new((enum vc_structure)value[2], (unsigned)value[1], value[5]);
	if (parent)
		vc_file_add(parent, file);
	else
		reader->card->mf = file;
	file->shareable = value[3];
	file->deactivated = value[4];
	file->record_len = value[6];
	file->record_max = value[7];
	reader->file = file;
	reader->has_data = false;
	return hex_exact(reader->word[9], file->ac, sizeof(file->ac)) &&
	       hex(reader->word[10], file->name, sizeof(file->name), &file->name_len);
}

static bool read_data(struct reader *reader)
{
	struct vc_file *file = reader->file;

	if (!file || file->structure != VC_TRANSPARENT || reader->has_data)
		return false;
	reader->has_data = true;
	return file->size ? hex_exact(reader->word[1], file->data, file->size)
			  : !strcmp(reader->word[1], "-");
}

static bool read_record(struct reader *reader)
{
	CLEANUP(vc_bytes_clear) struct vc_bytes bytes = { 0 };
	struct vc_file *file = reader->file;

	if (!file || file->structure == VC_DF || file->structure == VC_TRANSPARENT ||
		!hex_bytes(reader->word[1], &bytes) || bytes.len > 0xFF)
		return false;
	vc_file_append(file, bytes.data, bytes.len);
	return file->record_count <= 0xFF && vc_file_record_bytes(file) <= file->size;
}

static bool read_rules(struct reader *reader)
{
	return reader->file && !reader->file->rules.len &&
	       hex_bytes(reader->word[1], &reader->file->rules) &&
	       vc_rules_valid(reader->file->rules.data, reader->file->rules.len);
}

static bool read_arr(struct reader *reader)
{
	return reader->file && hex_exact(reader->word[1], &reader->file->arr, 1);
}

static bool read_object(struct reader *reader)
{
	uint8_t address[2];
	struct vc_object *object;

	if (!reader->file || reader->file->structure != VC_DF ||
		!hex_exact(reader->word[1], address, 1) ||
		!hex_exact(reader->word[2], address + 1, 1) ||
		vc_object_find(reader->file, address[0], address[1]))
		return false;
	object = vc_object_add(reader->file, address[0], address[1]);
	return hex(reader->word[3], object->param, sizeof(object->param), &object->param_len) &&
	       object->param_len >= VC_PARAM_MAX - 1 &&
	       hex(reader->word[4], object->ac, sizeof(object->ac), &object->ac_len) &&
	       hex_bytes(reader->word[5], &object->body);
}

static bool read_se(struct reader *reader)
{
	uint8_t id;
	struct vc_se *se;

	if (!reader->file || reader->file->structure != VC_DF ||
		!hex_exact(reader->word[1], &id, 1) || vc_se_find(reader->file, id))
		return false;
	se = vc_se_add(reader->file, id);
	return hex_exact(reader->word[2], se->ac, sizeof(se->ac)) &&
	       hex_exact(reader->word[3], se->component, sizeof(se->component));
}

// clang-format off
static const struct row {
	const char *name;
	size_t words;
	bool (*read)(struct reader *reader);
} rows[] = {
	{ "card", 2, read_card },
	{ "serial", 2, read_serial },
	{ "phase", 2, read_phase },
	{ "start-key-tries", 2, read_tries },
	{ "start-key", 2, read_start_key },
	{ "file", 11, read_file },
	{ "rules", 2, read_rules },
	{ "arr", 2, read_arr },
	{ "data", 2, read_data },
	{ "record", 2, read_record },
	{ "object", 6, read_object },
	{ "se", 4, read_se },
};
// clang-format on

static bool read_line(struct reader *reader, char *line)
{
	static const char prefix[] = "switch ";
	const char *why;
	char *rest = NULL;

	if (!strncmp(line, prefix, sizeof(prefix) - 1))
		return reader->card && vcard_switch(reader->card, line + sizeof(prefix) - 1, &why);
	reader->words = 0;
	for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (reader->words == WORDS_MAX)
			return false;
		reader->word[reader->words++] = word;
	}
	for (size_t i = 0; reader->words && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(rows[i].name, reader->word[0]))
			return rows[i].words == reader->words && (i == 0 || reader->card) &&
			       rows[i].read(reader);
	}
	return false;
}

/* Whole text with its last line checked; *ret_len: without that line. */
static bool check_hash(const char *text, size_t len, size_t *ret_len)
{
	uint8_t hash[EVP_MAX_MD_SIZE], given[32];
	size_t hash_len = 0;
	char digits[65];

	if (len < HASH_LINE || text[len - 1] != '\n')
		return false;
	*ret_len = len - HASH_LINE;
	if (strncmp(text + *ret_len, "sha256 ", 7) != 0)
		return false;
	memcpy(digits, text + *ret_len + 7, 64);
	digits[64] = 0;
	return EVP_Q_digest(NULL, "SHA256", NULL, text, *ret_len, hash, &hash_len) &&
	       hex_exact(digits, given, sizeof(given)) && !memcmp(hash, given, sizeof(given));
}

static char *read_text(const char *path, size_t *ret_len)
{
	CLEANUP(close_p) FILE *in = fopen(path, "re");
	CLEANUP(free_p) char *text = vc_alloc(STATE_MAX + 1);
	char *result = text;

	if (!in)
		return NULL;
	*ret_len = fread(text, 1, STATE_MAX, in);
	if (ferror(in))
		return NULL;
	text[*ret_len] = 0;
	text = NULL;
	return result;
}

static struct vcard *refuse(struct vcard *card, char *ret_error, const char *path, const char *why)
{
	snprintf(ret_error, VC_ERROR_MAX, "%s: %s", path, why);
	return vcard_free(card);
}

struct vcard *vcard_load(const char *path, char *ret_error)
{
	size_t len = 0, number_of_line = 1;
	struct reader reader = { 0 };
	CLEANUP(free_p) char *text = read_text(path, &len);
	char *rest = NULL;

	if (!text)
		return refuse(NULL, ret_error, path, strerror(errno));
	if (strlen(text) != len || strncmp(text, "twca-vcard 1\n", 13) != 0)
		return refuse(NULL, ret_error, path, "not a state file of this program");
	if (!check_hash(text, len, &len))
		return refuse(
			NULL, ret_error, path, "damaged: the SHA-256 at its end does not fit");
	text[len] = 0;
	for (char *line = strtok_r(text + 13, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest)) {
		char why[64];

		number_of_line++;
		snprintf(why, sizeof(why), "line %zu makes no sense", number_of_line);
		if (!read_line(&reader, line))
			return refuse(reader.card, ret_error, path, why);
	}
	if (!reader.card || (!reader.card->mf && reader.card->phase != VC_MANUFACTURING))
		return refuse(reader.card, ret_error, path, "no card in it");
	reader.card->state_path = strdup(path);
	vcard_reset(reader.card);
	return reader.card;
}
