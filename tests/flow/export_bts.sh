#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# twca-export at bts, where the host's certificate must be here: export_bts.sh SCENARIO. The certificates
# are ordered by ra-person, so that no other tool is needed.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	exec "$(dirname "$0")/../sandbox" --site bts --card none -- "$0" "$1"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"
id=A123456789
key_password=Secret12 export_password=Backup77
cd "$work" || exit 1

# order FOLDER: key and certificate of the person
order()
{
	TWCA_SANDBOX_PASSWORD=$password "$flow_dir/ra-person" "$account" "$work/$1" ||
		fail "no certificate for the person"
	password=$(cat "$work/$1/password")
}

# pfx FOLDER FILE PASSWORD: what was ordered as a certificate file
pfx()
{
	openssl x509 -inform DER -in "$work/$1/1.der" -out "$work/client.pem" &&
		PASSWORD=$3 openssl pkcs12 -export -inkey "$work/$1/1.key" -in "$work/client.pem" \
			-passout env:PASSWORD -out "$2" || fail "no PFX"
}

# run WORD...: unattended; status in $status
run()
{
	status=0
	FLOW_PW=$password KEY=$key_password EXPORT=$export_password twca-export --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW --pin-source env:KEY \
		--new-pin-source env:KEY --export-password-source env:EXPORT --no-input "$@" \
		>"$work/out" 2>"$work/err" || status=$?
}

# told STATUS CODE WORD...: --json, valid by its schema
told()
{
	local want=$1 code=$2
	shift 2
	run "$@" --json
	keep_json twca-export
	[ "$status" = "$want" ] || fail "status $status instead of $want"
	[ "$(json code)" = "$code" ] || fail "code $(json code) instead of $code"
}

in_chinese()
{
	LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po run "$@"
}

# The person's certificate is imported under its name.
person()
{
	order first
	pfx first "$id.pfx" "$export_password"
	told 0 ok import "$id.pfx"
	rm "$id.pfx"
}

# A newer one at the host, by another slip.
newer()
{
	ra revoke --certificate "$(openssl x509 -inform DER -in "$work/first/1.der" -noout -serial | cut -d= -f2)" \
		>/dev/null
	ra slip-issue --site bts --account "$account" --password-env TWCA_SANDBOX_SLIP >/dev/null
	order second
}

# rows: M182 M183
scenario_backup()
{
	mkdir stick
	told 14 host-not-here backup stick
	person
	password=wrong told 4 login-refused backup stick
	key_password=wrong told 5 file-password-wrong backup stick
	export_password=abc told 4 file-password-rule backup stick
	told 2 file-name backup stick/other.pfx
	[ -z "$(ls stick)" ] || fail "something was written"
	run backup stick
	[ "$status" = 0 ] || fail "status $status"
	said "Certificate export succeeded."
	said "Do not change the file name."
	PASSWORD=$export_password openssl pkcs12 -in "stick/$id.pfx" -passin env:PASSWORD -noenc 2>/dev/null |
		openssl x509 -noout -subject | grep -q "$id" || fail "not the certificate"
	cp -r "$XDG_DATA_HOME/twca/$id" "$XDG_DATA_HOME/twca/soft-S1" && # one of another site is not meant
		echo soft >"$XDG_DATA_HOME/twca/soft-S1/site"
	told 0 ok backup stick --force
	[ "$(json identity.directory)" = "$XDG_DATA_HOME/twca/$id" ] || fail "another identity was taken"
	newer
	told 15 host-differs backup stick --force
	in_chinese backup stick --force
	said 憑證不相符
	pfx second "$id.pfx" "$export_password"
	told 0 ok import "$id.pfx" --force
	rm "$id.pfx"
	in_chinese backup . --force
	said 憑證匯出成功
	said 憑證檔案名稱請勿
}

# rows: M179 M180 M181
scenario_phone()
{
	told 14 host-not-here to-phone
	person
	told 10 phone-not-ready to-phone
	FLOW_PW=$password twca-phone login --account "$account" --password-env FLOW_PW || fail "the phone's login"
	key_password=wrong told 5 file-password-wrong to-phone
	dry told 0 ok to-phone
	[ "$(json transfer)" = "" ] || fail "a dry run sent it"
	TWCA_SITE=fine told 2 usage to-phone
	told 0 ok to-phone
	twca-phone fetch --qr "$(json transfer.qr)" --out json.pfx || fail "the phone cannot fetch it"
	LC_ALL=C.UTF-8 run to-phone
	[ "$status" = 0 ] || fail "status $status"
	said "Certificate upload succeeded."
	said "enter the file password there"
	[ "$(grep █ "$work/out" | LC_ALL=C.UTF-8 wc -L)" -le 80 ] ||
		fail "wider than 80 columns"
	qr=$("$flow_dir/read-qr" "$work/out") || fail "the picture cannot be read"
	said "$qr"
	twca-phone fetch --qr "$qr" --out phone.pfx || fail "the phone cannot fetch it"
	PASSWORD=$key_password openssl pkcs12 -in phone.pfx -passin env:PASSWORD -noenc -out phone.pem 2>/dev/null ||
		fail "not under the file password"
	[ "$(openssl x509 -in phone.pem -outform DER | sha256sum)" = "$(sha256sum <"$work/first/1.der")" ] &&
		openssl pkey -in phone.pem -pubout | cmp -s - <(openssl x509 -in phone.pem -noout -pubkey) ||
		fail "the phone has another key or certificate"
	! twca-phone fetch --qr "$qr" --out again.pfx 2>/dev/null || fail "a code serves twice"
	LC_ALL=C run to-phone
	said "Text of the picture: https://"
	! grep -q '█' "$work/out" || fail "blocks where there is no UTF-8"
	in_chinese to-phone
	said 憑證上傳成功
	newer
	told 15 host-differs to-phone
}

"scenario_$1"
