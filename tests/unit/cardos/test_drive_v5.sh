#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every key of a V5 card that its maker personalised, with OpenSSL as the judge.
# Inside the sandbox: test_drive_v5.sh DRIVE raw|padding
set -euo pipefail
drive=$(realpath "$1") takes=$2
cd "$HOME"
fail() {
	echo "$1"
	cat out
	exit 1
}
"$drive" > out 2>&1 || fail "the driver gave up"
! grep -q '^bad' out || fail "something does not verify"
[ "$(grep -c '^good' out)" = 5 ] || fail "not everything was tried"
grep -qx '3 tries' out || fail "the tries were not told"
grep -qx "class 0 RSA $takes" out || fail "RSA keys should be used as: $takes"
for certificate in RSA EC Signature Private 'Card CA'; do
	grep -qx "class 2 $certificate" out || fail "no certificate $certificate"
done
