#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154  # sites-lib.sh has them
# renew.sh SCENARIO: renewals at the sites, on the days that matter, with the wrong inputs of each row.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	options=()
	case $1 in
	soft* | bts* | post_sw*) options=(--card none) ;;
	fine_foreign) options=(--card v4.4 --card v4.4) ;;
	esac
	exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$1"
fi
# shellcheck source=tests/flow/sites-lib.sh
. "$(dirname "$0")/sites-lib.sh"

day=86400

# timer STATUS TEXT: what the example unit for systemd does now; TEXT is what the person is told
timer()
{
	local unit=$flow_dir/../../docs/systemd/twca-renew@.service line
	line=$(sed -n "s/%i/$site/g; s|^ExecStart=/usr/bin/||p" "$unit")
	mkdir -p "$work/bin"
	# shellcheck disable=SC2016 # $1 and $2 are the script's own
	printf '#!/bin/sh\necho "$1. $2" >>%s\n' "$work/told" >"$work/bin/notify-send"
	chmod 755 "$work/bin/notify-send"
	: >"$work/told"
	fake_clock
	status=0
	PATH=$work/bin:$PATH "${faked[@]}" sh -c "$line" >"$work/out" 2>"$work/err" </dev/null || status=$?
	[ "$status" = "$1" ] || fail "the timer's command ended with $status instead of $1"
	[ "$(cat "$work/told")" = "$2" ] || fail "the person was told: $(cat "$work/told")"
	[ "$status" = 0 ] || grep -qx "SuccessExitStatus=$status" "$unit" || fail "the unit takes $status for a failure"
}

# window END EARLY OPEN: no renewal so many seconds before the end, and one is due then
window()
{
	at $(($1 - $2))
	do_renew --check
	outcome 3 not-due
	do_renew
	outcome 3 not-due
	[ "$(json renews.due)" = False ] || fail "due $(json renews.due)"
	[ "$(json renews.window_opens)" ] || fail "it does not say when"
	timer 3 ""
	at $(($1 - $3))
	timer 0 "The $site certificate is due for renewal. Run: twca-renew --site $site"
	do_renew --check
	outcome 0 ok
	[ "$(json state) $(json renews.due)" = "due True" ] || fail "not due $3 s before the end"
}

# expired END ADVICE: what is told after the end, and nothing is made
expired()
{
	local before
	before=$(issued_all)
	at $(($1 + day))
	do_renew
	outcome 10 expired
	said "$2"
	do_renew --check
	outcome 10 expired
	[ "$(issued_all)" = "$before" ] || fail "issued $(issued_all)"
}

issued_all()
{
	ra list | awk -F'\t' 'NR > 1 { sum += $7 } END { print sum + 0 }'
}

# rows: M18 M19 M20 M21 M22 M23 M24
scenario_soft()
{
	register soft S1 A123456789
	do_renew --check
	outcome 7 no-key-file
	pin=keypass1
	do_apply
	password=$new_password
	do_apply --download
	outcome 0 ok
	end=$(end_of)
	window "$end" $((30 * day + 3600)) $((30 * day - 300)) # an hour too early; five minutes in
	first=$(json renews.serial)
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --token-label soft-S1 --read-object --type cert \
		--label TWCA --output-file "$work/first.der" >/dev/null 2>&1 || fail "no certificate"
	new_pin=keypass2
	dry for_people twca-renew 0
	run twca-renew --no-input --json
	outcome 4 input-needed # the terms
	do_renew --select ffffffffffff
	outcome 3 nothing-to-do
	pin=wrongpass
	do_renew
	outcome 5 file-password-wrong
	pin=keypass1
	ra fault drop-after --path /renewals --count 20 >/dev/null
	do_renew
	outcome 9 ra-unreachable
	ra fault clear >/dev/null
	[ "$(soft_objects soft-S1 --login --pin keypass1 --type privkey | grep -c Private)" = 2 ] ||
		fail "the old key is gone before the new certificate came"
	soft_objects soft-S1 --type cert | grep -q "label: *TWCA$" || fail "the old certificate is gone"
	for_people twca-renew 0 --label L1000
	said "An earlier run had begun"
	said "Certificate update completed."
	said "You have completed the certificate renewal."
	[ "$(issued_all)" = 2 ] || fail "issued $(issued_all)"
	[ "$(soft_objects L1000 --login --pin keypass2 --type privkey | grep -c Private)" = 1 ] ||
		fail "not one key under the new password"
	grep -q "level=1" "$identities/soft-S1/identity.conf" || fail "the level is not High any more"
	pfx "$identities/soft-S1/soft-S1.pfx" keypass2 | grep -q A123456789 || fail "the new file"
	said "token=L1000;" # the URI of the new key
	pin=keypass2
	do_renew
	outcome 3 not-due
	# with the earlier one beside it the latest counts, unless the other is named
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --token-label L1000 --login --pin keypass2 --type cert \
		--write-object "$work/first.der" --id 77 --label first >/dev/null 2>&1 || fail "no second"
	do_renew --check
	outcome 3 not-due
	[ "$(json renews.serial)" != "$first" ] || fail "not the latest was taken"
	do_renew --check --select "$first"
	[ "$(json renews.serial)" = "$first" ] || fail "another one than was named"
	expired $((end + 366 * day)) "Register again at the RA"
}

