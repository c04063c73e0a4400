#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# resume_ra.sh KIND PATH: the RA fails in this way at every request to PATH until the fault is
# cleared; then the same command finishes the job with one key and one certificate.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	exec "$(dirname "$0")/../sandbox" -- "$0" "$@"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

ra fault "$1" --path "$2" --count 20 --arg "${3:-1}" >/dev/null || fail "no such fault"
apply --yes --no-input --json
case $status in
9 | 13) ;;
*) fail "exit status $status under $1 at $2" ;;
esac
ra fault clear >/dev/null
apply --yes --no-input --json
expect 0 ok
finished
rm -rf "$work"
