/* SPDX-License-Identifier: Apache-2.0 */
/* The table of switches, and setting and showing them. */
#include "switches.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	const char *choices; /* "a|b|c"; NULL: a number up to max, or a text if max is 0 */
	unsigned max, initial;
	const char *meaning;
};

// clang-format off
static const struct row rows[VC_S_COUNT] = {
	[VC_S_ADMIN_ONLY] = { "admin-only", "put-data|writes|none", 0, 0,
		"what needs the administration phase: PUT DATA; CREATE and DELETE too; nothing" },
	[VC_S_ANSWER] = { "answer", "direct|get-response", 0, 0,
		"long answers at once, or 61xx and GET RESPONSE" },
	[VC_S_ARR] = { "arr", "no|yes", 0, 0,
		"V5 --personalise: access rules by EF.ARR (8B) instead of AB" },
	[VC_S_BAD_BLOCK] = { "bad-block", "6a80|6700", 0, 0,
		"a block that is not as long as the modulus" },
	[VC_S_CHAIN_BREAK] = { "chain-break", "drop|6884", 0, 0,
		"another command inside a chain" },
	[VC_S_CHAINING] = { "chaining", "all|cds|none", 0, 0,
		"command chaining: taken, for signatures only, 6E00" },
	[VC_S_CHALLENGE] = { "challenge", "any|8", 0, 0,
		"lengths GET CHALLENGE gives: any, multiples of 8 only" },
	[VC_S_CREATE_EXISTING] = { "create-existing", "6a89|6a80", 0, 0,
		"CREATE FILE of an id that is there" },
	[VC_S_CREATE_SELECTS] = { "create-selects", "yes|no", 0, 0,
		"a created file is the current one" },
	[VC_S_CURVES] = { "curves", "load|known", 0, 0,
		"V5: a curve has to be stored by PUT DATA ECD before its keys, is known" },
	[VC_S_DATA_FIELD] = { "data-field", NULL, 4096, 300,
		"bytes a command's data field may have (GET DATA 018D)" },
	[VC_S_DECIPHER_RAW] = { "decipher-raw", "short|full", 0, 0,
		"V5, raw RSA: the deciphered block without its leading 00, whole" },
	[VC_S_DELETE_DF] = { "delete-df", "tree|refuse", 0, 0,
		"DELETE of a DF with files in it: all of it, 6985" },
	[VC_S_DELETE_RULE] = { "delete-rule", "self|child|both", 0, 0,
		"V5, rule DELETE asks: mode 40 of the file, 01 of its DF, both" },
	[VC_S_DF_FILES] = { "df-files", "transparent|records|all", 0, 0,
		"V5 --personalise: the directory files: transparent, as records, ODF too" },
	[VC_S_DF_MEMORY] = { "df-memory", "grows|fixed", 0, 0,
		"a DF whose declared size is used up: takes free EEPROM, 6A84" },
	[VC_S_DIRECTORY] = { "directory", "short|full|paged", 0, 0,
		"entries of DIRECTORY: type and id, whole FCI, two pages" },
	[VC_S_EEPROM] = { "eeprom", NULL, 200000, 32620,
		"bytes of EEPROM of an empty card" },
	[VC_S_EMPTY_VERIFY] = { "empty-verify", "counts|6700", 0, 0,
		"VERIFY without a PIN: spends a try, refused" },
	[VC_S_EXTENDED] = { "extended", "yes|no", 0, 0,
		"extended length: taken up to the data field, 6700" },
	[VC_S_FCI] = { "fci", "short|long", 0, 0,
		"tag 82 of a DF with one byte and 85 with one, or six and three" },
	[VC_S_FCI_AC] = { "fci-ac", "9|8", 0, 0,
		"access bytes shown in an FCI" },
	[VC_S_GENERATE_MS] = { "generate-ms", NULL, 600000, 0,
		"milliseconds GENERATE KEY PAIR takes at least" },
	[VC_S_ID_1F] = { "id-1f", "yes|no", 0, 0,
		"may a key have the id 1F" },
	[VC_S_KEY_SEARCH] = { "key-search", "current|up", 0, 0,
		"where MSE's key is looked for: current DF, or upward too" },
	[VC_S_LAST_TRY] = { "last-try", "counted|blocked", 0, 0,
		"the try that blocks: 6300 or 63C0, or 6983 at once" },
	[VC_S_LAYOUT] = { "layout", "maker|plain|foreign", 0, 0,
		"V5 --personalise: PKCS#15 by its maker, an empty PKCS#15, another application" },
	[VC_S_LOCAL_REF] = { "local-ref", "current|mf", 0, 0,
		"a PIN reference without bit 80: current DF, MF" },
	[VC_S_MISSING_KEY] = { "missing-key", "6a88|6f86|mse", 0, 0,
		"no such key: PSO 6A88, PSO 6F86, MSE 6A88" },
	[VC_S_NO_PIN] = { "no-pin", "pso|mse", 0, 0,
		"where a key without its PIN is refused" },
	[VC_S_NO_SE] = { "no-se", "accept|refuse", 0, 0,
		"MSE SET in a DF without a security environment: 9000, 6A88" },
	[VC_S_OCI_EXISTING] = { "oci-existing", "trim|keep", 0, 0,
		"components above the new last one: dropped, kept" },
	[VC_S_PHASE_AC] = { "phase-ac", "lcycle|always", 0, 0,
		"PHASE CONTROL asks LCYCLE of the MF, nothing" },
	[VC_S_PHASE_CLEARS] = { "phase-clears", "no|yes", 0, 0,
		"PHASE CONTROL forgets verified PINs" },
	[VC_S_PHASE_SW] = { "phase-sw", "6982|6985", 0, 0,
		"a command in the wrong phase" },
	[VC_S_PIN_LENGTH] = { "pin-length", "counts|6700", 0, 0,
		"a PIN of another length than the stored one: a wrong try, refused" },
	[VC_S_PIN_STATUS] = { "pin-status", "9000|63cx", 0, 0,
		"V5: the status query of a PIN that is verified" },
	[VC_S_READ_ACROSS_END] = { "read-across-end", "data|6b00", 0, 0,
		"a read that begins inside and ends outside" },
	[VC_S_READ_END] = { "read-end", "6b00|empty", 0, 0,
		"a read at or past the end" },
	[VC_S_SHORT_LE] = { "short-le", "6cxx|6700|cut", 0, 0,
		"Le smaller than the answer" },
	[VC_S_SHORT_PIN] = { "short-pin", "6a80|6700|take", 0, 0,
		"a new PIN shorter than its minimum" },
	[VC_S_SM_ERROR] = { "sm-error", "6988|6987", 0, 0,
		"a wrong MAC under secure messaging (costs a StartKey try)" },
	[VC_S_TEXT] = { "text", NULL, 0, 0,
		"product text of GET DATA 0180" },
	[VC_S_TOKEN_INFO] = { "token-info", "listed|bare|eid", 0, 0,
		"V5 --personalise: supportedAlgorithms there, not there, eidCompliant" },
	[VC_S_UNKNOWN] = { "unknown", "some|more", 0, 0,
		"V5 --personalise: things no reader knows: those OpenSC passes over, others too" },
	[VC_S_UPDATE_PAST_END] = { "update-past-end", "6a84|6700", 0, 0,
		"UPDATE BINARY past the end" },
	[VC_S_VALIDITY] = { "validity", "counted|ignored", 0, 0,
		"the uses a verified PIN is good for (ARA byte)" },
	[VC_S_VERIFYRC] = { "verifyrc", "yes|no", 0, 0,
		"the verifyRC package is loaded" },
	[VC_S_WRITE_MS] = { "write-ms", NULL, 60000, 0,
		"milliseconds each EEPROM write takes" },
	[VC_S_WRONG_ALGORITHM] = { "wrong-algorithm", "6a81|6981", 0, 0,
		"a key used for what its algorithm byte is not for" },
	[VC_S_WRONG_PIN] = { "wrong-pin", "object|6300|63cx", 0, 0,
		"a wrong PIN: 63Cx if the object says so, 6300, 63Cx" },
};
// clang-format on

