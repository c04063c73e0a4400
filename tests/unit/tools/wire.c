/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the answers of a test and breaks documents member by member. */
#include "wire.h"

#include "unit.h"

#include <jansson.h>

#include "fail.h"
#include "http.h"
#include "json.h"
#include "ra.h"

struct wire wire;

struct http {
	int unused;
};

bool http_open(const struct http_options *options, struct http **ret, struct fail *fail)
{
	if (strncmp(options->base, "https://", 8) != 0)
		return fail_set(fail, FAIL_USAGE, NULL);
	*ret = calloc(1, sizeof **ret);
	return *ret != NULL;
}

struct http *http_close(struct http *http)
{
	free(http);
	return NULL;
}

static void keep(char *buf, size_t size, const char *text)
{
	snprintf(buf, size, "%s", text ? text : "");
}

bool http_send(struct http *http, const struct http_request *request, struct http_reply *reply,
	struct fail *fail)
{
	const struct wire_answer *answer = &wire.answers[wire.sent];

	assert_non_null(http);
	if (wire.sent + 1 < wire.count)
		wire.sent++;
	keep(wire.method, sizeof wire.method, request->method);
	keep(wire.url, sizeof wire.url, request->url);
	keep(wire.key, sizeof wire.key, request->idempotency_key);
	keep(wire.bearer, sizeof wire.bearer, request->bearer);
	keep(wire.body, sizeof wire.body, request->body);
	http_reply_clear(reply);
	if (!answer->status)
		return fail_set(fail, FAIL_RA_UNREACHABLE, NULL);
	reply->status = answer->status;
	reply->retry_after = answer->retry_after;
	keep(reply->content_type, sizeof reply->content_type, answer->type);
	reply->body = (uint8_t *)strdup(answer->body);
	reply->body_len = strlen(answer->body);
	return true;
}

void http_reply_clear(struct http_reply *reply)
{
	free(reply->body);
	memset(reply, 0, sizeof *reply);
}

void wire_begin(const struct wire_answer *answers, size_t count)
{
	assert_true(count >= 1 && count <= WIRE_ANSWERS);
	memset(&wire, 0, sizeof wire);
	memcpy(wire.answers, answers, count * sizeof *answers);
	wire.count = count;
}

const char *wire_directory(void)
{
	return "{\"server_time\":\"2026-01-31T10:20:30Z\",\"limits\":{\"max_clock_skew_s\":300},"
	       "\"sites\":[{\"id\":\"other\"},{\"id\":\"fine\",\"name\":\"FINE\","
	       "\"contact\":{\"password_reset_form\":\"form 7\"},"
	       "\"login\":{\"password_policy\":{\"min_length\":8,\"max_length\":16}},"
	       "\"profiles\":[{\"id\":\"sign\",\"validity\":\"P1Y\","
	       "\"keys\":[{\"type\":\"EC\"},{\"type\":\"RSA\",\"preferred_bits\":2048}]}],"
	       "\"resources\":{\"captchas\":\"https://ra/c\",\"sessions\":\"https://ra/s\","
	       "\"session\":\"https://ra/s/1\",\"password\":\"https://ra/p\","
	       "\"registration\":\"https://ra/r\",\"terms\":\"https://ra/t\","
	       "\"card_verifications\":\"https://ra/v\",\"orders\":\"https://ra/o\","
	       "\"ca_certificates\":\"https://ra/ca\"}}]}";
}

struct ra *wire_ra(struct ra_site *site)
{
	const struct wire_answer answer = { 200, "application/json", wire_directory(), 0 };
	struct ra_options options = { .url = "https://ra/" };
	struct fail fail = FAIL_INIT;
	struct ra *ra = NULL;

	assert_true(ra_json_open(&options, &ra, &fail));
	wire_begin(&answer, 1);
	assert_true(ra->ops->site(ra, "fine", site, &fail));
	assert_int_equal(fail.code, FAIL_NONE);
	return ra;
}

