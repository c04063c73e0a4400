#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154  # sites-lib.sh has them
# apply_sites.sh SCENARIO: applications, downloads and activations at the sites, with the wrong inputs
# of each row.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	options=()
	case $1 in soft* | bts* | post_sw*) options=(--card none) ;; esac
	[ "$1" != batch ] || options=(--card v4.4 --card v4.4)
	exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$1"
fi
# shellcheck source=tests/flow/sites-lib.sh
. "$(dirname "$0")/sites-lib.sh"

# The command that was printed, with a file, makes a backup.
backup_as_told()
{
	local told
	told=$(grep -o "twca-export backup FILE .*" "$work/out") || fail "no command for the backup"
	read -ra told <<<"${told/FILE/$work/backup.pfx}"
	FLOW_PIN=$pin FLOW_EXPORT=Backup77 "${told[@]}" --pin-source env:FLOW_PIN --no-input \
		--export-password-source env:FLOW_EXPORT >"$work/told" 2>"$work/err" || fail "it does not work"
	FLOW_FILE=Backup77 openssl pkcs12 -in "$work/backup.pfx" -passin env:FLOW_FILE -noenc >"$work/told" 2>&1
	grep -q "CN = A123456789" "$work/told" && grep -q "BEGIN PRIVATE KEY" "$work/told" || fail "no backup"
}

# rows: M08 M09 M10 M12 M13 M14 M16 M17
scenario_soft()
{
	local token=soft-S1 before
	register soft S1 A123456789
	pin=keypass1
	run twca-apply --no-input --json
	outcome 4 input-needed # the terms
	[ -z "$(files)" ] || fail "a key before the terms"
	pin=abc
	password=$new_password
	do_apply
	outcome 4 file-password-rule
	dialogue 2 twca-apply "Key password: " keypass1 "The same again: " keypass2 -- \
		--yes --label L999
	[ -z "$(files)" ] || fail "a key although the passwords were wrong"
	pin=keypass1
	for_people twca-apply 0
	said "Application completed. Please download the certificate."
	said "Status: issued, not downloaded"
	said "Do not close the program now"
	soft_objects $token --type cert | grep -q Certificate && fail "a certificate before the download"
	soft_objects $token --type privkey | grep -q Private && fail "the key shows without its password"
	soft_objects $token --login --pin keypass1 --type privkey | grep -q "RSA" || fail "no RSA key"
	before=$(files)
	elsewhere do_apply --download
	outcome 8 no-record
	[ "$(files)" = "$before" ] || fail "something was written"
	elsewhere dry do_apply --download
	outcome 8 no-record
	dry do_apply --download
	outcome 0 ok
	dry do_apply
	outcome 0 ok
	dialogue 12 twca-apply "certificate? [y/N]" y "certificates? [y/N]" n -- --download \
		--pin-source env:FLOW_PIN
	said "Security warning"
	tr -s ' ' <"$work/out" | grep -q "Certificate issued, not downloaded" || fail "its state is not shown"
	[ "$(files)" = "$before" ] || fail "the CA was not trusted and something was written"
	for_people twca-apply 0 --download
	said "issued, not downloaded"
	said "Certificate download completed."
	backup_as_told
	do_apply --download
	outcome 3 nothing-to-do
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --token-label $token --login --pin keypass1 \
		--delete-object --type cert --label TWCA >/dev/null 2>&1 || fail "nothing to delete"
	for_people twca-apply 0 --download
	said "Certificate import completed."
	soft_objects $token --type cert | grep -q "label: *TWCA$" || fail "the certificate is not back"
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
	receipts S1
}

# rows: M11
scenario_soft_cut()
{
	register soft S1 A123456789
	pin=keypass1
	ra fault drop-after --path /orders --count 20 >/dev/null
	do_apply
	outcome 9 ra-unreachable
	ra fault clear >/dev/null
	password=$new_password
	pin=keypass2
	do_apply --download
	outcome 5 file-password-wrong
	pin=keypass1
	do_apply --download
	outcome 0 ok
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
}

