/* SPDX-License-Identifier: Apache-2.0 */
/* What takes long with passwords and keys, put off and remembered. */
#include "soft_slow.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto.h"
#include "scope.h"
#include "soft_key.h"

#include "cardos/secret.h"

enum what {
	CHECK,
	OPEN,
	WRITE,
	KEY,
};

struct job {
	struct job *next;
	enum what what;
	bool done;
	CK_RV rv;
	struct blob file; /* WRITE: the result */
	const struct secret *password;
	struct secret *own;         /* password, of a job that was noted */
	bool weak_allowed, checked; /* OPEN */
	struct soft_pfx pfx;        /* OPEN: the result */
	CK_KEY_TYPE type;           /* KEY, and what follows */
	unsigned bits;
	EVP_PKEY *key; /* the result */
};

struct soft_slow {
	struct crypto *crypto;
	struct job *jobs;
};

struct soft_slow *soft_slow_new(struct crypto *crypto)
{
	struct soft_slow *slow = calloc(1, sizeof(*slow));

	if (slow)
		slow->crypto = crypto_ref(crypto);
	return slow;
}

static void job_free_p(struct job **place)
{
	struct job *job = *place;

	if (!job)
		return;
	blob_clear(&job->file);
	secret_free(job->own);
	soft_pfx_clear(&job->pfx);
	crypto_pkey_p(&job->key);
	free(job);
}

struct soft_slow *soft_slow_free(struct soft_slow *slow)
{
	if (!slow)
		return NULL;
	for (struct job *job = slow->jobs, *next; job; job = next) {
		next = job->next;
		job_free_p(&job);
	}
	crypto_free(slow->crypto);
	free(slow);
	return NULL;
}

static CK_RV make_key(
	const struct crypto *crypto, CK_KEY_TYPE type, unsigned bits, EVP_PKEY **ret_key)
{
	return type == CKK_EC ? soft_key_ec(crypto, bits, ret_key)
			      : soft_key_rsa(crypto, bits, ret_key);
}

static CK_RV do_job(const struct crypto *crypto, struct job *job)
{
	const struct soft_open how = { job->password, job->weak_allowed, job->checked };

	switch (job->what) {
	case CHECK:
		return soft_pfx_check(crypto, &job->file, job->password);
	case OPEN:
		return soft_pfx_open(crypto, &job->file, &how, &job->pfx);
	case WRITE:
		return soft_pfx_write(crypto, &job->pfx, job->password, SOFT_ROUNDS, &job->file);
	case KEY:
		return make_key(crypto, job->type, job->bits, &job->key);
	}
	return CKR_GENERAL_ERROR;
}

void soft_slow_compute(struct soft_slow *slow)
{
	for (struct job *job = slow->jobs; job; job = job->next)
		if (!job->done) {
			job->rv = do_job(slow->crypto, job);
			job->done = true;
		}
}

/* ---- copies and comparisons ---- */

static bool copy_item(struct soft_pfx *to, const struct soft_item *from)
{
	struct soft_item *item = soft_pfx_add(to, from->kind);

	if (!item)
		return false;
	*item = *from;
	item->value = (struct blob){ 0 };
	item->key = NULL;
	if (from->value.bytes && !blob_set(&item->value, from->value.bytes, from->value.len))
		return false;
	if (from->key && EVP_PKEY_up_ref(from->key) != 1)
		return false;
	item->key = from->key;
	return true;
}

/* to: empty; not to be used on failure, but to be cleared. */
static bool copy_pfx(struct soft_pfx *to, const struct soft_pfx *from)
{
	bool ok = true;

	for (size_t i = 0; ok && i < from->count; i++)
		ok = copy_item(to, &from->items[i]);
	to->hidden = from->hidden;
	to->weak = from->weak;
	return ok;
}

static bool same_bytes(const struct blob *a, const struct blob *b)
{
	return a->len == b->len && (!a->len || memcmp(a->bytes, b->bytes, a->len) == 0);
}

static bool same_key(const EVP_PKEY *a, const EVP_PKEY *b)
{
	return a == b || (a && b && EVP_PKEY_eq(a, b) == 1);
}

/* All that goes into a file. */
static bool same_item(const struct soft_item *a, const struct soft_item *b)
{
	return a->kind == b->kind && same_bytes(&a->value, &b->value) && a->id_len == b->id_len &&
	       memcmp(a->id, b->id, a->id_len) == 0 && strcmp(a->label, b->label) == 0 &&
	       strcmp(a->application, b->application) == 0 && a->usage == b->usage &&
	       strcmp(a->dates.start, b->dates.start) == 0 &&
	       strcmp(a->dates.end, b->dates.end) == 0 && a->public_object == b->public_object &&
	       a->local == b->local && a->authority == b->authority && a->private == b->private &&
	       same_key(a->key, b->key);
}

