/* SPDX-License-Identifier: Apache-2.0 */
/* A reader with keys, to be preloaded in front of libpcsclite: adds the features of PC/SC part 10
 * to every reader, and plays the person at its keys. What is typed comes from the file
 * TWCA_PINPAD_KEYS, a line for each request: the PIN of a verification; the old PIN, the new one
 * and the new one again for a change; or "cancel", or "timeout". Lines that were typed are taken
 * out of the file. TWCA_PINPAD_LOG gets a line for each request, without PINs.
 * TWCA_PINPAD_LIMITS is "MIN MAX": the lengths the keys take, told in the TLV properties. */
#include <dlfcn.h>
#include <reader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h>

#define CODE_VERIFY SCARD_CTL_CODE(3301)
#define CODE_MODIFY SCARD_CTL_CODE(3302)
#define CODE_PROPERTIES SCARD_CTL_CODE(3303)
#define PIN_TEXT_MAX 32
#define LINE_TEXT_MAX 128
#define FILE_TEXT_MAX 1024
#define COMMAND_MAX 64
#define HEADER 5

#define TIMED_OUT 0x6400
#define CANCELLED 0x6401
#define DIFFERENT 0x6402
#define OUT_OF_LIMITS 0x6403
#define BAD_STRUCTURE 0x6B80

struct request {
	unsigned format, block, extra; /* of either structure */
	unsigned old_offset, new_offset, confirm;
	int modify;
	uint8_t command[COMMAND_MAX];
	size_t len;
};

