#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# cert.sh SITE_WHAT: twca-cert at a site, with its wrong inputs, one scenario a run. The certificates
# are ordered by ra-person, so that no other tool is needed.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	options=(--card none)
	case $1 in
	tipo_* | posthw_* | fine_*) options=() ;;
	soft_*) options=(--card none --card none) ;;
	postsw_*) options=(--card none --files) ;;
	esac
	site=${1%%_*}
	exec "$top/tests/sandbox" --site "${site/#post*/post}" "${options[@]}" -- "$0" "$1"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

# Certificates for the person; the site password that counts from then on.
person()
{
	"$flow_dir/ra-person" "$account" "$work/person" || fail "no certificates for the person"
	password=$(cat "$work/person/password")
}

# cert VERB...: unattended; status in $status
cert()
{
	status=0
	FLOW_PW=$password twca-cert --account "$account" --captcha-command "$captcha" \
		--password-source env:FLOW_PW --no-input "$@" >"$work/out" 2>"$work/err" || status=$?
}

# talk PROMPT ANSWER... -- VERB...: on a terminal
talk()
{
	local words=()
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	status=0
	FLOW_PW=$password "$flow_dir/dialog" "${words[@]}" -- twca-cert --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW "${@:2}" >"$work/out" 2>"$work/err" || status=$?
}

ends()
{
	[ "$status" = "$1" ] || fail "exit status $status instead of $1"
	shift
	for text; do
		said "$text"
	done
}

# json_ends STATUS CODE
json_ends()
{
	ends "$1"
	[ "$(json code)" = "$2" ] || fail "code $(json code) instead of $2"
	keep_json twca-cert
}

# states: what the RA says of the certificates, newest first
states()
{
	cert list --json
	jq -r '[.certificates[].status] | join(" ")' "$work/out"
}

same_states()
{
	[ "$(states)" = "$1" ] || fail "the states are $(states), not $1"
}

chinese()
{
	export LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po
}

# Revocation on paper: reasons, form, channels; no login, nothing changed.
paper()
{
	cert revoke
	ends 0 "$1" "私密金鑰毀損、遺失、暴露" "用戶資料於憑證效期內變更" "by mail, in person at the counter" "Nothing was changed"
	! grep -q sessions "$TWCA_SANDBOX_LOGS/ra-requests" || fail "a login was made"
	cert revoke --json
	json_ends 0 ok
}

# rows: M25 M32 M33
scenario_soft_query()
{
	paper 憑證廢止申請單
	TWCA_SANDBOX_PASSWORD=$TWCA_SANDBOX_PASSWORD_1 "$flow_dir/ra-person" "$TWCA_SANDBOX_ACCOUNT_1" "$work/partner" ||
		fail "no partner"
	person
	cert query B2234
	ends 0 "CN=B223456781"
	cert query "CN=B223456781" --json
	json_ends 0 ok
	cert query A123456789
	ends 3 "nobody else has a valid certificate with this name"
	cert query " "
	ends 2 "the name is empty"
	talk "distinguished name: " "B223456781" -- query
	ends 0 "CN=B223456781"
	cert query B2234 --save "$work/partner.pem"
	ends 0
	openssl x509 -in "$work/partner.pem" -outform DER | cmp - "$work/partner/1.der" || fail "another certificate"
	cert query B2234 --save "$work/partner.cer"
	cmp "$work/partner.cer" "$work/partner/1.der" || fail "no DER"
	cert query B2234 --save "$work/partner.pem"
	ends 2 "exists; give --force"
	cert query B2234 --select 2 --save "$work/x.pem"
	ends 2 "there is no certificate 2; there are 1"
	cert suspend --select 1
	ends 2 "--select does not belong to this command"
	cert suspend
	ends 10 "does not suspend certificates"
	chinese
	talk "請輸入用戶識別名稱：" "nobody" -- query
	ends 3 "查無其他用戶之有效憑證"
}