static bool same_pfx(const struct soft_pfx *a, const struct soft_pfx *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = same_item(&a->items[i], &b->items[i]);
	return same;
}

/* What is wanted: a job that borrows. */
static bool same_job(const struct job *a, const struct job *b)
{
	if (a->what != b->what)
		return false;
	if (a->what == KEY)
		return a->type == b->type && a->bits == b->bits;
	if (!secret_equal(a->password, b->password))
		return false;
	return a->what == WRITE
		       ? same_pfx(&a->pfx, &b->pfx)
		       : same_bytes(&a->file, &b->file) && a->weak_allowed == b->weak_allowed &&
				 a->checked == b->checked;
}

/* ---- asking ---- */

static CK_RV note(struct soft_slow *slow, const struct job *wanted)
{
	CLEANUP(job_free_p) struct job *job = calloc(1, sizeof(*job));
	bool ok = job != NULL;

	if (!ok)
		return CKR_HOST_MEMORY;
	job->what = wanted->what;
	job->weak_allowed = wanted->weak_allowed;
	job->checked = wanted->checked;
	job->type = wanted->type;
	job->bits = wanted->bits;
	if (wanted->password) {
		job->own = secret_new(secret_bytes(wanted->password), secret_len(wanted->password));
		job->password = job->own;
		ok = job->own != NULL;
	}
	if (ok && wanted->what != WRITE)
		ok = blob_set(&job->file, wanted->file.bytes, wanted->file.len);
	if (ok)
		ok = copy_pfx(&job->pfx, &wanted->pfx);
	if (!ok)
		return CKR_HOST_MEMORY;
	job->next = slow->jobs;
	slow->jobs = TAKE(job);
	return TOKEN_LATER;
}

/* *ret_job: whose result it is, if that is CKR_OK. */
static CK_RV ask(struct soft_slow *slow, const struct job *wanted, const struct job **ret_job)
{
	for (const struct job *job = slow->jobs; job; job = job->next)
		if (same_job(job, wanted)) {
			*ret_job = job;
			return job->done ? job->rv : TOKEN_LATER;
		}
	return note(slow, wanted);
}

CK_RV soft_slow_check(struct soft_slow *slow, const struct crypto *crypto, const struct blob *file,
	const struct secret *password)
{
	const struct job *job;
	const struct job wanted = { .what = CHECK, .file = *file, .password = password };

	if (!slow)
		return soft_pfx_check(crypto, file, password);
	return ask(slow, &wanted, &job);
}

CK_RV soft_slow_open(struct soft_slow *slow, const struct crypto *crypto, const struct blob *file,
	const struct soft_open *how, struct soft_pfx *ret_pfx)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	const struct job *job;
	const struct job wanted = { .what = OPEN,
		.file = *file,
		.password = how->password,
		.weak_allowed = how->weak_allowed,
		.checked = how->checked };
	CK_RV rv;

	if (!slow)
		return soft_pfx_open(crypto, file, how, ret_pfx);
	rv = ask(slow, &wanted, &job);
	if (rv == CKR_OK && !copy_pfx(&pfx, &job->pfx))
		rv = CKR_HOST_MEMORY;
	if (rv != CKR_OK)
		return rv;
	*ret_pfx = pfx;
	pfx = (struct soft_pfx){ 0 };
	return CKR_OK;
}

CK_RV soft_slow_write(struct soft_slow *slow, const struct crypto *crypto,
	const struct soft_pfx *pfx, const struct secret *password, struct blob *ret_file)
{
	const struct job *job;
	const struct job wanted = { .what = WRITE, .pfx = *pfx, .password = password };
	CK_RV rv;

	if (!slow)
		return soft_pfx_write(crypto, pfx, password, SOFT_ROUNDS, ret_file);
	rv = ask(slow, &wanted, &job);
	if (rv == CKR_OK && !blob_set(ret_file, job->file.bytes, job->file.len))
		rv = CKR_HOST_MEMORY;
	return rv;
}

CK_RV soft_slow_key(struct soft_slow *slow, const struct crypto *crypto, CK_KEY_TYPE type,
	unsigned bits, EVP_PKEY **ret_key)
{
	const struct job *job;
	const struct job wanted = { .what = KEY, .type = type, .bits = bits };
	CK_RV rv;

	if (!slow)
		return make_key(crypto, type, bits, ret_key);
	rv = ask(slow, &wanted, &job);
	if (rv == CKR_OK && EVP_PKEY_up_ref(job->key) != 1)
		rv = CKR_HOST_MEMORY;
	if (rv == CKR_OK)
		*ret_key = job->key;
	return rv;
}