# rows: M58 M59 M60 M61 M62 M63 M64
scenario_fine()
{
	account=$TWCA_SANDBOX_ACCOUNT
	do_apply
	outcome 0 ok
	password=none new_password=none # the card opens the session
	end=$(end_of) # one month is 28 to 31 days
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --read-object --type cert --label "TWCA FINE" \
		--output-file "$work/before.der" >/dev/null 2>&1 || fail "the certificate cannot be read"
	window "$end" $((32 * day)) $((28 * day - 300))
	run twca-renew --no-input --json --reader Virtual
	outcome 4 input-needed
	[ "$(count_objects privkey)" = 1 ] || fail "a key before the terms"
	pin=99999999
	do_renew
	outcome 5 pin-wrong
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	pin=$TWCA_SANDBOX_PIN
	captcha="echo 000000; :"
	do_renew
	outcome 4 captcha-wrong
	captcha=$TWCA_SANDBOX_CAPTCHA
	card remove-before 50
	do_renew
	[ "$status" = 7 ] || fail "exit status $status with the card out"
	put_back
	for_people twca-renew 0
	said "FINE 金融資訊交換平台"
	said "Card verification succeeded."
	said "Certificate renewal completed."
	[ "$(issued_all)" = 2 ] || fail "issued $(issued_all)"
	[ "$(count_objects privkey)" = 1 ] || fail "not one key"
	[ "$(own_certificates 'TWCA FINE')" = 1 ] || fail "not one certificate"
	do_renew --check
	outcome 3 not-due
	tidy "$(twca-export register --check --json --browser p11-kit |
		jq -r '.tokens[].certificates[] | select(.authority | not) | .uri')"
	expired $((end + 731 * day)) "Register again at the RA"
}

# The certificate before comes back under another id, with a key pair: what --keep-old would leave.
tidy()
{
	do_renew --tidy
	outcome 3 nothing-to-do
	do_renew --check --select "$1"
	outcome 3 not-due
	do_renew --check --select "${1/id=%??/id=%00}"
	outcome 3 nothing-to-do
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --keypairgen --key-type rsa:2048 \
		--id 0102 --label old >/dev/null 2>&1 || fail "no old key"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --write-object "$work/before.der" \
		--type cert --id 0102 --label old >/dev/null 2>&1 || fail "no old certificate"
	dry do_renew --tidy
	outcome 0 ok
	[ "$(jq -r '.superseded[] | .uri, .removed' "$work/out" | tr '\n' ' ' | grep -c 'id=%01%02;type=cert false')" = 1 ] ||
		fail "it is not shown"
	run twca-renew --tidy --no-input --json
	outcome 4 input-needed
	[ "$(count_objects privkey)" = 2 ] || fail "a key went without a yes"
	do_renew --tidy
	outcome 0 ok
	[ "$(json state) $(jq '.superseded[0].removed' "$work/out")" = "tidied true" ] || fail "not removed"
	[ "$(count_objects privkey)" = 1 ] || fail "not one key"
	[ "$(own_certificates 'TWCA FINE')" = 1 ] || fail "not one certificate"
	do_renew --tidy
	outcome 3 nothing-to-do
}

# rows: M62
scenario_fine_pin()
{
	account=$TWCA_SANDBOX_ACCOUNT
	do_apply
	outcome 0 ok
	at $(($(end_of) - 20 * day))
	pin=99999999
	do_renew
	outcome 5 pin-wrong
	do_renew
	outcome 5 pin-wrong
	[ "$(json error.tries_left)" = 1 ] || fail "tries left: $(json error.tries_left)"
	do_renew # the last try is left to people
	outcome 5 pin-last-try
	do_renew --force
	outcome 6 pin-locked
	said "twca-pin unlock"
	do_renew # nor is the locked card one with a try left
	outcome 6 pin-locked
	[ "$(issued_all)" = 1 ] || fail "issued $(issued_all)"
}