# chain_is RESULT: of the environment check
chain_is()
{
	twca-check env --site "$site" --json >"$work/out" 2>"$work/err"
	[ "$(jq -r '.items[] | select(.id == "chain") | .result' "$work/out")" = "$1" ] ||
		fail "the CA certificates: not $1"
}

# rows: M37 M67 M68
scenario_fine()
{
	local id
	apply --yes --no-input --json
	expect 0 ok
	password=$new_password
	id=$(objects --login --pin "$pin" --type privkey | sed -n 's/^ *ID: *//p' | head -n 1)
	remove()
	{
		pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --delete-object --type "$1" \
			--id "$id" >"$work/err" 2>&1 || fail "no $1 to delete"
	}
	remove cert
	elsewhere do_apply --download
	outcome 8 no-record
	[ "$(own_certificates 'TWCA FINE')" = 0 ] || fail "the card was changed"
	for_people twca-apply 0 --download
	said "Certificate import completed."
	finished
	chain_is pass
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --delete-object --type cert \
		--label "Reference Issuing CA" >/dev/null 2>&1 || fail "no CA certificate to delete"
	chain_is warn
	grep -q "not here: CN=Reference Issuing CA" "$work/out" || fail "the missing one is not named"
	do_apply --download --force
	outcome 0 ok
	chain_is pass
	remove cert
	remove privkey
	do_apply --download
	outcome 8 card-wrong
	[ "$(own_certificates 'TWCA FINE')" = 0 ] || fail "a certificate without its key"
}

# rows: M90 M91 M93 M94 M95 M96 M97 M98 M99 M106 M107
scenario_tipo()
{
	register tipo T1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	run twca-apply --no-input --json --reader Virtual
	outcome 4 input-needed
	no_key
	password=$new_password
	for_people twca-apply 0 --reader Virtual
	said "Application completed. Please activate the certificate."
	said "Status: issued, not activated"
	[ "$(count_objects pubkey "RSA 2048")" = 2 ] || fail "not two RSA-2048 keys"
	[ "$(own_certificates 'TIPO.*')" = 0 ] || fail "a certificate before the activation"
	do_apply --download
	outcome 11 activation-needed
	elsewhere do_apply --activate
	outcome 8 no-record
	password=Wrong1234 new_password=Wrong1234
	do_apply --activate
	outcome 4 login-refused
	password=Second12 new_password=Second12
	[ "$(own_certificates 'TIPO.*')" = 0 ] || fail "activated with a wrong password"
	dialogue 12 twca-apply "certificates? [y/N]" y "on the card? [y/N]" n -- --activate \
		--reader Virtual --pin-source env:FLOW_PIN
	said "Security warning"
	tr -s ' ' <"$work/out" | grep -q "Encryption certificate issued, not activated" || fail "no state"
	[ "$(own_certificates 'TIPO.*')" = 0 ] || fail "the CA was not trusted and something was written"
	for_people twca-apply 0 --activate
	said "Certificate import completed."
	said "Certificate activation completed."
	[ "$(own_certificates 'TIPO.*')" = 2 ] || fail "not two certificates"
	receipts T1
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --delete-object --type cert \
		--label "TIPO encryption" >/dev/null 2>&1 || fail "nothing to delete"
	elsewhere do_apply --download
	outcome 8 no-record
	[ "$(own_certificates 'TIPO.*')" = 1 ] || fail "the card was changed"
	do_apply --download
	outcome 0 ok
	[ "$(json state)" = installed ] || fail "state $(json state)"
	[ "$(own_certificates 'TIPO.*')" = 2 ] || fail "not both certificates"
	/usr/bin/python3 - "$work/out" <<'END' || fail "two certificates of one year"
import json, sys
both = json.load(open(sys.argv[1]))['certificates']
assert len(both) == 2 and both[0]['uri'] != both[1]['uri']
for one in both:
    assert int(one['not_after'][:4]) == int(one['not_before'][:4]) + 1, one
END
}

