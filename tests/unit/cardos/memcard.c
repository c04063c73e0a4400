/* SPDX-License-Identifier: Apache-2.0 */
/* A small CardOS V4.4 in memory. */
#include "memcard.h"

#include "iso_fcp.h"
#include "iso_tlv.h"
#include "still.h"

#include <string.h>

#define MF 0x3F00
#define PUBLIC_EXPONENT 3
#define FIRST_KEY 0x10

struct command {
	uint8_t cla, ins, p1, p2;
	const uint8_t *data;
	size_t len, le;
};

struct answer {
	uint8_t *bytes;
	size_t len;
};

static const uint8_t atr_v44[] = { 0x3B, 0xD2, 0x18, 0x02, 0xC1, 0x0A, 0x31, 0xFE, 0x58, 0xC8, 0x0D,
	0x51 };

struct memcard_file *memcard_file(struct memcard *card, uint16_t parent, uint16_t fid)
{
	for (size_t i = 0; i < MEMCARD_FILES; i++) {
		struct memcard_file *file = &card->files[i];
		if (file->used && file->parent == parent && file->fid == fid)
			return file;
	}
	return NULL;
}

static bool allowed(const struct memcard *card, uint8_t ac)
{
	return ac == 0 || (ac < MEMCARD_OBJECTS && card->pins[ac].verified);
}

static void put(struct answer *answer, const void *bytes, size_t len)
{
	memcpy(answer->bytes + answer->len, bytes, len);
	answer->len += len;
}

static void put_fcp(struct answer *answer, const struct memcard_file *file)
{
	const uint8_t head[] = { 0x6F, 22, file->kind == ISO_FILE_DF ? 0x81 : 0x80, 2,
		(uint8_t)(file->size >> 8), (uint8_t)file->size, 0x82, 1, file->kind, 0x83, 2,
		(uint8_t)(file->fid >> 8), (uint8_t)file->fid, 0x86, 9 };
	put(answer, head, sizeof(head));
	put(answer, file->ac, sizeof(file->ac));
}

static uint16_t select_file(
	struct memcard *card, const struct command *command, struct answer *answer)
{
	uint16_t df = MF, ef = 0;
	struct memcard_file *file = NULL;
	for (size_t at = 0; command->p1 == 0x08 && at + 1 < command->len; at += 2) {
		uint16_t fid = (uint16_t)(command->data[at] << 8 | command->data[at + 1]);
		file = memcard_file(card, df, fid);
		if (!file || ef)
			return 0x6A82;
		if (file->kind == ISO_FILE_DF)
			df = fid;
		else
			ef = fid;
	}
	card->df = df;
	card->ef = ef;
	if (command->p2 == 0 && file)
		put_fcp(answer, file);
	return 0x9000;
}

static uint16_t read_binary(
	struct memcard *card, const struct command *command, struct answer *answer)
{
	const struct memcard_file *file = memcard_file(card, card->df, card->ef);
	size_t offset = (size_t)command->p1 << 8 | command->p2;
	if (!file)
		return 0x6986;
	if (!allowed(card, file->ac[0]))
		return 0x6982;
	if (offset >= file->size)
		return 0x6B00;
	size_t left = file->size - offset;
	put(answer, file->bytes + offset, left < command->le ? left : command->le);
	return 0x9000;
}

/* Records have a tag and one length byte. */
static uint16_t read_record(
	struct memcard *card, const struct command *command, struct answer *answer)
{
	const struct memcard_file *file = memcard_file(card, card->df, card->ef);
	size_t at = 0;
	if (!file)
		return 0x6986;
	for (int n = 1; at + 1 < file->size && file->bytes[at]; n++) {
		size_t len = (size_t)file->bytes[at + 1] + 2;
		if (n == command->p1) {
			put(answer, file->bytes + at, len);
			return 0x9000;
		}
		at += len;
	}
	return 0x6A83;
}

