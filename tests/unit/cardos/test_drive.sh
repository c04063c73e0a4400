#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Our driver and OpenSC on one virtual card, and a power cut in every write of a renewal.
# Inside the sandbox (blank card): test_drive.sh DRIVE VCARD_CTL
set -euo pipefail
drive=$(realpath "$1") control="$(realpath "$2") $TWCA_SANDBOX_CARD_CONTROL"

check() {
	"$@" > out 2>&1 || { echo "failed: $*"; cat out; exit 1; }
}
# pcscd polls its readers: a card put back is there a little later
back() {
	$control insert > /dev/null 2>&1 || true
	for _ in $(seq 50); do
		sleep 0.2
		"$drive" list > /dev/null 2>&1 && return
	done
	echo "the card never came back"
	exit 1
}
want() {
	grep -q "$1" out || { echo "no '$1' in:"; cat out; exit 1; }
}

cd "$HOME"
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=x -outform DER -out c.der 2> /dev/null
check "$drive" init
check "$drive" generate old
check "$drive" store old c.der
check pkcs15-tool --dump
want '\[Ours\]'
want 'Private RSA Key \[old\]'
want 'X.509 Certificate \[old\]'
check pkcs15-init --generate-key rsa/1024 --auth-id 01 --label theirs --key-usage sign \
	--pin "$TWCA_SANDBOX_PIN"
check "$drive" sign
want '^signs old'
want '^signs theirs'

for fault in tear remove-before; do
	for errand in "generate new-$fault" "store new-$fault c.der"; do
		n=1 step=1
		[ "$fault" = tear ] || step=5
		while :; do
			$control "$fault" "$n" > /dev/null
			# shellcheck disable=SC2086
			if timeout 30 "$drive" $errand > /dev/null 2>&1; then
				break
			fi
			back
			check "$drive" sign
			want '^signs old'
			check pkcs15-tool --dump
			want 'Private RSA Key \[old\]'
			want 'X.509 Certificate \[old\]'
			n=$((n + step))
			[ "$n" -lt 100 ] || { echo "$errand never ends"; exit 1; }
		done
		[ "$n" -gt 1 ] || { echo "$fault never struck"; exit 1; }
		$control "$fault" 0 > /dev/null 2>&1 || true
		back
	done
	check "$drive" sign
	want "^signs new-$fault"
done