# rows: M92
scenario_tipo_pin()
{
	local wrong
	register tipo T1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	pin=99999999
	for wrong in 2 1; do
		do_apply
		outcome 5 pin-wrong
		[ "$(json error.tries_left)" = $wrong ] || fail "tries left: $(json error.tries_left)"
		password=$new_password
	done
	do_apply --force
	outcome 6 pin-locked
	said "twca-pin unlock"
	[ "$(issued)" = 0 ] || fail "issued $(issued)"
}

# rows: M131 M132
scenario_post_hw()
{
	register post P1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	run twca-apply --no-input --json --reader Virtual
	outcome 4 input-needed
	no_key
	password=$new_password
	card remove
	do_apply
	outcome 7 no-card
	put_back
	pin=99999999
	do_apply
	outcome 5 pin-wrong
	pin=$TWCA_SANDBOX_PIN
	no_key
	account=P1
	[ "$(issued)" = 0 ] || fail "issued $(issued)"
	account=$identifier
	for_people twca-apply 0
	said "Terms accepted; the certificate will be stored on the certificate card."
	said "Application succeeded."
	[ "$(own_certificates Post)" = 1 ] || fail "no certificate"
	[ "$(count_objects privkey)" = 1 ] || fail "no key"
	receipts P1
}

# rows: M147 M148 M149 M150
scenario_post_sw()
{
	local sign=$work/sign.pfx enc=$work/enc.pfx
	register post P2 B223456789
	pin=filepw12
	run twca-apply --no-input --json --sign-file "$sign" --enc-file "$enc"
	outcome 4 input-needed
	[ -z "$(files)" ] || fail "a key before the terms"
	password=$new_password
	do_apply --sign-file "$sign" --enc-file "$work/../$(basename "$work")/sign.pfx"
	outcome 2 usage
	echo mine >"$enc"
	do_apply --sign-file "$sign" --enc-file "$enc"
	outcome 2 file-exists
	[ "$(cat "$enc")" = mine ] || fail "a file of somebody else was replaced"
	rm "$enc"
	do_apply
	outcome 7 no-card # the card's way: this account has files
	dialogue 2 twca-apply "file password: " filepw12 "The same again: " filepw13 -- --yes \
		--sign-file "$sign" --enc-file "$enc"
	[ -z "$(files)" ] && [ ! -e "$sign" ] || fail "a key although the passwords differ"
	for_people twca-apply 0 --sign-file "$sign" --enc-file "$enc"
	said "Terms accepted."
	said "Certificate files created."
	said "Application succeeded."
	[ "$(grep -n "Backing up the signing" "$work/err" | cut -d: -f1)" -lt \
		"$(grep -n "Backing up the encryption" "$work/err" | cut -d: -f1)" ] || fail "order of the files"
	pfx "$sign" filepw12 | grep -q "Digital Signature" || fail "the signing file"
	pfx "$enc" filepw12 | grep -q "Key Encipherment" || fail "the encryption file"
	pfx "$enc" filepw12 | grep -q "Digital Signature" && fail "the same usage twice"
	[ "$(stat -c %a "$sign")" = 600 ] || fail "others can read the file"
	receipts P2
}

