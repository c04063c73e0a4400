/* SPDX-License-Identifier: Apache-2.0 */
/* twca-vcard: the virtual CardOS card, made (--create) or served to a vpcd reader. */
#include "personality.h"
#include "serve.h"
#include "switches.h"
#include "vcard.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SWITCHES_MAX 64 /* and one for the layout */

struct options {
	bool create, personalise, list;
	const char *state, *card, *serial, *pin_env, *puk_env, *sign_pin_env, *label;
	const char *host, *port, *log, *control;
	char layout[32];
	const char *switches[SWITCHES_MAX + 1];
	size_t switch_count;
};

enum {
	OPT_STATE = 0x100,
	OPT_CREATE,
	OPT_CARD,
	OPT_SERIAL,
	OPT_PERSONALISE,
	OPT_PIN,
	OPT_PUK,
	OPT_LABEL,
	OPT_LAYOUT,
	OPT_SIGN_PIN,
	OPT_HOST,
	OPT_PORT,
	OPT_LOG,
	OPT_CONTROL,
	OPT_SWITCH,
	OPT_LIST,
};

static const struct argp_option table[] = {
	{ "state", OPT_STATE, "FILE", 0, "the card's EEPROM", 1 },
	{ "host", OPT_HOST, "HOST", 0, "of the vpcd reader (127.0.0.1)", 1 },
	{ "port", OPT_PORT, "PORT", 0, "of the vpcd reader (35963)", 1 },
	{ "apdu-log", OPT_LOG, "FILE", 0, "append one line a command", 1 },
	{ "control", OPT_CONTROL, "SOCKET", 0, "take orders on this unix socket", 1 },
	{ "switch", OPT_SWITCH, "NAME=VALUE", 0, "set a switch (may be repeated)", 1 },
	{ "switches", OPT_LIST, NULL, 0, "list the switches and end", 1 },
	{ "create", OPT_CREATE, NULL, 0, "make a state file and end", 2 },
	{ "card", OPT_CARD, "NAME", 0, "v4.2b, v4.2c, v4.3b, v4.4 (the default), v5.0, v5.3, v5.4",
		2 },
	{ "serial", OPT_SERIAL, "HEX", 0, "six bytes (random)", 2 },
	{ "personalise", OPT_PERSONALISE, NULL, 0, "V4: as OpenSC's one-PIN profile leaves it", 2 },
	{ "pin-env", OPT_PIN, "VAR", 0, "environment variable with the PIN", 2 },
	{ "puk-env", OPT_PUK, "VAR", 0, "environment variable with the PUK", 2 },
	{ "layout", OPT_LAYOUT, "NAME", 0, "V5: maker, plain or foreign (maker)", 2 },
	{ "sign-pin-env", OPT_SIGN_PIN, "VAR", 0, "V5: with the signature PIN (the PUK)", 2 },
	{ "label", OPT_LABEL, "TEXT", 0, "of the token (OpenSC Card)", 2 },
	{ 0 },
};

static error_t parse_make(int key, const char *value, struct options *options)
{
	switch (key) {
	case OPT_CREATE:
		options->create = true;
		return 0;
	case OPT_CARD:
		options->card = value;
		return 0;
	case OPT_SERIAL:
		options->serial = value;
		return 0;
	case OPT_PERSONALISE:
		options->personalise = true;
		return 0;
	case OPT_PIN:
		options->pin_env = value;
		return 0;
	case OPT_PUK:
		options->puk_env = value;
		return 0;
	case OPT_SIGN_PIN:
		options->sign_pin_env = value;
		return 0;
	case OPT_LAYOUT:
		snprintf(options->layout, sizeof(options->layout), "layout=%s", value);
		if (options->switch_count <= SWITCHES_MAX)
			options->switches[options->switch_count++] = options->layout;
		return 0;
	case OPT_LABEL:
		options->label = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case OPT_STATE:
		options->state = value;
		return 0;
	case OPT_HOST:
		options->host = value;
		return 0;
	case OPT_PORT:
		options->port = value;
		return 0;
	case OPT_LOG:
		options->log = value;
		return 0;
	case OPT_CONTROL:
		options->control = value;
		return 0;
	case OPT_LIST:
		options->list = true;
		return 0;
	case OPT_SWITCH:
		if (options->switch_count >= SWITCHES_MAX)
			argp_error(state, "too many switches");
		options->switches[options->switch_count++] = value;
		return 0;
	default:
		return parse_make(key, value, options);
	}
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "twca-vcard: %s: %s\n", what, why);
	return 1;
}

static bool set_switches(struct vcard *card, const struct options *options)
{
	for (size_t i = 0; i < options->switch_count; i++) {
		const char *why;

		if (!vcard_switch(card, options->switches[i], &why))
			return !fail(options->switches[i], why);
	}
	return true;
}

static int list_switches(const struct options *options)
{
	const struct vc_personality *row = vc_personality_find(options->card);
	struct vc_switches switches;

	if (!row)
		return fail(options->card, "no such card");
	vc_personality_switches(row, &switches);
	vc_switches_list(&switches, stdout);
	return 0;
}

static bool personalise(struct vcard *card, const struct options *options)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;
	const char *why;
	struct vcard_personalise params = { .label = options->label, .time = stamp };

	params.pin = options->pin_env ? getenv(options->pin_env) : NULL;
	params.puk = options->puk_env ? getenv(options->puk_env) : NULL;
	params.sign_pin = options->sign_pin_env ? getenv(options->sign_pin_env) : NULL;
	if (!params.pin || !params.puk)
		return !fail("--personalise", "--pin-env and --puk-env must name set variables");
	strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%SZ", gmtime_r(&now, &tm));
	return vcard_personalise(card, &params, &why) || !fail("--personalise", why);
}

static int create(const struct options *options)
{
	uint8_t serial[6];
	struct vcard *card;
	bool ok;

	if (options->serial && vc_hex_decode(options->serial, serial, sizeof(serial)) != 6)
		return fail(options->serial, "the serial number has six bytes, in hex");
	card = vcard_new(options->card, options->serial ? serial : NULL);
	if (!card)
		return fail(options->card, "no such card");
	ok = set_switches(card, options) && (!options->personalise || personalise(card, options));
	if (ok && !vcard_keep(card, options->state))
		ok = !fail(options->state, strerror(errno));
	vcard_free(card);
	return !ok;
}

static int serve(const struct options *options)
{
	char error[VC_ERROR_MAX];
	struct vc_serve params = {
		.host = options->host, .port = options->port, .control = options->control
	};
	int status = 1;

	params.card = vcard_load(options->state, error);
	if (!params.card) {
		fprintf(stderr, "twca-vcard: %s\n", error);
		return 1;
	}
	if (options->log)
		params.log = fopen(options->log, "ae");
	if (options->log && !params.log)
		fail(options->log, strerror(errno));
	else if (set_switches(params.card, options))
		status = vc_serve(&params);
	if (params.log)
		fclose(params.log);
	vcard_free(params.card);
	return status;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { table, parse, NULL,
		"A virtual CardOS card behind a vpcd reader.", NULL, NULL, NULL };
	struct options options = {
		.card = "v4.4", .label = "OpenSC Card", .host = "127.0.0.1", .port = "35963"
	};

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return 2;
	if (options.list)
		return list_switches(&options);
	if (!options.state)
		return fail("--state", "is missing");
	return options.create ? create(&options) : serve(&options);
}
