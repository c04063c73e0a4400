/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a slow call in a thread and shows that time passes. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "i18n.h"
#include "term.h"

struct job {
	void (*work)(void *);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool done;
};

static void *run(void *arg)
{
	struct job *job = arg;

	job->work(job->arg);
	pthread_mutex_lock(&job->lock);
	job->done = true;
	pthread_cond_signal(&job->ended);
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

static long seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)(now.tv_sec - start->tv_sec);
}

static void show(const struct term *term, const char *label, long seconds)
{
	static const char wheel[] = "|/-\\";

	if (term->live && !term->quiet) {
		fprintf(stderr, "\r%s %c %ld s ", label, wheel[seconds & 3], seconds);
		fflush(stderr);
	}
}

static void watch(const struct term *term, const char *label, struct job *job)
{
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	if (!term->live)
		term_note(term, "%s ...", label);
	pthread_mutex_lock(&job->lock);
	while (!job->done) {
		struct timespec next;
		show(term, label, seconds_since(&start));
		clock_gettime(CLOCK_MONOTONIC, &next);
		next.tv_sec++;
		pthread_cond_timedwait(&job->ended, &job->lock, &next);
	}
	pthread_mutex_unlock(&job->lock);
	if (term->live && !term->quiet)
		fprintf(stderr, "\r\033[K%s: %ld s\n", label, seconds_since(&start));
}

void term_work(const struct term *term, const char *label, void (*work)(void *arg), void *arg)
{
	struct job job = { .work = work, .arg = arg, .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_condattr_t attr;
	pthread_t thread;
	sigset_t all, before;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&job.ended, &attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int refused = pthread_create(&thread, NULL, run, &job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (refused) {
		work(arg);
	} else {
		watch(term, label, &job);
		pthread_join(thread, NULL);
	}
	pthread_cond_destroy(&job.ended);
	pthread_condattr_destroy(&attr);
	pthread_mutex_destroy(&job.lock);
}
