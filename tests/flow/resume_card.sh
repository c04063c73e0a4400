#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# resume_card.sh before|after N: the card is pulled out at the N-th command (executed or not), put
# back, and the same command finishes the job with one key and one certificate.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	exec "$(dirname "$0")/../sandbox" -- "$0" "$@"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

card "remove-$1" "$2"
apply --yes --no-input --json
if [ "$status" = 0 ]; then
	echo "the job needs fewer than $2 commands"
	exit 77
fi
for attempt in 1 2 3; do
	put_back
	apply --yes --no-input --json
	[ "$status" != 0 ] || break
	echo "run $attempt: $(json code): $(json error.detail) (step $(json step))" >&2
done
expect 0 ok
[ "$attempt" = 1 ] || fail "it took $attempt runs"
finished
rm -rf "$work"