# rows: M65 M66
scenario_fine_view()
{
	paper TWCA\ FINE\ 金融資訊交換平台憑證廢止申請單
	person
	local before
	before=$(objects)
	cert view --save "$work/mine.pem"
	ends 0 "Saved: $work/mine.pem" "CN=A123456789"
	openssl x509 -in "$work/mine.pem" -outform DER | cmp - "$work/person/1.der" || fail "another certificate"
	[ "$(objects)" = "$before" ] || fail "the card was written"
	dry cert view --save "$work/dry.pem" --json
	json_ends 0 ok
	[ ! -e "$work/dry.pem" ] || fail "a dry run saved it"
	cert view 2
	ends 2 "there is no certificate 2; there are 1"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --write-object "$work/person/1.der" \
		--type cert --id 51 --label mine >/dev/null 2>&1 || fail "no certificate on the card"
	for name in "$(twca-export register --check --json --browser p11-kit | jq -r '.tokens[].certificates[].uri')" \
		"$(openssl x509 -inform DER -in "$work/person/1.der" -noout -serial | cut -d= -f2)" \
		"$(serial_of "$work/person/1.der")" "$work/mine.pem" "$work/person/1.der"; do
		cert view "$name" --json
		json_ends 0 ok
	done
	cert view "pkcs11:id=%52"
	ends 2 "there is no certificate pkcs11:id=%52"
	cert view "$work/err"
	ends 2 "there is no certificate in this file"
	cert view --save "$work/none/x.pem"
	ends 1
	cert view --json
	json_ends 0 ok
	password=wrong
	cert view
	ends 4 "tries left: 2"
}

# rows: M98 M99 M105 M108 M109
scenario_tipo_suspend()
{
	paper 經濟部智慧財產局專屬用戶憑證廢止申請單
	cert resume
	ends 0 "經濟部智慧財產局專屬用戶憑證復用申請單" "於憑證到期前申請" "以電子化方式寄送" "新網站密碼單"
	person
	# the certificates come onto the card beside keys of their own, as if they were made there
	for n in 1 2; do
		pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --write-object "$work/person/$n.der" \
			--type cert --id "4$n" --label "tipo $n" >/dev/null 2>&1 || fail "no certificate on the card"
	done
	cert list
	ends 0 "Use: signing" "Use: encryption" "id=%41;type=cert" "id=%42;type=cert"
	cert list --json
	json_ends 0 ok
	/usr/bin/python3 -c '
import json, sys
for cert in json.load(open(sys.argv[1]))["certificates"]:
    begin, end = int(cert["not_before"][:4]), int(cert["not_after"][:4])
    assert end == begin + 1 and cert["uri"].startswith("pkcs11:"), cert' "$work/out" || fail "not valid for a year"
	cert suspend 3 --yes
	ends 2 "there is no certificate 3; there are 2"
	cert suspend
	ends 4 "--yes"
	talk "Suspend the certificates you chose?" n -- suspend 1
	ends 12 "1. valid, encryption" "2. valid, signing"
	same_states "valid valid"
	dry cert suspend 1 --yes
	ends 0
	same_states "valid valid"
	card remove
	cert suspend "$(openssl x509 -inform DER -in "$work/person/2.der" -noout -serial | cut -d= -f2)" 1 --yes
	ends 0 "No card was verified" "Suspension completed successfully."
	same_states "suspended valid"
	chinese
	cert suspend --yes
	ends 0 "暫禁成功完成"
	same_states "suspended suspended"
	cert suspend --yes --json
	json_ends 10 suspension
}

# rows: M108
scenario_tipo_wrong()
{
	person
	# the RA knows the person's card by another number: the one in the reader is a foreign one
	/usr/bin/python3 - <<END || fail "the card was not exchanged"
import os, sqlite3
with sqlite3.connect(os.environ['TWCA_SANDBOX_RA_DIR'] + '/ra.db') as db:
    assert db.execute("UPDATE card SET serial='0bad' WHERE serial=lower(?)", [os.environ['TWCA_SANDBOX_SERIAL']]).rowcount == 1
END
	cert suspend --yes
	ends 8
	same_states "valid valid"
	local good=$password
	password=wrong
	cert suspend --yes
	ends 4 "tries left: 2"
	password=$good
	same_states "valid valid"
	# in a session that is kept, the site password is asked for the suspension itself
	card remove
	FLOW_PW=$password twca-account login --account "$account" --captcha-command "$captcha" \
		--password-source env:FLOW_PW --no-input >/dev/null 2>"$work/err" || fail "no session"
	password=wrong
	cert suspend --yes --json
	json_ends 4 login-refused
	[ "$(json error.problem)$(json error.tries_left)" = wrong-password2 ] || fail "another refusal"
	password=$good
	same_states "valid valid"
	cert suspend --yes
	ends 0
	same_states "suspended suspended"
}