static uint16_t update_binary(struct memcard *card, const struct command *command)
{
	struct memcard_file *file = memcard_file(card, card->df, card->ef);
	size_t offset = (size_t)command->p1 << 8 | command->p2;
	if (!file)
		return 0x6986;
	if (!allowed(card, file->ac[1]))
		return 0x6982;
	if (offset + command->len > file->size)
		return 0x6A84;
	memcpy(file->bytes + offset, command->data, command->len);
	return 0x9000;
}

static uint16_t create_file(struct memcard *card, const struct command *command)
{
	struct iso_fcp fcp;
	struct memcard_file *file = NULL;
	if (!iso_fcp_parse(command->data, command->len, &fcp) || fcp.ac_len != 9)
		return 0x6A80;
	if (memcard_file(card, card->df, fcp.fid))
		return 0x6A89;
	for (size_t i = 0; i < MEMCARD_FILES && !file; i++) {
		if (!card->files[i].used)
			file = &card->files[i];
	}
	bool df = fcp.descriptor == ISO_FILE_DF;
	if (!file || (!df && (fcp.size > MEMCARD_FILE_MAX || fcp.size > card->room)))
		return 0x6A84;
	*file = (struct memcard_file){ .used = true,
		.parent = card->df,
		.fid = fcp.fid,
		.kind = fcp.descriptor,
		.size = fcp.size };
	memcpy(file->ac, fcp.ac, sizeof(file->ac));
	if (df)
		card->df = fcp.fid;
	else
		card->room -= fcp.size;
	card->ef = df ? 0 : fcp.fid;
	return 0x9000;
}

static uint16_t delete_file(struct memcard *card, const struct command *command)
{
	uint16_t fid = (uint16_t)(command->data[0] << 8 | command->data[1]);
	struct memcard_file *file = memcard_file(card, card->df, fid);
	if (!file)
		return 0x6A82;
	if (!allowed(card, file->ac[5]))
		return 0x6982;
	for (size_t i = 0; file->kind == ISO_FILE_DF && i < MEMCARD_FILES; i++) {
		if (card->files[i].parent == fid)
			card->files[i].used = false;
	}
	if (file->kind != ISO_FILE_DF)
		card->room += file->size;
	file->used = false;
	card->ef = 0;
	return 0x9000;
}

static uint16_t directory(struct memcard *card, struct answer *answer)
{
	for (size_t i = 0; i < MEMCARD_FILES; i++) {
		const struct memcard_file *file = &card->files[i];
		const uint8_t entry[] = { 0x6F, 7, 0x82, 1, file->kind, 0x86, 2,
			(uint8_t)(file->fid >> 8), (uint8_t)file->fid };
		if (file->used && file->parent == card->df)
			put(answer, entry, sizeof(entry));
	}
	return 0x9000;
}

static uint16_t get_data(struct memcard *card, const struct command *command, struct answer *answer)
{
	const uint8_t phase = card->administration ? 0x20 : 0x10;
	const uint8_t serial[32] = { [10] = 0x20, [15] = 0x27 };
	if (command->p2 == 0x83)
		put(answer, &phase, 1);
	else if (command->p2 == 0x81)
		put(answer, serial, sizeof(serial));
	else if (command->p2 != 0x88)
		return 0x6A88;
	return 0x9000;
}

/* 83 address, 85 parameters, 86 access, 8F body; raw length bytes. */
static uint16_t put_object(struct memcard *card, const struct command *command)
{
	const uint8_t *part[4] = { NULL };
	static const uint8_t tags[4] = { 0x83, 0x85, 0x86, 0x8F };
	const uint8_t *at = command->data, *end = at + command->len;
	if (!card->administration)
		return 0x6982;
	for (size_t i = 0; i < 4; i++) {
		if (end - at < 2 || at[0] != tags[i] || end - at < at[1] + 2)
			return 0x6A80;
		part[i] = at;
		at += at[1] + 2;
	}
	uint8_t class = part[0][2], reference = part[0][3];
	if (class == 0x00 && reference < MEMCARD_OBJECTS && part[3][1] == 8) {
		struct memcard_pin *pin = &card->pins[reference];
		*pin = (struct memcard_pin){ .used = true,
			.tries = part[1][3],
			.tries_max = part[1][3],
			.unblock = part[2][4] };
		memcpy(pin->value, part[3] + 2, 8);
		return 0x9000;
	}
	if ((class & 0xF0) != 0x20 || (reference & 0xF0) != FIRST_KEY)
		return 0x6A80;
	/* Above 1024 bits the components are halves; up to there the modulus has a prefix of 2. */
	struct memcard_key *key = &card->keys[reference - FIRST_KEY];
	bool two = part[3][2] == part[3][1] - 1 && part[3][3] == 0;
	size_t len = two ? (size_t)part[3][1] - 2 : (size_t)part[3][1] * 2;
	*key = (struct memcard_key){ .used = true, .modulus_len = len };
	return 0x9000;
}