# Neither another card that has the certificate opens a session, without the key or with one of its
# own, nor a certificate that was revoked.
# rows: M59
scenario_fine_foreign()
{
	local card_pin=$TWCA_SANDBOX_PIN_1
	on_second()
	{
		pkcs11-tool --module "$TWCA_PKCS11_MODULE" --slot-index 1 --login --pin "$card_pin" "$@" \
			>"$work/tool" 2>&1 || fail "pkcs11-tool $*: $(cat "$work/tool")"
	}
	account=$TWCA_SANDBOX_ACCOUNT
	do_apply --reader "00 00"
	outcome 0 ok
	serial=$(json certificate.serial)
	end=$(end_of)
	at $((end - 20 * day))
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --slot-index 0 --read-object --type cert \
		--label "TWCA FINE" --output-file "$work/mine.der" 2>/dev/null || fail "no certificate"
	on_second --write-object "$work/mine.der" --type cert --id 77 --label "TWCA FINE"
	pin=$card_pin
	do_renew --reader "01 00"
	outcome 8 card-wrong
	said "is not here"
	on_second --keypairgen --key-type rsa:2048 --id 77
	do_renew --reader "01 00"
	outcome 8 card-wrong
	[ "$(json error.problem)" = challenge-failed ] || fail "problem $(json error.problem)"
	said "is not that of the certificate"
	said "Insert the card that belongs to this account."
	[ "$(issued_all)" = 1 ] || fail "issued $(issued_all)"
	at 0
	pin=$TWCA_SANDBOX_PIN
	ra revoke --site fine --certificate "$serial" >/dev/null || fail "revoke"
	at $((end - 20 * day))
	do_renew --reader "00 00"
	outcome 10 ra-refused
	said "revoked"
	[ "$(issued_all)" = 1 ] || fail "issued $(issued_all)"
}

# rows: M100 M101 M102 M103 M104
scenario_tipo()
{
	register tipo T1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	do_apply
	password=$new_password
	do_apply --activate
	outcome 0 ok
	end=$(end_of)
	window "$end" $((32 * day)) $((28 * day - 300))
	# the PIN twice: before the new keys, and before the old one signs
	status=0
	dialogue 0 twca-renew "Card PIN: " "$pin" "Card PIN: " "$pin" -- --yes --reader Virtual
	[ "$(grep -c "IC card PIN verification" "$work/out")" = 2 ] || fail "not two PIN entries"
	said "Certificate import completed."
	said "You have completed the certificate renewal."
	[ "$(issued_all)" = 4 ] || fail "issued $(issued_all)"
	[ "$(own_certificates 'TIPO signing')" = 1 ] || fail "not one signing certificate"
	# what was enciphered to the old key is still readable
	[ "$(own_certificates 'TIPO encryption')" = 2 ] || fail "the old encryption certificate"
	do_renew --check
	outcome 3 not-due
	expired $((end + 366 * day)) "Register again at the RA"
}

# rows: M133 M134 M135 M136
scenario_post_hw()
{
	local left
	register post P1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	ra bank --site post --debit-account 0001 --balance 200 >/dev/null || fail "bank"
	do_apply
	outcome 0 ok
	password=$new_password
	end=$(end_of)
	window "$end" $((30 * day + 3600)) $((30 * day - 300))
	run twca-renew --no-input --json --reader Virtual --debit-account 0001
	outcome 4 input-needed
	do_renew --debit-account 0009
	outcome 10 payment-failed
	[ "$(count_objects privkey)" = 1 ] || fail "a key without payment"
	ra fault drop-after --path /payments --count 20 >/dev/null
	do_renew --debit-account 0001
	outcome 9 ra-unreachable
	ra fault clear >/dev/null
	pin=99999999
	do_renew --debit-account 0001
	outcome 5 pin-wrong
	[ "$(count_objects privkey)" = 1 ] || fail "a key before the PIN"
	pin=$TWCA_SANDBOX_PIN
	for_people twca-renew 0 --debit-account 0001 # 150 of 200 are gone: a second debit would fail
	said "Certificate renewal succeeded."
	[ "$(own_certificates Post)" = 1 ] || fail "not one certificate"
	[ "$(issued_all)" = 2 ] || fail "issued $(issued_all)"
}