# rows: M166 M167 M168 M169 M170 M171 M172
scenario_bts()
{
	register bts B1 C123456784
	export FLOW_SLIP_ISSUED=SlipPass9
	ra slip-issue --site bts --account B1 --password-env FLOW_SLIP_ISSUED >/dev/null || fail "slip"
	pin=bts1 slip=slippass9
	do_apply
	outcome 4 slip-wrong
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	said "counter"
	slip=SlipPass9
	run twca-apply --no-input --json
	outcome 4 input-needed
	pin=abc
	do_apply
	outcome 4 file-password-rule
	[ -z "$(files)" ] || fail "something was made"
	pin=bts1
	for_people twca-apply 0
	said "Processing certificate data, please wait."
	said "Downloading the certificate, please wait."
	said "Certificate download succeeded."
	said "Back up your new certificate file with the export function."
	said "Mobile users must run the phone upload again."
	said "Close the browser for the new setting to take effect."
	pfx "$identities/C123456784/C123456784.pfx" bts1 | grep -q C123456784 || fail "no <id>.pfx"
	grep -q "level=2" "$identities/C123456784/identity.conf" || fail "the level is not 2"
	do_apply
	outcome 3 nothing-to-do
	elsewhere do_apply
	outcome 10 ra-refused
	[ "$(json error.problem)" = certificate-exists ] || fail "problem $(json error.problem)"
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
	# revoked: another slip, another certificate, in the place of the first, whose password is forgotten
	ra revoke --site bts --certificate "$(pfx "$identities/C123456784/C123456784.pfx" bts1 serial)" >/dev/null ||
		fail "revoke"
	do_apply
	outcome 4 slip-wrong
	[ ! -e "$identities/C123456784-old" ] || fail "set aside before the slip was right"
	ra slip-issue --site bts --account B1 --password-env FLOW_SLIP_ISSUED >/dev/null || fail "slip"
	pin=bts2
	do_apply
	outcome 0 ok
	said "It is kept as it is: $identities/C123456784-old"
	[ "$(issued)" = 2 ] || fail "issued $(issued)"
	[ "$(pfx "$identities/C123456784/C123456784.pfx" bts2 serial)" = "$(json certificate.serial)" ] ||
		fail "another certificate is in <id>.pfx"
	pfx "$identities/C123456784-old/C123456784.pfx" bts1 | grep -q C123456784 || fail "the earlier file"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --list-slots 2>/dev/null | grep -q "label *: .*(old)" || fail "its label"
	do_apply
	outcome 3 nothing-to-do
}

# rows: M173 M174 M175
scenario_bts_again()
{
	register bts B1 C123456784
	export FLOW_SLIP_ISSUED=SlipPass9
	ra slip-issue --site bts --account B1 --password-env FLOW_SLIP_ISSUED >/dev/null || fail "slip"
	pin=bts1 slip=SlipPass9
	dialogue 12 twca-apply "[y/N]" y "install this certificate? [y/N]" n -- \
		--pin-source env:FLOW_PIN --slip-source env:FLOW_SLIP
	do_apply --redownload
	outcome 10 not-enabled
	said "07-7999660"
	said "08:30-17:00"
	elsewhere do_apply --redownload
	outcome 8 no-record
	ra enable-download --site bts --account B1 >/dev/null || fail "enable"
	new_pin=bts23
	for_people twca-apply 0 --redownload --level 1
	said "Certificate download succeeded."
	pfx "$identities/C123456784/C123456784.pfx" bts23 | grep -q C123456784 || fail "the new password"
	[ -z "$(pfx "$identities/C123456784/C123456784.pfx" bts1)" ] || fail "the old password still opens it"
	grep -q "level=1" "$identities/C123456784/identity.conf" || fail "the level is not 1"
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
	rm "$identities/C123456784/C123456784.pfx"
	pin=bts23 new_pin=''
	do_apply --redownload
	outcome 8 no-record
}