static json_t *step_into(json_t *value, const char *name)
{
	return json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10))
				    : json_object_get(value, name);
}

char *wire_change(const char *document, const char *path, const char *value)
{
	json_t *root = json_loads(document, 0, NULL), *at = root;
	char *copy = strdup(path), *rest = NULL;
	char *name = strtok_r(copy, "/", &rest), *next;

	for (; (next = strtok_r(NULL, "/", &rest)) != NULL; name = next)
		at = step_into(at, name);
	assert_non_null(json_object_get(at, name));
	if (value)
		json_object_set_new(at, name, json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(at, name);
	char *text = json_dumps(root, JSON_COMPACT);
	assert_non_null(text);
	char *changed = strdup(text);
	json_text_free_p(&text);
	json_decref(root);
	free(copy);
	return changed;
}

/* ---- breaking ---- */

struct breaking {
	json_t *root;
	bool (*try)(const char *document, struct fail *fail);
	unsigned tried, succeeded;
};

static void attempt(struct breaking *breaking)
{
	struct fail fail = FAIL_INIT;
	char *text = json_dumps(breaking->root, JSON_COMPACT);

	assert_non_null(text);
	breaking->tried++;
	if (breaking->try(text, &fail))
		breaking->succeeded++;
	else
		assert_int_not_equal(fail.code, FAIL_NONE);
	for (const char *c = fail.detail; *c; c++)
		assert_true((unsigned char)*c >= ' ' && *c != 0x7F);
	json_text_free_p(&text);
}

static json_t *wrong_value(unsigned kind)
{
	static char *lengthy;

	if (!lengthy && (lengthy = calloc(1, 70001)))
		memset(lengthy, 'x', 70000);
	switch (kind) {
	case 0:
		return json_null();
	case 1:
		return json_true();
	case 2:
		return json_integer(INT64_MAX);
	case 3:
		return json_integer(INT64_MIN);
	case 4:
		return json_real(1e300);
	case 5:
		return json_array();
	case 6:
		return json_object();
	case 7:
		return json_string("");
	case 8:
		return json_string("\033[2J\r\n\x7F\xE2\x80\xAE"
				   "x");
	case 9:
		return json_string(lengthy);
	case 10:
		return json_string("http://elsewhere.example/");
	default:
		return NULL;
	}
}

static void break_inside(struct breaking *breaking, json_t *value);

static void break_member(struct breaking *breaking, json_t *object, const char *name)
{
	json_t *whole = json_incref(json_object_get(object, name));

	json_object_del(object, name);
	attempt(breaking);
	for (unsigned kind = 0;; kind++) {
		json_t *wrong = wrong_value(kind);
		if (!wrong)
			break;
		json_object_set_new(object, name, wrong);
		attempt(breaking);
	}
	json_object_set(object, name, whole);
	break_inside(breaking, whole);
	json_decref(whole);
}

static void break_inside(struct breaking *breaking, json_t *value)
{
	const char *names[32];
	size_t count = 0, i;
	const char *name;
	json_t *member;

	json_object_foreach(value, name, member) if (count < 32) names[count++] = name;
	for (i = 0; i < count; i++) {
		char copy[64];
		snprintf(copy, sizeof copy, "%s", names[i]);
		break_member(breaking, value, copy);
	}
	json_array_foreach(value, i, member) break_inside(breaking, member);
}

unsigned wire_break_all(const char *document, bool (*try)(const char *document, struct fail *fail),
	unsigned *ret_tried)
{
	struct breaking breaking = { .root = json_loads(document, 0, NULL), .try = try };
	struct fail fail = FAIL_INIT;

	assert_non_null(breaking.root);
	assert_true(try(document, &fail));
	break_inside(&breaking, breaking.root);
	json_decref(breaking.root);
	*ret_tried = breaking.tried;
	return breaking.succeeded;
}
