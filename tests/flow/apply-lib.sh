# SPDX-License-Identifier: Apache-2.0
# What the flow tests of twca-apply share; to be sourced inside the sandbox.
set -u
flow_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
new_password=Second12
# shellcheck source=tests/flow/json-lib.sh
. "$flow_dir/json-lib.sh"
# shellcheck source=tests/flow/dry-lib.sh
. "$flow_dir/dry-lib.sh"

# A module built with the address sanitizer needs its run-time first in a foreign program too, whose
# own leaks are not ours to judge.
sanitizer=$(ldd "$TWCA_PKCS11_MODULE" 2>/dev/null | awk '/libasan/ { print $3; exit }')
pkcs11-tool()
{
	if [ -n "$sanitizer" ]; then
		LD_PRELOAD=$sanitizer ASAN_OPTIONS=detect_leaks=0 command pkcs11-tool "$@"
	else
		command pkcs11-tool "$@"
	fi
}

fail()
{
	echo "FAILED: $*" >&2
	[ ! -f "$work/err" ] || sed 's/^/  stderr: /' "$work/err" >&2
	[ ! -f "$work/out" ] || sed 's/^/  stdout: /' "$work/out" >&2
	exit 1
}

# Secrets go through the environment; a test changes these to be wrong on purpose.
account=${TWCA_SANDBOX_ACCOUNT:-nobody}
password=${TWCA_SANDBOX_PASSWORD:-none}
pin=${TWCA_SANDBOX_PIN:-}
captcha=${TWCA_SANDBOX_CAPTCHA:-}

# apply OPTION...: run unattended (below watcher, if set) with everything it may need; status in
# $status.
apply()
{
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin \
		${watcher:+"${watcher[@]}"} twca-apply --site fine --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW --new-password-source env:FLOW_NEW \
		--pin-source env:FLOW_PIN "$@" >"$work/out" 2>"$work/err" || status=$?
}

# expect STATUS CODE: how the last --json run ended, valid by the schema.
expect()
{
	[ "$status" = "$1" ] || fail "exit status $status instead of $1"
	[ "$(json code)" = "$2" ] || fail "code $(json code) instead of $2"
	keep_json twca-apply
}

said()
{
	grep -qF -- "$1" "$work/err" "$work/out" || fail "did not say: $1"
}

ra()
{
	twca-ra-admin --dir "$TWCA_SANDBOX_RA_DIR" "$@"
}

# Certificates that the RA has issued for an account.
issued()
{
	ra list | awk -F'\t' -v a="$account" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["account"] == a { print $column["certificates"] }'
}

card()
{
	twca-vcard-ctl "${control:-$TWCA_SANDBOX_CARD_CONTROL}" "$@" >/dev/null
}

# Put the card back and wait until pcscd has seen it.
put_back()
{
	card insert
	for _ in $(seq 200); do
		! pkcs11-tool --module "$TWCA_PKCS11_MODULE" --list-token-slots 2>/dev/null |
			grep -q "token label" || return 0
		sleep 0.1
	done
	fail "the card does not come back"
}

objects()
{
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" ${reader_slot:+--slot-index "$reader_slot"} \
		--list-objects "$@" 2>/dev/null
}

count_objects()
{
	objects --login --pin "$TWCA_SANDBOX_PIN" --type "$1" | grep -c "${2:-Object}" || true
}

no_key()
{
	[ "$(count_objects privkey)" = 0 ] || fail "a key was made"
}

# One key, its certificate on the card, once issued, and they sign and verify together.
finished()
{
	local id
	[ "$(issued)" = 1 ] || fail "the RA issued $(issued) certificates"
	[ "$(count_objects privkey)" = 1 ] || fail "$(count_objects privkey) private keys on the card"
	[ "$(count_objects pubkey)" = 1 ] || fail "$(count_objects pubkey) public keys on the card"
	[ "$(objects --type cert | grep -c 'label: *TWCA FINE$')" = 1 ] || fail "not one certificate"
	id=$(objects --type cert | grep -A3 'label: *TWCA FINE$' | sed -n 's/^ *ID: *//p')
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --read-object --type cert --id "$id" \
		--output-file "$work/cert.der" 2>/dev/null || fail "the certificate cannot be read"
	echo "a message" >"$work/message"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$TWCA_SANDBOX_PIN" --sign --id "$id" \
		--mechanism SHA256-RSA-PKCS --input-file "$work/message" \
		--output-file "$work/signature" >/dev/null 2>&1 || fail "the key does not sign"
	openssl x509 -inform DER -in "$work/cert.der" -noout -pubkey >"$work/public.pem" &&
		openssl dgst -sha256 -verify "$work/public.pem" -signature "$work/signature" \
			"$work/message" >/dev/null || fail "certificate and key do not fit"
	ra list | grep -qE "$account.*acknowledged" || fail "the RA has no receipt"
}
