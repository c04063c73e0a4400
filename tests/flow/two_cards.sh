#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# two_cards.sh: two cards in two readers, each with an account and a PIN of its own, are not mixed up.
# rows: M39
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	exec "$top/tests/sandbox" --card v4.4 --card v4.4 -- "$0"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

# person N: the account, password and PIN that apply() uses from now on
person()
{
	local suffix=${1/#0/}
	account=TWCA_SANDBOX_ACCOUNT${suffix:+_$suffix} password=TWCA_SANDBOX_PASSWORD${suffix:+_$suffix}
	pin=TWCA_SANDBOX_PIN${suffix:+_$suffix} serial=TWCA_SANDBOX_SERIAL${suffix:+_$suffix}
	account=${!account} password=${!password} pin=${!pin} serial=${!serial}
	serial=${serial,,}
}

private_keys()
{
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --slot-index "$1" --login --pin "$2" --list-objects --type privkey \
		2>/dev/null | grep -c "Private Key" || true
}

# list: the last certificate list; exit status in $status
list()
{
	status=0
	FLOW_PW=$1 twca-cert list --site fine --account "$account" --captcha-command "$captcha" \
		--password-source env:FLOW_PW --no-input --json >"$work/out" 2>"$work/err" || status=$?
}

person 0
apply --yes --no-input --json --reader "01 00"
expect 8 card-wrong
[ "$(private_keys 0 "$TWCA_SANDBOX_PIN")$(private_keys 1 "$TWCA_SANDBOX_PIN_1")" = 00 ] || fail "a key was made"
password=$new_password
apply --yes --no-input --json --reader "00 00"
expect 0 ok
[ "$(json card.serial)" = "$serial" ] || fail "the other card was used"

person 1
pin=$TWCA_SANDBOX_PIN
apply --yes --no-input --json --reader "01 00"
expect 5 pin-wrong
pin=$TWCA_SANDBOX_PIN_1 password=$new_password
apply --yes --no-input --json --token "pkcs11:serial=$serial"
expect 0 ok
[ "$(json card.serial)" = "$serial" ] || fail "the other card was used"
case $(json certificate.subject) in
*B223456781*) ;;
*) fail "the certificate of $(json certificate.subject)" ;;
esac
[ "$(private_keys 0 "$TWCA_SANDBOX_PIN")$(private_keys 1 "$TWCA_SANDBOX_PIN_1")" = 11 ] || fail "not one key on each card"

# a session that is kept for one of them does not serve the other
FLOW_PW=$new_password twca-account login --site fine --account "$account" --captcha-command "$captcha" \
	--password-source env:FLOW_PW --no-input >/dev/null 2>"$work/err" || fail "no session is kept"
for n in 0 1; do
	person "$n"
	list "$new_password"
	[ "$status" = 0 ] || fail "exit status $status"
	[ "$(json account)" = "$account" ] || fail "the session of $(json account) was used for $account"
	grep -q "serial=$serial" "$work/out" || fail "the certificate is not on the person's card"
	[ "$(grep -c '"uri"' "$work/out")" = 1 ] || fail "not just one certificate"
done
person 0
list wrong
[ "$status" = 4 ] || fail "the kept session of somebody else was used"
echo ok