void vc_switches_default(struct vc_switches *switches, const char *text)
{
	for (int i = 0; i < VC_S_COUNT; i++)
		switches->value[i] = rows[i].initial;
	snprintf(switches->text, sizeof(switches->text), "%s", text);
}

static bool parse_choice(const char *choices, const char *value, unsigned *ret_position)
{
	size_t len = strlen(value);

	for (unsigned position = 0; *choices; position++) {
		size_t choice = strcspn(choices, "|");

		if (choice == len && !strncmp(choices, value, len)) {
			*ret_position = position;
			return true;
		}
		choices += choice + (choices[choice] == '|');
	}
	return false;
}

static bool parse_number(const char *value, unsigned max, unsigned *ret_number)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	if (*value < '0' || *value > '9' || *end || number > max)
		return false;
	*ret_number = (unsigned)number;
	return true;
}

static bool parse_text(struct vc_switches *switches, const char *value)
{
	size_t len = strlen(value);

	if (!len || len >= sizeof(switches->text))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (value[i] < ' ' || value[i] > '~')
			return false;
	}
	memcpy(switches->text, value, len + 1);
	return true;
}

bool vc_switches_set(struct vc_switches *switches, const char *assignment, const char **ret_why)
{
	size_t name = strcspn(assignment, "=");
	const char *value = assignment + name + 1;

	*ret_why = "not NAME=VALUE";
	if (assignment[name] != '=')
		return false;
	*ret_why = "no switch of that name";
	for (int i = 0; i < VC_S_COUNT; i++) {
		const struct row *row = &rows[i];

		if (strlen(row->name) != name || strncmp(row->name, assignment, name) != 0)
			continue;
		*ret_why = "the switch has no such value";
		if (row->choices)
			return parse_choice(row->choices, value, &switches->value[i]);
		if (row->max)
			return parse_number(value, row->max, &switches->value[i]);
		return parse_text(switches, value);
	}
	return false;
}

const char *vc_switch_show(const struct vc_switches *switches, enum vc_switch which, char *value)
{
	const struct row *row = &rows[which];
	const char *choice = row->choices;

	if (!choice && row->max) {
		snprintf(value, VC_TEXT_MAX, "%u", switches->value[which]);
	} else if (!choice) {
		snprintf(value, VC_TEXT_MAX, "%s", switches->text);
	} else {
		for (unsigned skip = switches->value[which]; skip; skip--)
			choice += strcspn(choice, "|") + 1;
		snprintf(value, VC_TEXT_MAX, "%.*s", (int)strcspn(choice, "|"), choice);
	}
	return row->name;
}

void vc_switches_list(const struct vc_switches *switches, FILE *out)
{
	for (int i = 0; i < VC_S_COUNT; i++) {
		char value[VC_TEXT_MAX], range[32];
		const char *name = vc_switch_show(switches, (enum vc_switch)i, value);

		snprintf(range, sizeof(range), rows[i].max ? "0..%u" : "text", rows[i].max);
		fprintf(out, "%s=%s\t%s\t%s\n", name, value,
			rows[i].choices ? rows[i].choices : range, rows[i].meaning);
	}
}