static void note(const char *what, const struct request *request, unsigned sw)
{
	const char *path = getenv("TWCA_PINPAD_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;

	if (!log)
		return;
	(void)fprintf(log, "%s %02X%02X%02X%02X limits %04X %04X\n", what, request->command[0],
		request->command[1], request->command[2], request->command[3], request->extra, sw);
	(void)fclose(log);
}

/* The first line of the file, which loses it. */
static int next_line(char *line)
{
	const char *path = getenv("TWCA_PINPAD_KEYS");
	char rest[FILE_TEXT_MAX] = "";
	size_t len = 0;
	FILE *file = path ? fopen(path, "r") : NULL;

	if (!file)
		return 0;
	int found = fgets(line, LINE_TEXT_MAX, file) != NULL;

	len = fread(rest, 1, sizeof(rest), file);
	(void)fclose(file);
	line[strcspn(line, "\n")] = 0;
	file = fopen(path, "w");
	if (!file)
		return 0;
	(void)fwrite(rest, 1, len, file);
	(void)fclose(file);
	return found;
}

static void limits(unsigned *ret_min, unsigned *ret_max)
{
	const char *text = getenv("TWCA_PINPAD_LIMITS");

	*ret_min = 0;
	*ret_max = 0;
	if (text && sscanf(text, "%u %u", ret_min, ret_max) != 2)
		abort();
}

/* What was typed goes into the command; returns the word to answer with, 0 if it fits. */
static unsigned insert(struct request *request, size_t offset, const char *typed)
{
	size_t len = strlen(typed), block = request->block & 0x0F;

	if (len < request->extra >> 8 || len > (request->extra & 0xFF))
		return OUT_OF_LIMITS;
	if (len > block || HEADER + offset + block > request->len)
		return BAD_STRUCTURE;
	memcpy(request->command + HEADER + offset, typed, len);
	return 0;
}

static unsigned type_pins(struct request *request)
{
	char line[LINE_TEXT_MAX] = "", first[PIN_TEXT_MAX] = "", second[PIN_TEXT_MAX] = "",
	     third[PIN_TEXT_MAX] = "";

	/* ASCII, left justified, no length in the command: what this reader knows. */
	if (request->format != 0x82 || request->block >> 4 ||
		request->command[4] != request->len - 5)
		return BAD_STRUCTURE;
	if (!next_line(line) || strcmp(line, "timeout") == 0)
		return TIMED_OUT;
	if (strcmp(line, "cancel") == 0)
		return CANCELLED;
	int count = sscanf(line, "%31s %31s %31s", first, second, third);

	if (!request->modify)
		return count == 1 ? insert(request, 0, first) : BAD_STRUCTURE;
	if (count != 3 || request->confirm != 3)
		return BAD_STRUCTURE;
	if (strcmp(second, third) != 0)
		return DIFFERENT;
	unsigned sw = insert(request, request->old_offset, first);

	return sw ? sw : insert(request, request->new_offset, second);
}

static int read_request(const uint8_t *in, size_t in_len, int modify, struct request *request)
{
	const size_t head = modify ? sizeof(PIN_MODIFY_STRUCTURE) : sizeof(PIN_VERIFY_STRUCTURE);
	PIN_MODIFY_STRUCTURE change;
	PIN_VERIFY_STRUCTURE check;

	*request = (struct request){ .modify = modify };
	if (in_len < head + HEADER || in_len - head > COMMAND_MAX)
		return 0;
	if (modify) {
		memcpy(&change, in, head);
		request->format = change.bmFormatString;
		request->block = change.bmPINBlockString;
		request->extra = change.wPINMaxExtraDigit;
		request->old_offset = change.bInsertionOffsetOld;
		request->new_offset = change.bInsertionOffsetNew;
		request->confirm = change.bConfirmPIN;
		request->len = change.ulDataLength;
	} else {
		memcpy(&check, in, head);
		request->format = check.bmFormatString;
		request->block = check.bmPINBlockString;
		request->extra = check.wPINMaxExtraDigit;
		request->len = check.ulDataLength;
	}
	memcpy(request->command, in + head, in_len - head);
	return request->len == in_len - head;
}

static LONG play(
	SCARDHANDLE handle, struct request *request, unsigned sw, uint8_t *out, DWORD *out_len)
{
	DWORD len = 2;
	LONG code = SCARD_S_SUCCESS;

	if (!sw)
		sw = type_pins(request);
	if (sw) {
		out[0] = (uint8_t)(sw >> 8);
		out[1] = (uint8_t)sw;
	} else {
		len = 258;
		code = SCardTransmit(handle, SCARD_PCI_T1, request->command, (DWORD)request->len,
			NULL, out, &len);
		sw = code == SCARD_S_SUCCESS && len == 2 ? (unsigned)(out[0] << 8 | out[1]) : 0;
	}
	note(request->modify ? "modify" : "verify", request, sw);
	*out_len = len;
	explicit_bzero(request, sizeof(*request));
	return code;
}

static DWORD put_feature(uint8_t *out, uint8_t tag, DWORD code)
{
	out[0] = tag;
	out[1] = 4;
	for (int i = 0; i < 4; i++)
		out[2 + i] = (uint8_t)(code >> (24 - 8 * i));
	return 6;
}

__attribute__((visibility("default"))) LONG SCardControl(SCARDHANDLE handle, DWORD code, LPCVOID in,
	DWORD in_len, LPVOID out, DWORD out_cap, LPDWORD out_len)
{
	uint8_t *to = out;
	struct request request;
	unsigned min, max;

	if (code == CM_IOCTL_GET_FEATURE_REQUEST && out_cap >= 18) {
		*out_len = put_feature(to, FEATURE_VERIFY_PIN_DIRECT, CODE_VERIFY);
		*out_len += put_feature(to + 6, FEATURE_MODIFY_PIN_DIRECT, CODE_MODIFY);
		*out_len += put_feature(to + 12, FEATURE_GET_TLV_PROPERTIES, CODE_PROPERTIES);
		return SCARD_S_SUCCESS;
	}
	if (code == CODE_PROPERTIES && out_cap >= 6) {
		limits(&min, &max);
		memcpy(to,
			((uint8_t[]){ PCSCv2_PART10_PROPERTY_bMinPINSize, 1, (uint8_t)min,
				PCSCv2_PART10_PROPERTY_bMaxPINSize, 1, (uint8_t)max }),
			6);
		*out_len = max ? 6 : 0;
		return SCARD_S_SUCCESS;
	}
	if ((code == CODE_VERIFY || code == CODE_MODIFY) && out_cap >= 258) {
		int good = read_request(in, in_len, code == CODE_MODIFY, &request);

		return play(handle, &request, good ? 0 : BAD_STRUCTURE, to, out_len);
	}
	LONG (*real)(SCARDHANDLE, DWORD, LPCVOID, DWORD, LPVOID, DWORD, LPDWORD);

	*(void **)&real = dlsym(RTLD_NEXT, "SCardControl");
	return real ? real(handle, code, in, in_len, out, out_cap, out_len)
		    : SCARD_E_UNSUPPORTED_FEATURE;
}
