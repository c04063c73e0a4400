#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A card without PKCS#15, described by the example of the documentation: listed, used, its PIN
# changed and unblocked. Bad descriptions are told, and the card is an empty one then.
# Inside the sandbox (layout foreign): test_module_layout.sh EXAMPLE
set -euo pipefail
example=$(realpath "$1")
cd "$HOME"
export PIN=$TWCA_SANDBOX_PIN PUK=$TWCA_SANDBOX_PUK
module=(pkcs11-tool --module "$TWCA_PKCS11_MODULE")
tool() {
	"${module[@]}" --login --pin env:PIN "$@"
}
fail() {
	echo "$*"
	[ ! -s out ] || cat out
	exit 1
}
step() {
	"$@" > out 2>&1 || fail "failed: $*"
}
want() {
	grep -q -- "$1" out || fail "no '$1'"
}
refuse() {
	! grep -q -- "$1" out || fail "'$1'"
}

step "${module[@]}" --list-slots
refuse 'token initialized'

export TWCA_CARD_LAYOUT=$example
step "${module[@]}" --list-slots
want 'Company badge'
want 'readonly'
step tool --list-objects
want 'Private Key Object; RSA'
want 'Private Key Object; EC'
want 'Badge issuer'

echo text > text
# sign ID MECHANISM [verify option...]
sign() {
	local id=$1 mechanism=$2
	shift 2
	step tool --read-object --type cert --id "$id" --output-file c.der
	openssl x509 -in c.der -inform DER -noout -pubkey > p.pem
	step tool --sign --mechanism "$mechanism" --id "$id" --signature-format openssl \
		--input-file text --output-file s
	openssl dgst -sha256 "$@" -verify p.pem -signature s text > out || fail "$id signs wrong"
}
sign 04 SHA256-RSA-PKCS
sign 04 SHA256-RSA-PKCS-PSS -sigopt rsa_padding_mode:pss
sign 05 ECDSA-SHA256
sed 's/^usage = sign decrypt/&\npadding = card/' "$example" > padding.conf
TWCA_CARD_LAYOUT=$HOME/padding.conf sign 04 SHA256-RSA-PKCS
! tool --write-object text --type data --label x > out 2>&1 || fail "something was written"
want CKR_TOKEN_WRITE_PROTECTED
! "${module[@]}" --init-token --label x --so-pin env:PUK > out 2>&1 || fail "it was made anew"

step tool --change-pin --new-pin 135791
PIN=135791
sign 04 SHA256-RSA-PKCS
step "${module[@]}" --init-pin --login --login-type so --so-pin env:PUK --new-pin 246802
PIN=246802
sign 05 ECDSA-SHA256

# by the folder of settings
unset TWCA_CARD_LAYOUT
mkdir -p "$XDG_CONFIG_HOME/twca/cards"
cp "$example" "$XDG_CONFIG_HOME/twca/cards/badge.conf"
sign 04 SHA256-RSA-PKCS
rm "$XDG_CONFIG_HOME/twca/cards/badge.conf"

# bad TEXT SED-SCRIPT: told with file and line, and the card is empty
bad() {
	sed "$2" "$example" > bad.conf
	TWCA_CARD_LAYOUT=$HOME/bad.conf step "${module[@]}" --list-slots
	want "bad.conf: .*$1"
	want 'token state: *uninitialized'
	refuse 'token initialized'
}
bad 'line 5: an unknown section' 's/^\[card\]/[crad]/'
bad 'line 5: neither a hexadecimal' 's/^atr = 3B/atr = 3Z/'
bad 'an unknown key' 's/^stored/storde/'
bad 'a PIN that is not described' 's/^pin = holder/pin = nobody/'
bad 'a PIN without a reference' 's/^reference = 87//'
bad 'a key needs' 's/^bits = 2048//'
bad 'needs a path' 's/^path = 0DF1$//'
TWCA_CARD_LAYOUT=$HOME/missing.conf step "${module[@]}" --list-slots
want 'missing.conf: No such file'
# of another card: no error, no use
sed 's/^atr = .*/atr = 3BD2180081xxxx58C90411/' "$example" > other.conf
TWCA_CARD_LAYOUT=$HOME/other.conf step "${module[@]}" --list-slots
refuse 'other.conf'
refuse 'Company badge'