# What both carriers of Post have: two confirmations each, nothing when one is refused.
post_changes()
{
	local all=$1
	talk "Suspend your certificates?" n -- suspend
	ends 12
	talk "Suspend your certificates?" y "Suspension will proceed." n -- suspend
	ends 12 "nothing was changed"
	talk "Revoke your certificates?" n -- revoke
	ends 12
	talk "Revoke your certificates?" y "All certificates will be revoked." n -- revoke
	ends 12
	dry cert revoke --yes
	ends 0
	dry cert suspend --yes --json
	json_ends 0 ok
	cert revoke
	ends 4 "--yes"
	same_states "$all"
	if [ "$all" = "valid valid" ]; then # naming some hits no others
		cert suspend 1 --yes
		ends 2 "this site changes all certificates at once; that would hit"
		cert revoke 2 --yes
		ends 2 "this site changes all certificates at once; that would hit"
		cert suspend 1 "$work/person/1.der" --yes --dry-run
	else
		cert revoke "$work/person/1.der" --yes --dry-run
	fi
	ends 0
	same_states "$all"
}

post_suspend()
{
	talk "Suspend your certificates?" y "Suspension will proceed." y -- suspend
	ends 0 "Suspension completed."
	same_states "${1//valid/suspended}"
	chinese
	cert suspend --yes
	ends 10 "目前無法執行憑證暫禁"
	cert suspend --yes --json
	json_ends 10 suspension
	cert revoke --yes
	ends 3
	ra resume --site post --account post10000001 || fail "not resumed"
	password=$(ra slip --site post --account post10000001 | sed -n 's/.*密碼 //p')
	FLOW_NEW=Third333 FLOW_PW=$password twca-cert list --account "$account" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW --no-input >/dev/null 2>&1 || fail "no login after the resumption"
	password=Third333
	cert suspend --yes
	ends 0 "憑證暫禁完成"
}

post_revoke()
{
	talk "Revoke your certificates?" y "All certificates will be revoked." y -- revoke
	ends 0 "Certificates revoked." "$2"
	same_states "${1//valid/revoked}"
	[ "$(objects | wc -l)" = "${objects_before:-$(objects | wc -l)}" ] || fail "the card was written"
	cert revoke --yes --json
	json_ends 3 nothing-to-do
	cert suspend --yes
	ends 10 "suspension cannot be performed at present"
}

post_proof()
{
	cert proof
	ends 0 "憑證證明單" "王小明" "憑證狀態：有效"
	cert proof --save "$work/proof.txt" --print-command "cat >$work/printed"
	ends 0
	cmp "$work/proof.txt" "$work/printed" || fail "printed and saved differ"
	grep -v Saved: "$work/out" | cmp - "$work/printed" || fail "shown and printed differ"
	cert proof --save "$work/proof.html"
	grep -q "<h1>憑證證明單</h1>" "$work/proof.html" || fail "no page to print"
	grep -q "$(sed -n 's/.*憑證序號：//p' "$work/printed" | head -n 1)" "$work/proof.html" || fail "another proof"
	dry cert proof --save "$work/dry.html" --print-command "touch $work/dry.html"
	ends 0
	[ ! -e "$work/dry.html" ] || fail "a dry run saved or printed"
	dry cert proof --save "$work/proof.txt"
	ends 2 "exists"
	cert proof --print-command false
	ends 1 "the print command failed: false"
	cert proof --save "$work/proof.txt"
	ends 2 "exists"
	cert proof --json
	json_ends 0 ok
}

# rows: M137 M138 M139
scenario_posthw_suspend()
{
	person
	post_changes "valid"
	post_suspend "valid"
}

# rows: M137
scenario_posthw_revoke()
{
	person
	objects_before=$(objects | wc -l)
	post_revoke "valid" "CN=A123456789"
}

# rows: M140
scenario_posthw_proof()
{
	cert proof
	ends 4 "first login"
	person
	post_proof
}

# rows: M154 M155 M156
scenario_postsw_suspend()
{
	person
	post_changes "valid valid"
	post_suspend "valid valid"
}

