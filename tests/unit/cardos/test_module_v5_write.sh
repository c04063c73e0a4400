#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Key pairs and certificates made through the module on a V5 card, used there, and by OpenSC.
# Inside the sandbox: test_module_v5_write.sh VERSION maker|plain|blank
set -euo pipefail
version=$1 kind=$2
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

if [ "$kind" = blank ]; then
	step "${module[@]}" --init-token --label Ours --so-pin env:PUK
	step "${module[@]}" --init-pin --login --login-type so --so-pin env:PUK --new-pin "$PIN"
fi
step "${module[@]}" --list-slots
! grep -q readonly out || fail "the token says that nothing can be written to it"
want 'token initialized'

echo "to be signed" > text
# pair TYPE ID MECHANISM [verify option...]: made, certified, signed with; OpenSSL agrees
pair() {
	local type=$1 id=$2 mechanism=$3
	shift 3
	step tool --keypairgen --key-type "$type" --id "$id" --label "$type" --usage-sign
	# pkcs11-tool 0.23 itself cannot read public keys on larger curves
	step pkcs15-tool --read-public-key "$id" --output "$id.pem"
	step tool --sign --mechanism "$mechanism" --id "$id" --signature-format openssl \
		--input-file text --output-file s
	openssl dgst -sha256 "$@" -verify "$id.pem" -signature s text > out || fail "$type signs wrong"
	openssl req -x509 -newkey rsa:2048 -noenc -keyout other.key -out other.pem -subj /CN=x 2> /dev/null
	openssl x509 -new -subj "/CN=$type" -force_pubkey "$id.pem" -CA other.pem -CAkey other.key \
		-outform DER -out "$id.crt"
	step tool --write-object "$id.crt" --type cert --id "$id" --label "$type"
	step tool --read-object --type cert --id "$id" --output-file back.crt
	cmp "$id.crt" back.crt
}
pair EC:prime256v1 11 ECDSA-SHA256
pair rsa:2048 12 SHA256-RSA-PKCS
if [ "$version $kind" = "v5.3 blank" ]; then
	pair rsa:3072 13 SHA256-RSA-PKCS
	pair rsa:4096 14 SHA256-RSA-PKCS
	pair EC:secp384r1 15 ECDSA-SHA256
	pair EC:secp521r1 16 ECDSA-SHA256
	step tool --sign --mechanism SHA256-RSA-PKCS-PSS --id 14 --input-file text --output-file s
	openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify 14.pem -signature s text > out ||
		fail "PSS with 4096 bits is wrong"
fi

# OpenSC sees them, and signs with them
step pkcs15-tool --dump
want 'Private RSA Key \[rsa:2048\]'
want 'Private EC Key \[EC:prime256v1\]'
want 'X.509 Certificate \[EC:prime256v1\]'
openssl dgst -sha256 -binary -out hash text
step pkcs15-crypt --sign --sha-256 --pkcs1 --key 12 --pin "$PIN" --input hash --output s --raw
openssl dgst -sha256 -verify 12.pem -signature s text > out || fail "OpenSC signs wrong with RSA"
# V5.0 puts two zeros behind each coordinate; OpenSC takes them for a part of it. It uses EC keys
# only where TokenInfo lists them, which the maker of the plain card did not do.
if [ "$version" != v5.0 ] && [ "$kind" != plain ]; then
	step pkcs11-tool --login --pin "$PIN" --sign --mechanism ECDSA-SHA256 --id 11 \
		--signature-format openssl --input-file text --output-file s
	openssl dgst -sha256 -verify 11.pem -signature s text > out || fail "OpenSC signs wrong with EC"
fi

# renamed, deleted, and the PINs
step tool --delete-object --type privkey --id 12
step tool --delete-object --type pubkey --id 12
step tool --delete-object --type cert --id 12
step tool --list-objects
! grep -q 'rsa:2048' out || fail "something was not deleted"
want 'EC:prime256v1'
step tool --change-pin --new-pin 135791
PIN=135791
step tool --sign --mechanism ECDSA-SHA256 --id 11 --input-file text --output-file s
for _ in 1 2 3; do
	! PIN=999999 tool --list-objects > out 2>&1 || fail "any PIN is good"
done
! tool --list-objects > out 2>&1 || fail "the PIN is not locked"
want CKR_PIN_LOCKED
step "${module[@]}" --init-pin --login --login-type so --so-pin env:PUK --new-pin 246802
PIN=246802
step tool --sign --mechanism ECDSA-SHA256 --id 11 --input-file text --output-file s