static void put_modulus(uint8_t *out, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(0x80 | (seed * 7 + i * 13));
}

static uint16_t generate(struct memcard *card, const struct command *command)
{
	static const uint8_t e[PUBLIC_EXPONENT] = { 1, 0, 1 };
	struct memcard_key *key = &card->keys[command->data[1] & 0x0F];
	struct memcard_file *file =
		memcard_file(card, card->df, (uint16_t)(command->data[2] << 8 | command->data[3]));
	if (!key->used || !file)
		return 0x6A88;
	if (!card->pins[1].verified)
		return 0x6982;
	uint8_t *to = file->bytes;
	size_t len = key->modulus_len;
	memset(to, 0, file->size);
	key->generated = true;
	card->generations++;
	if (file->kind == ISO_FILE_LINEAR_TLV) {
		const uint8_t head[] = { 0x10, (uint8_t)(len + 2), (uint8_t)(len + 1), 0 };
		const uint8_t tail[] = { 0x11, 5, 4, 0 };
		memcpy(to, head, sizeof(head));
		put_modulus(to + 4, len, card->generations);
		memcpy(to + 4 + len, tail, sizeof(tail));
		memcpy(to + 8 + len, e, sizeof(e));
	} else {
		size_t whole = len + 4 + 2 + sizeof(e);
		const uint8_t head[] = { 0x7F, 0x49, 0x82, (uint8_t)(whole >> 8), (uint8_t)whole,
			0x81, 0x82, (uint8_t)(len >> 8), (uint8_t)len };
		memcpy(to, head, sizeof(head));
		put_modulus(to + sizeof(head), len, card->generations);
		to += sizeof(head) + len;
		to[0] = 0x82;
		to[1] = sizeof(e);
		memcpy(to + 2, e, sizeof(e));
	}
	return 0x9000;
}

/* VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER look at one value first. */
static uint16_t check(struct memcard *card, uint8_t reference, const uint8_t *value)
{
	struct memcard_pin *pin = &card->pins[reference & 0x0F];
	if (!pin->used)
		return 0x6A81;
	if (pin->tries == 0)
		return 0x6983;
	pin->tries--;
	pin->verified = memcmp(pin->value, value, 8) == 0;
	if (!pin->verified)
		return 0x6300;
	pin->tries = pin->tries_max;
	return 0x9000;
}

static uint16_t present(struct memcard *card, const struct command *command)
{
	uint8_t reference = command->p2 & 0x7F;
	struct memcard_pin *pin = &card->pins[reference & 0x0F];
	if (command->len != (command->ins == 0x20 ? 8 : 16))
		return 0x6700;
	if (command->ins == 0x20)
		card->verifies++;
	if (!pin->used)
		return 0x6A81;
	uint16_t sw = check(card, command->ins == 0x2C ? pin->unblock : reference, command->data);
	if (sw == 0x9000 && command->ins != 0x20) {
		memcpy(pin->value, command->data + 8, 8);
		pin->tries = pin->tries_max;
	}
	return sw;
}

static uint16_t operate(struct memcard *card, const struct command *command, struct answer *answer)
{
	const struct memcard_key *key = &card->keys[card->key & 0x0F];
	size_t skip = command->p1 == 0x80;
	if (!key->used || !key->generated)
		return 0x6A88;
	if (!card->pins[1].verified)
		return 0x6982;
	if (command->len != key->modulus_len + skip)
		return 0x6A80;
	put(answer, command->data + skip, key->modulus_len);
	return 0x9000;
}

