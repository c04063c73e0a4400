#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs of others judge the software token: on files that OpenSSL wrote and on files that the
# module wrote. Usage: soft_judges.sh, or inside tests/sandbox --soft: soft_judges.sh --inside
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ "${1-}" != --inside ]; then
	exec "$here/../sandbox" --soft --card none --no-ra -- "$here/soft_judges.sh" --inside
fi

module=$TWCA_PKCS11_MODULE pin=$TWCA_SANDBOX_SOFT_PIN dir=$TWCA_SANDBOX_SOFT_DIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0 kind_id=60

# holds WHAT COMMAND...: the command must exit with 0
holds() {
	local what=$1
	shift
	if "$@" >out 2>&1 </dev/null; then
		echo "ok   $what" && passed=$((passed + 1))
	else
		echo "FAIL $what" && sed 's/^/     | /' out && failed=$((failed + 1))
	fi
}

# fails WHAT COMMAND...: the command must not
fails() {
	local what=$1
	shift
	holds "$what" bash -c '! "$@"' - "$@"
}

# says WHAT PATTERN COMMAND...: exits with 0, and its output has a line of this pattern
says() {
	local what=$1 pattern=$2
	shift 2
	# shellcheck disable=SC2016 # bash -c's own
	holds "$what" bash -c '"${@:2}" >said 2>&1 && cat said && grep -Eq -- "$1" said' - \
		"$pattern" "$@"
}

# clean WHAT COMMAND...: pkcs11-tool goes on after errors, so its words count too
clean() {
	local what=$1
	shift
	# shellcheck disable=SC2016
	holds "$what" bash -c '"$@" >said 2>&1 && cat said &&
		grep -q "^No errors" said && ! grep -Eq "ERR|mismatch|CKR_|failed" said' - "$@"
}

tool() {
	pkcs11-tool --module "$module" "$@"
}
export -f tool
export module

with_openssl_files() {
	says "sees both certificates without login" 'CN=rsa' \
		tool --token-label A123456789 --list-objects --type cert
	says "lists the EC key after login" 'Private Key Object; EC' \
		tool --token-label A123456789 --login --pin "$pin" --list-objects --type privkey
	clean "pkcs11-tool --test on files that OpenSSL wrote" \
		tool --token-label A123456789 --login --pin "$pin" --test
	fails "a wrong password does not log in" \
		tool --token-label A123456789 --login --pin "${pin}0" --list-objects
	GNUTLS_PIN=$pin says "p11tool lists the keys" 'Label: rsa' p11tool \
		--provider "$module" --login --list-all 'pkcs11:token=A123456789'
	says "ssh-keygen -D shows the keys" 'ssh-rsa' ssh-keygen -D "$module"
}

engine() {
	cat >engine.cnf <<END
openssl_conf = init
[init]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = $module
PIN = $pin
init = 0
[req]
distinguished_name = dn
[dn]
END
	local key="pkcs11:token=A123456789;object=rsa;type=private"
	openssl pkcs12 -in "$dir/A123456789.pfx" -passin env:TWCA_SANDBOX_SOFT_PIN -nokeys \
		-out cert.pem >/dev/null 2>&1
	echo "what is signed" >data
	OPENSSL_CONF=engine.cnf holds "the engine signs a request" openssl req -new -engine pkcs11 \
		-keyform engine -key "$key" -subj /CN=req -out req.pem
	says "the request verifies" 'verify OK' openssl req -in req.pem -verify -noout
	OPENSSL_CONF=engine.cnf holds "the engine signs CMS" openssl cms -sign -engine pkcs11 \
		-keyform engine -inkey "$key" -signer cert.pem -in data -out signed.pem
	holds "the CMS verifies" openssl cms -verify -in signed.pem -CAfile cert.pem -out again
	holds "openssl encrypts CMS" openssl cms -encrypt -aes256 -in data -out sealed.pem cert.pem
	OPENSSL_CONF=engine.cnf holds "the engine decrypts CMS" openssl cms -decrypt -engine pkcs11 \
		-keyform engine -inkey "$key" -recip cert.pem -in sealed.pem -out opened
	says "what it decrypted is the data" 'what is signed' cat opened
}