# an operator with two cards and three lines: the third has a wrong password, and is mended; hooks
scenario_batch()
{
	local list=$work/list.csv
	export PW_1=$TWCA_SANDBOX_PASSWORD PW_2=$TWCA_SANDBOX_PASSWORD_1 PW_NEW=$new_password
	export PIN_1=$TWCA_SANDBOX_PIN PIN_2=$TWCA_SANDBOX_PIN_1
	batch_tool=twca-apply
	batch()
	{
		status=0
		"$batch_tool" --site fine --batch "$list" --captcha-command "$captcha" --yes --no-input --json \
			--wait 1 "$@" >"$work/out" 2>"$work/err" || status=$?
	}
	printf 'account,colour\n' >"$list"
	batch
	outcome 2 settings
	printf '%s\n' account,reader,pin-source,password-source,new-password-source \
		"$TWCA_SANDBOX_ACCOUNT,next,env:PIN_1,env:PW_1,env:PW_NEW" \
		"$TWCA_SANDBOX_ACCOUNT_1,\"Virtual PCD 01\",env:PIN_2,env:PW_1,env:PW_1" >"$list"
	dry batch
	outcome 0 ok
	ra age --days 715 >/dev/null || fail "age"
	batch --on-success "echo \$TWCA_SITE \$TWCA_CARD \$TWCA_EXIT >>$work/hook"
	outcome 1 batch
	[ "$(json batch.done) $(json batch.failed)" = "1 1" ] || fail "done and failed"
	said "[1/2] $TWCA_SANDBOX_ACCOUNT: ok"
	said "1 done, 0 not needed, 1 failed"
	[ "$(cat "$work/hook")" = "fine ${TWCA_SANDBOX_SERIAL,,} 0" ] || fail "the hook: $(cat "$work/hook")"
	said "line 3: $TWCA_SANDBOX_ACCOUNT_1: the account or the password is wrong"
	# the card of line 2 is done and not the next one, though it is still in its reader
	sed -i '3s/PW_1/PW_2/; 3s/PW_1/PW_NEW/; 3s/"Virtual PCD 01"/next/' "$list"
	batch
	outcome 0 ok
	[ "$(json batch.done) $(json batch.not_needed)" = "1 1" ] || fail "the first line was done again"
	account=$TWCA_SANDBOX_ACCOUNT
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
	account=$TWCA_SANDBOX_ACCOUNT_1
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
	batch_renewals
}

# Renewals of many cards: no account, the cards tell who they are. A line that fails does not stop the
# others, and the same command does only what is left.
batch_renewals()
{
	printf '%s\n' reader,pin-source next,env:PIN_1 next,env:PIN_1 >"$list"
	batch_tool=twca-renew
	batch --check
	outcome 0 ok
	[ "$(json batch.done)" = 2 ] || fail "not two are due"
	batch
	outcome 1 batch
	[ "$(json batch.done) $(json batch.failed)" = "1 1" ] || fail "done and failed"
	said "[2/2] ${TWCA_SANDBOX_SERIAL_1,,}: the card PIN is wrong"
	said "line 3: ${TWCA_SANDBOX_SERIAL_1,,}: the card PIN is wrong"
	sed -i '3s/PIN_1/PIN_2/' "$list"
	ra fault drop-after --path /receipt --count 20 >/dev/null || fail "no such fault"
	batch
	outcome 1 batch
	ra fault clear >/dev/null
	batch
	outcome 0 ok
	[ "$(json batch.done) $(json batch.not_needed)" = "1 1" ] || fail "the first card was renewed again"
	[ "$(issued)" = 2 ] || fail "issued $(issued)"
	printf 'reader,pin-source\nnext,env:PIN_1\nnext,env:PIN_2\nnext,env:PIN_2\n' >"$list"
	batch --check # there is no third card
	outcome 7 no-card
	said "the next card did not come"
}

# the texts of the manuals
# rows: M10 M12 M97 M132 M150
scenario_chinese()
{
	export LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po
	register soft S1 A123456789
	pin=keypass1
	for_people twca-apply 0
	said "您已完成憑證申請作業，請執行憑證下載"
	said "這段時間內請勿將本程式關閉，以免造成作業失敗"
	password=$new_password
	for_people twca-apply 0 --download
	said "安全性警告"
	said "憑證下載完成"
	register post P2 B223456789
	for_people twca-apply 0 --sign-file "$work/s.pfx" --enc-file "$work/e.pfx"
	said "已同意用戶約定條款"
	said "備份簽章憑證中"
	said "備份加密憑證中"
	said "憑證檔製作完成"
	said "憑證申請成功"
	register tipo T1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	pin=$TWCA_SANDBOX_PIN
	for_people twca-apply 0
	said "您已完成憑證申請作業，請執行憑證啟用"
	said "IC 卡密碼驗證"
	password=$new_password
	for_people twca-apply 0 --activate
	said "憑證匯入完成"
	said "憑證啟用完成"
}

"scenario_$1"
rm -rf "$work"