# rows: M151 M152 M153
scenario_post_sw()
{
	local before
	register post P2 B223456789
	ra bank --site post --debit-account 0001 --balance 200 >/dev/null || fail "bank"
	pin=filepw12
	do_apply --sign-file "$work/s1.pfx" --enc-file "$work/e1.pfx"
	outcome 0 ok
	end=$(end_of) password=$new_password
	carrier=(--carrier file --sign-file "$work/s2.pfx" --enc-file "$work/e2.pfx")
	at $((end - 30 * day - 3600))
	do_renew --carrier file --check
	outcome 3 not-due
	at $((end - 30 * day + 300))
	do_renew --carrier file --check
	outcome 0 ok
	new_pin=filepw99
	before=$(files)
	run twca-renew --no-input --json "${carrier[@]}" --debit-account 0001
	outcome 4 input-needed
	do_renew "${carrier[@]}" --debit-account 0009
	outcome 10 payment-failed
	[ "$(files)" = "$before" ] || fail "a file was changed"
	ra fault drop-after --path /receipt --count 20 >/dev/null
	do_renew "${carrier[@]}" --debit-account 0001
	outcome 9 ra-unreachable
	ra fault clear >/dev/null
	for_people twca-renew 0 "${carrier[@]}" --debit-account 0001
	said "The new certificate files were created."
	said "Certificate renewal succeeded."
	[ "$(grep -n "Backing up the signing" "$work/err" | cut -d: -f1)" -lt \
		"$(grep -n "Backing up the encryption" "$work/err" | cut -d: -f1)" ] || fail "order of the files"
	pfx "$work/s2.pfx" filepw99 | grep -q "Digital Signature" || fail "the signing file"
	pfx "$work/e2.pfx" filepw99 | grep -q "Key Encipherment" || fail "the encryption file"
	[ -z "$(pfx "$work/s2.pfx" filepw12)" ] || fail "the old password opens the new file"
	pfx "$work/s1.pfx" filepw12 | grep -q "Digital Signature" || fail "the old copy was touched"
	[ "$(issued_all)" = 4 ] || fail "issued $(issued_all)"
}

# rows: M167 M176 M177 M178
scenario_bts()
{
	local file=$identities/C123456784/C123456784.pfx year verb
	register bts B1 C123456784
	export FLOW_SLIP_ISSUED=SlipPass9
	ra slip-issue --site bts --account B1 --password-env FLOW_SLIP_ISSUED >/dev/null || fail "slip"
	pin=bts1 slip=SlipPass9
	do_apply --level 1
	outcome 0 ok
	slip=''
	end=$(end_of)
	window "$end" $((32 * day)) $((28 * day - 300))
	fake_clock
	for verb in login logout; do
		FLOW_PW=$password "${faked[@]}" twca-account $verb --site bts --account "$account" \
			--captcha-command "$captcha" --password-source env:FLOW_PW --no-input --yes \
			>"$work/$verb" 2>"$work/err" || fail "twca-account $verb"
	done
	grep -qx "A certificate can be renewed now: twca-renew." "$work/login" || fail "no reminder"
	new_pin=bts2
	run twca-renew --no-input --json
	outcome 4 input-needed
	pin=bts9
	do_renew
	outcome 5 file-password-wrong
	pin=bts1 new_pin=abc
	do_renew
	outcome 4 file-password-rule
	new_pin=bts2
	year=$(date -u -d "$(pfx "$file" bts1 | sed -n 's/notAfter=//p')" +%Y)
	for_people twca-renew 0
	said "Certificate download succeeded."
	said "Back up your new certificate file with the export function."
	said "Mobile users must run the phone upload again."
	[ "$(date -u -d "$(pfx "$file" bts2 | sed -n 's/notAfter=//p')" +%Y)" = $((year + 1)) ] ||
		fail "not one year more"
	[ -z "$(pfx "$file" bts1)" ] || fail "the old password still opens it"
	grep -q "level=1" "$identities/C123456784/identity.conf" || fail "another level"
	pin=bts2
	expired $((end + 366 * day)) "password slip at the counter"
	ra slip-issue --site bts --account B1 --password-env FLOW_SLIP_ISSUED >/dev/null || fail "slip"
	slip=SlipPass9 new_pin=''
	do_apply
	outcome 0 ok
	said "The earlier certificate has expired or was revoked"
	[ "$(issued_all)" = 3 ] || fail "issued $(issued_all)"
	[ "$(pfx "$file" bts2 serial)" = "$(json certificate.serial)" ] || fail "another certificate is in <id>.pfx"
}

# the texts of the manuals
# rows: M23 M178 M103
scenario_chinese()
{
	register soft S1 A123456789
	pin=keypass1 new_pin=keypass2
	do_apply
	password=$new_password
	do_apply --download
	outcome 0 ok
	export LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po
	at $(($(end_of) - 20 * day))
	for_people twca-renew 0
	said "憑證更新完成"
	said "您已完成憑證更新作業"
	at 0
	account=$TWCA_SANDBOX_ACCOUNT password=$TWCA_SANDBOX_PASSWORD site=fine pin=$TWCA_SANDBOX_PIN new_pin=''
	do_apply
	outcome 0 ok
	at $(($(end_of) - 20 * day))
	for_people twca-renew 0
	said "憑證展期完成"
}

"scenario_$1"
rm -rf "$work"
