#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# resume_kill.sh SIGNAL PATH: the tool gets SIGNAL while the RA holds back its answer at PATH (it has
# done its work); then the same command finishes the job with one key and one certificate.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	exec "$(dirname "$0")/../sandbox" -- "$0" "$@"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

ra fault hold --path "$2" --arg 60000 >/dev/null || fail "no such fault"
apply --yes --no-input --json &
job=$!
for _ in $(seq 600); do
	! ra fault list | grep -q 'nth=-1' || break
	sleep 0.05
done
ra fault list | grep -q 'nth=-1' || fail "the RA holds no answer back"
tool=$(pgrep -x twca-apply -n) || fail "it is not running any more"
kill "-$1" "$tool"
wait "$job"
! pgrep -x twca-apply >/dev/null || fail "it still runs"
case $1 in
INT) [ "$(json code) $(json exit)" = "interrupted 130" ] || fail "it ended with $(json code)" ;;
TERM) [ "$(json code) $(json exit)" = "terminated 143" ] || fail "it ended with $(json code)" ;;
esac
ra fault clear >/dev/null
apply --yes --no-input --json
expect 0 ok
finished
rm -rf "$work"
