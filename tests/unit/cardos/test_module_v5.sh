#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The module on a maker's V5 card: what a key signs verifies, also the key with a PIN of its own.
# pkcs11-tool gives one PIN for both, so the card is made with twice the same.
# Inside the sandbox: test_module_v5.sh
set -euo pipefail
cd "$HOME"
tool() {
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$TWCA_SANDBOX_PIN" "$@"
}
verify() {
	tool --read-object --type cert --id "$1" --output-file c.der > /dev/null
	openssl x509 -in c.der -inform DER -noout -pubkey > p.pem
	openssl dgst -sha256 "${@:2}" -verify p.pem -signature s text
}
echo "to be signed" > text
for id in 45 47; do
	tool --sign --mechanism SHA256-RSA-PKCS --id "$id" --input-file text --output-file s
	verify "$id"
done
tool --sign --mechanism SHA256-RSA-PKCS-PSS --id 45 --input-file text --output-file s
verify 45 -sigopt rsa_padding_mode:pss
tool --list-objects --type cert | grep -q 'CN=Card Holder Private'
# the public keys come out of the certificates
test "$(tool --list-objects --type pubkey | grep -c 'Public Key Object')" = 3
tool --test > said 2>&1
grep -q '^No errors' said
# its maker lets the holder write beside what he made
! tool --list-slots | grep -q 'readonly'