# A key that OpenSSL made signs from the token, and the file that has it opens with OpenSSL.
imports_keys() {
	local kind mechanism
	for kind in rsa ec; do
		mechanism=SHA256-RSA-PKCS
		if [ $kind = rsa ]; then
			openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $kind.pem
		else
			mechanism=ECDSA-SHA256
			openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out $kind.pem
		fi
		openssl pkey -in $kind.pem -pubout -out $kind.pub
		openssl pkey -in $kind.pem -outform DER -out $kind.der
		holds "takes an $kind key" tool --slot "$1" --login --pin first-pin --write-object \
			$kind.der --type privkey --id $((kind_id += 1)) --label "$kind key"
		holds "signs with the $kind key" tool --slot "$1" --login --pin first-pin --sign \
			--id $kind_id --mechanism $mechanism --input-file cert.pem --output-file \
			signature --signature-format openssl
		holds "the $kind signature verifies" openssl dgst -sha256 -verify $kind.pub \
			-signature signature cert.pem
		holds "deletes the $kind key" tool --slot "$1" --login --pin first-pin \
			--delete-object --type privkey --id $kind_id
	done
}

with_own_files() {
	local own=$XDG_DATA_HOME/twca/B223456781
	mkdir -m 700 "$own" && : >"$own/identity.conf"
	local slot
	slot=$(tool --list-slots 2>/dev/null | sed -n 's/^Slot \([0-9]*\).*B223456781.*/\1/p')
	holds "C_InitToken" tool --slot "$slot" --init-token --so-pin so-secret --label "second one"
	holds "C_InitPIN" tool --slot "$slot" --login --login-type so --so-pin so-secret \
		--init-pin --pin first-pin
	holds "generates RSA-2048" tool --slot "$slot" --login --pin first-pin --keypairgen \
		--key-type rsa:2048 --id 45 --label made
	holds "generates RSA-3072" tool --slot "$slot" --login --pin first-pin --keypairgen \
		--key-type rsa:3072 --id 46 --label more
	imports_keys "$slot"
	openssl x509 -in cert.pem -outform DER -out cert.der
	holds "stores a certificate" tool --slot "$slot" --login --pin first-pin --write-object \
		cert.der --type cert --id 45 --label made
	holds "changes the password" tool --slot "$slot" --login --pin first-pin --change-pin \
		--new-pin other-pin
	clean "pkcs11-tool --test on files of its own" \
		tool --slot "$slot" --login --pin other-pin --test
	says "openssl opens the file, which has 600000 rounds" 'Iteration 600000' openssl pkcs12 \
		-in "$own/B223456781.pfx" -passin pass:other-pin -noenc -info
	says "the file holds key and certificate" 'BEGIN CERTIFICATE' openssl pkcs12 \
		-in "$own/B223456781.pfx" -passin pass:other-pin -noenc
	fails "the old password opens it no more" openssl pkcs12 -in "$own/B223456781.pfx" \
		-passin pass:first-pin -noenc
	holds "certtool reads the file" certtool --p12-info --inder --password other-pin \
		--infile "$own/B223456781.pfx"
	mkdir nss && certutil -d sql:nss -N --empty-password
	holds "NSS imports the file" pk12util -d sql:nss -i "$own/B223456781.pfx" -W other-pin -K ""
	# shellcheck disable=SC2016
	holds "files are for their owner only" bash -c '[ -z "$(find "$1" -perm /077)" ]' - "$own"
	holds "deletes a key" tool --slot "$slot" --login --pin other-pin --delete-object \
		--type privkey --id 46
	rm -r "$own"
	says "the token goes with its directory" '^  \(empty\)' tool --list-slots
}

with_openssl_files
engine
with_own_files
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 20 ]