# rows: M154
scenario_postsw_revoke()
{
	person
	post_revoke "valid valid" "Use: encryption"
}

# rows: M157
scenario_postsw_proof()
{
	person
	post_proof
}

# client N: the N-th certificate that was ordered stands in this computer's folder
client()
{
	local folder=$XDG_DATA_HOME/twca/A123456789
	mkdir -p "$folder" && chmod 700 "$folder"
	openssl x509 -inform DER -in "$work/$1/1.der" -out "$work/client.pem" &&
		openssl pkcs12 -export -inkey "$work/$1/1.key" -in "$work/client.pem" -certpbe NONE \
			-keypbe AES-256-CBC -passout pass:Secret12 -out "$folder/A123456789.pfx" || fail "no PFX"
	printf 'level=3\n' >"$folder/identity.conf"
	chmod 600 "$folder"/*
}

# "101919(0x018E1F)" of a certificate
serial_of()
{
	openssl x509 -inform DER -in "$1" -noout -serial | /usr/bin/python3 -c '
text = input().split("=")[1]
print(f"{int(text, 16)}(0x{text})")'
}

# rows: M159 M160 M161 M163 M164 M184
scenario_bts_status()
{
	cert status
	ends 3 "there is no certificate yet"
	person
	cert status
	ends 14 "this computer has no certificate equal to the host's" "Import the newest valid certificate" \
		"code 0 (有效憑證)" "Certificate serial number: $(serial_of "$work/person/1.der")"
	client person
	cert status
	ends 0 "Certificate at the host:" "Certificate on this computer:" "Certificate path: $XDG_DATA_HOME/twca/A123456789" \
		"Certificate file: A123456789.pfx" "Security setting: 3: never ask" "Certificate CN: A123456789"
	[ "$(grep -cF "$(serial_of "$work/person/1.der")" "$work/out")" = 2 ] || fail "not both sides"
	grep -qE 'Certificate valid from: [0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$' "$work/out" || fail "the date"
	PCSCLITE_CSOCK_NAME=/nowhere cert status
	ends 0 "Certificate file: A123456789.pfx"
	cert status --json
	json_ends 0 ok
	[ "$(json client.level)$(json client.file)" = 3A123456789.pfx ] || fail "the client's side"
	# a newer certificate at the host: after revocation and another slip
	ra revoke --certificate "$(openssl x509 -inform DER -in "$work/person/1.der" -noout -serial | cut -d= -f2)"
	cert status
	ends 0 "code 34 (已廢止)"
	ra slip-issue --site bts --account "$account" --password-env TWCA_SANDBOX_SLIP
	TWCA_SANDBOX_PASSWORD=$password "$flow_dir/ra-person" "$account" "$work/newer" || fail "no second one"
	cert status
	ends 15 "the certificates do not match" "Import the newest valid certificate" "$(serial_of "$work/person/1.der")" \
		"$(serial_of "$work/newer/1.der")"
	cert status --json
	json_ends 15 host-differs
	client newer
	cert status
	ends 0
	chinese
	cert status
	ends 0 "主機資料庫目前的憑證資訊" "用戶端憑證資訊" "憑證狀態：代碼 0 (有效憑證)" "憑證序號" "憑證起始日" "憑證終止日" \
		"憑證路徑" "憑證檔案" "安全設定值"
	client person
	cert status
	ends 15 "憑證不相符"
	rm -r "$XDG_DATA_HOME/twca/A123456789"
	cert status --json
	json_ends 14 host-not-here
	cert status
	ends 14 "您的電腦中沒有與主機相同之憑證"
}

# rows: M162
scenario_bts_expiring()
{
	# issued so long ago that its last twenty days have begun
	ra clock --now "$(date -u -d '345 days ago' +%Y-%m-%dT%H:%M:%SZ)"
	person
	ra clock --now "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
	client person
	cert status
	ends 0 "code 31 (即將到期)" "renew it before the end date"
	chinese
	cert status
	ends 0 "代碼 31 (即將到期)" "請於憑證終止日前以 twca-renew 辦理展期"
	cert list --json
	json_ends 0 ok
	ra clock --now "$(date -u -d '30 days' +%Y-%m-%dT%H:%M:%SZ)"
	cert status
	ends 1 "時鐘"
}

"scenario_$1"
echo "$1: ok"
