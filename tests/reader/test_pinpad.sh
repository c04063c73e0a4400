#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A reader with keys (pinpad.c, preloaded) in front of a virtual card: PINs are typed there and the
# application gives none. Inside the sandbox: test_pinpad.sh PINPAD_LIBRARY blank|used|maker
set -euo pipefail
library=$(realpath "$1") kind=$2
cd "$HOME"
pin=$TWCA_SANDBOX_PIN puk=$TWCA_SANDBOX_PUK
export TWCA_PINPAD_KEYS=$HOME/keys TWCA_PINPAD_LOG=$HOME/log
: > log
module=(env "LD_PRELOAD=$library" pkcs11-tool --module "$TWCA_PKCS11_MODULE")
fail() {
	echo "$*"
	cat out log
	exit 1
}
# typed LINE...: what is typed in the next step
typed() {
	: > keys
	[ $# = 0 ] || printf '%s\n' "$@" > keys
}
step() {
	"${module[@]}" "$@" > out 2>&1 < /dev/null || fail "failed: $*"
	[ ! -s keys ] || fail "not everything was typed: $*"
}
# refused CODE ARGUMENT...
refused() {
	local code=$1
	shift
	! "${module[@]}" "$@" > out 2>&1 < /dev/null || fail "not refused: $*"
	grep -q "$code" out || fail "no $code: $*"
}
want() {
	grep -q -- "$1" out || fail "no '$1'"
}

if [ "$kind" = maker ]; then
	# the key that asks for its own PIN at each use
	echo text > text
	typed
	step --read-object --type cert --id 47 --output-file c.der
	openssl x509 -in c.der -inform DER -noout -pubkey > p.pem
	typed "$pin" "$puk"
	step --login --sign --mechanism SHA256-RSA-PKCS --id 47 --input-file text --output-file s
	openssl dgst -sha256 -verify p.pem -signature s text > out || fail "it signs wrong"
	# the tools: the login, and that key's PIN when it signs
	module=(env "LD_PRELOAD=$library" "$TWCA_BUILD/tools/twca-check" sign --no-input)
	typed "$pin" "$puk"
	step
	want 'Enter it on the reader'
	want 'Card test passed.'
	typed "$pin" cancel
	refused cancelled
	module=(env "LD_PRELOAD=$library" pkcs11-tool --module "$TWCA_PKCS11_MODULE")
	typed "$pin" cancel
	refused CKR_FUNCTION_CANCELED --login --sign --mechanism SHA256-RSA-PKCS --id 47 \
		--input-file text --output-file s
	typed "$pin" "$pin"
	refused CKR_PIN_INCORRECT --login --sign --mechanism SHA256-RSA-PKCS --id 47 \
		--input-file text --output-file s
	exit
fi
if [ "$kind" = blank ]; then
	# the PUK of a new card goes into an object, not into a PIN command: it is given
	typed
	step --init-token --label Pad --so-pin "$puk"
	typed "$puk" "$puk $pin $pin" "$pin"
	step --init-pin --login --login-type so
fi
typed
step --list-slots
want 'PIN pad present'

echo text > text
typed "$pin"
step --login --keypairgen --key-type rsa:1024 --id 0a --label padded --usage-sign
typed "$pin"
step --login --sign --mechanism SHA256-RSA-PKCS --id 0a --input-file text --output-file s
typed
step --read-object --type pubkey --id 0a --output-file p.der
openssl pkey -pubin -inform DER -in p.der -out p.pem
openssl dgst -sha256 -verify p.pem -signature s text > out || fail "it signs wrong"
# a PIN may be given all the same
typed
step --login --pin "$pin" --list-objects

typed cancel
refused CKR_FUNCTION_CANCELED --login --list-objects
typed timeout
refused CKR_FUNCTION_CANCELED --login --list-objects
typed 12
refused CKR_PIN_LEN_RANGE --login --list-objects
typed 999999
refused CKR_PIN_INCORRECT --login --list-objects
typed "$pin" "$pin 135790 135791"
refused CKR_PIN_INVALID --login --change-pin
typed "$pin" "$pin 135790 135790"
step --login --change-pin
typed 135790
step --login --list-objects
want padded

# the keys of the reader take fewer characters than the card
typed 1357908
TWCA_PINPAD_LIMITS="5 6" refused CKR_PIN_LEN_RANGE --login --list-objects
grep -q 'limits 0506' log || fail "the limits of the keys do not count"

for _ in 1 2 3; do
	typed 999999
	refused CKR_PIN_ --login --list-objects
done
typed 135790
refused CKR_PIN_LOCKED --login --list-objects
typed "$puk" "11111111 246802 246802"
refused CKR_PIN_INCORRECT --init-pin --login --login-type so
typed "$puk" "$puk 246802 246802"
step --init-pin --login --login-type so
typed 246802
step --login --list-objects

# no keys by choice, and none
typed
TWCA_PINPAD=no step --list-slots
! grep -q 'PIN pad present' out || fail "the variable does not count"
mkdir -p "$XDG_CONFIG_HOME/twca"
echo "pinpad = no" >"$XDG_CONFIG_HOME/twca/module.conf"
step --list-slots
! grep -q 'PIN pad present' out || fail "the setting does not count"
rm "$XDG_CONFIG_HOME/twca/module.conf"
pkcs11-tool --module "$TWCA_PKCS11_MODULE" --list-slots > out
! grep -q 'PIN pad present' out || fail "a reader without keys has some"

# no PIN in what the reader noted, and each request was in a form it knows
! grep -q '6B80$' log || fail "a request the reader does not know"

# the tool for PINs: nothing is asked for at the keyboard, and what happened is said
pin_tool() {
	local expected=$1 status=0
	shift
	env "LD_PRELOAD=$library" twca-pin "$@" --yes > out 2>&1 < /dev/null || status=$?
	[ "$status" = "$expected" ] || fail "twca-pin $*: $status, not $expected"
	[ ! -s keys ] || fail "not everything was typed: twca-pin $*"
}
typed "246802 864202 864202"
pin_tool 0 change
want 'Enter on the reader: the card PIN now'
want 'Card PIN change completed'
typed '246802x'
typed "864202 135790 135791"
pin_tool 2 change --no-input
want 'the two new card PINs differ'
typed "999999 135790 135790"
pin_tool 5 change --no-input
typed cancel
pin_tool 12 change --no-input
want 'cancelled'
typed
pin_tool 4 change --no-input --pin-source env:NOT_THERE
typed "$puk" "$puk 246802 246802"
pin_tool 0 reset --puk-source reader
want 'the PUK; then once more the PUK'
TWCA_PINPAD=no pin_tool 2 reset --puk-source reader
want 'this reader has no keys for PINs'
typed 246802
step --login --list-objects
typed "246802 135790 135790"
LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po pin_tool 0 change
want '請於讀卡機上依序輸入'
