/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that run when a job is over. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "lib/i18n.h"
#include "lib/scope.h"

#define NOT_NEEDED 3 /* the exit status that is neither success nor failure */

void apply_tell_hook(const struct apply *apply)
{
	if (apply->tool.profile)
		setenv("TWCA_SITE", apply->tool.profile->site, 1);
	if (apply->tool.token.serial[0])
		setenv("TWCA_CARD", apply->tool.token.serial, 1);
	const char *sha256 =
		apply->certs[0].text.sha256 ? apply->certs[0].text.sha256 : apply->old.sha256;
	if (sha256)
		setenv("TWCA_CERTIFICATE", sha256, 1);
}

int apply_hook(const struct apply *apply, int code)
{
	const char *command = code ? apply->on_failure : apply->on_success;
	char text[16];
	int status = 0;

	if (!command || code == NOT_NEEDED || apply->batch)
		return code;
	snprintf(text, sizeof text, "%d", code);
	setenv("TWCA_EXIT", text, 1);
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
		WEXITSTATUS(status) != 0) {
		fprintf(stderr, _("the command %s failed"), command);
		fputc('\n', stderr);
	}
	return code;
}