static uint16_t plain(struct memcard *card, const struct command *command, struct answer *answer)
{
	switch (command->ins) {
	case 0xA4:
		return select_file(card, command, answer);
	case 0xB0:
		return read_binary(card, command, answer);
	case 0xB2:
		return read_record(card, command, answer);
	case 0xD6:
		return update_binary(card, command);
	case 0xE0:
		return create_file(card, command);
	case 0xE4:
		return delete_file(card, command);
	case 0xCA:
		return get_data(card, command, answer);
	case 0xDA:
		return command->p2 == 0x6E ? put_object(card, command) : 0x9000;
	case 0x46:
		return generate(card, command);
	case 0x20:
	case 0x24:
	case 0x2C:
		return present(card, command);
	case 0x22:
		card->key = command->data[command->len - 1];
		return 0x9000;
	case 0x2A:
		return operate(card, command, answer);
	default:
		return 0x6D00;
	}
}

static uint16_t dispatch(struct memcard *card, const struct command *command, struct answer *answer)
{
	if (command->cla != 0x80)
		return plain(card, command, answer);
	if (command->ins == 0x16)
		return directory(card, answer);
	if (command->ins == 0x10)
		card->administration = !card->administration;
	for (size_t i = 0; command->ins == 0xEA && i < MEMCARD_OBJECTS; i++)
		card->pins[i].verified = false;
	return command->ins == 0x10 || command->ins == 0xEA ? 0x9000 : 0x6D00;
}

static struct command parse(const uint8_t *bytes, size_t len)
{
	struct command command = { bytes[0], bytes[1], bytes[2], bytes[3], NULL, 0, 0 };
	bool extended = len > 7 && bytes[4] == 0;
	size_t at = extended ? 7 : 5;
	if (len == 5) {
		command.le = bytes[4] ? bytes[4] : 256;
	} else if (len > 5) {
		command.len = extended ? (size_t)bytes[5] << 8 | bytes[6] : bytes[4];
		command.data = bytes + at;
		command.le = len > at + command.len ? 256 : 0;
	}
	return command;
}

static enum cardos_err transmit(struct transport *transport, const uint8_t *bytes, size_t len,
	uint8_t *reply, size_t reply_cap, size_t *ret_len)
{
	struct memcard *card = (struct memcard *)transport;
	struct answer answer = { reply, 0 };
	(void)reply_cap;
	if (card->gone)
		return CARDOS_E_REMOVED;
	card->gone = ++card->count == card->cut_at;
	if (card->gone && !card->cut_after)
		return CARDOS_E_REMOVED;
	const struct command command = parse(bytes, len);
	uint16_t sw = dispatch(card, &command, &answer);
	const uint8_t tail[2] = { (uint8_t)(sw >> 8), (uint8_t)sw };
	put(&answer, tail, sizeof(tail));
	*ret_len = answer.len;
	return card->gone ? CARDOS_E_REMOVED : CARDOS_OK;
}

static enum cardos_err begin(struct transport *transport, bool *ret_reset)
{
	*ret_reset = false;
	return ((struct memcard *)transport)->gone ? CARDOS_E_REMOVED : CARDOS_OK;
}

static const uint8_t *atr(struct transport *transport, size_t *ret_len)
{
	(void)transport;
	*ret_len = sizeof(atr_v44);
	return atr_v44;
}

static bool alive(struct transport *transport)
{
	return !((struct memcard *)transport)->gone;
}

static const struct transport_ops ops = { .transmit = transmit,
	.begin = begin,
	.end = still_end,
	.atr = atr,
	.alive = alive,
	.free = still_end };

struct transport *memcard_start(struct memcard *card)
{
	*card = (struct memcard){ .transport = { .ops = &ops }, .room = 16384 };
	return memcard_insert(card);
}

struct transport *memcard_insert(struct memcard *card)
{
	for (size_t i = 0; i < MEMCARD_OBJECTS; i++)
		card->pins[i].verified = false;
	card->df = MF;
	card->ef = 0;
	card->gone = false;
	card->cut_at = 0;
	card->count = 0;
	card->verifies = 0;
	return &card->transport;
}
