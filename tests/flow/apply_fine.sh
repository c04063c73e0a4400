#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# apply_fine.sh SCENARIO: rows M46 to M57 with their wrong inputs, one scenario a run.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	options=()
	[ "$1" != readers ] || options=(--card v4.4 --card v4.4)
	[ "$1" != v43b ] || options=(--card v4.3b)
	[ "$1" != blank ] || options=(--blank)
	[ "$1" != no_card ] || options=(--card none)
	exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$1"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

# M46 M49 M52 M54 M55 M57: the whole job
scenario_whole()
{
	apply --yes --no-input --json
	expect 0 ok
	said "Do not leave this screen and do not remove the card from the reader."
	said "Generating the certificate key; you will be asked for the card PIN."
	said "More than three wrong entries lock the card."
	finished
	objects --login --pin "$TWCA_SANDBOX_PIN" --type privkey >"$work/key"
	grep -q "sensitive" "$work/key" && grep -q "never extractable" "$work/key" &&
		grep -q "local" "$work/key" || fail "the key is not one that never leaves the card"
	local from until
	from=$(json certificate.not_before) until=$(json certificate.not_after)
	[ "$((${until%%-*} - ${from%%-*}))" = 2 ] || fail "valid from $from until $until"
	[ "$(json certificate.subject)" ] || fail "no subject"
	openssl x509 -inform DER -in "$work/cert.der" -noout -fingerprint -sha256 | tr -d : |
		grep -qi "$(json certificate.sha256)" || fail "the JSON names another certificate"
	local before
	before=$(objects)
	apply --yes --no-input --json
	expect 3 nothing-to-do
	[ "$(objects)" = "$before" ] || fail "the second run changed the card"
}

scenario_v43b()
{
	apply --yes --no-input --json
	expect 0 ok
	finished
}

# rows: M57 M196: in Chinese, the texts of the manual
scenario_chinese()
{
	export LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po
	apply --yes --no-input
	[ "$status" = 0 ] || fail "exit status $status"
	said "憑證申請完成"
	said "無須啟用"
	said "twca-export register"
	said "將驗證您的卡片，請插入卡片並於下個步驟選擇讀卡機"
	said "產生憑證金鑰，將要求您輸入晶片卡密碼"
	said "若輸入錯誤超過三次將被鎖卡無法使用"
	said "切勿離開此畫面，也不要將晶片卡自讀卡機中拔除"
	said "您正要從憑證授權單位（CA）安裝憑證，該憑證授權單位聲稱代表"
	said "卡片驗證成功"
	said "密碼更改成功"
}

# M46: a wrong captcha is told apart, and never counts as a wrong password
scenario_captcha()
{
	captcha="echo 000000; :"
	for _ in 1 2; do
		apply --yes --no-input --json
		expect 4 captcha-wrong
		said "This is not counted as a wrong password"
	done
	captcha=false
	apply --yes --no-input --json
	expect 4 input-needed
	captcha=$TWCA_SANDBOX_CAPTCHA
	apply --yes --no-input --json
	expect 0 ok
	[ -z "$(find "${XDG_RUNTIME_DIR:-/tmp}" /tmp -maxdepth 1 -name 'twca-captcha-*' 2>/dev/null)" ] ||
		fail "a picture was left behind"
}

# M47: the initial password opens nothing but its change
scenario_first_login()
{
	status=0
	FLOW_PW=$password FLOW_PIN=$pin twca-apply --site fine --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW --pin-source env:FLOW_PIN \
		--yes --no-input --json >"$work/out" 2>"$work/err" || status=$?
	expect 4 password-change-needed
	no_key
	new_password=short
	apply --yes --no-input --json
	expect 4 password-rule
	no_key
	status=0
	FLOW_PW=$password "$flow_dir/dialog" "New site password: " Different1 "The same again: " Different2 \
		-- twca-apply --site fine --account "$account" --captcha-command "$captcha" --yes \
		--password-source env:FLOW_PW >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 2 ] || fail "unequal passwords: exit status $status"
	said "the two new passwords differ"
	! grep -q Different "$work/out" || fail "the new password was echoed"
	new_password=Second12
	apply --yes --no-input --json
	expect 0 ok
}

# M48: the third wrong password suspends the login; the right one is then refused too
scenario_lockout()
{
	local right=$password
	password=Wrong1234
	apply --yes --no-input --json
	expect 4 login-refused
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	apply --yes --no-input --json
	expect 4 login-refused
	[ "$(json error.tries_left)" = 1 ] || fail "tries left: $(json error.tries_left)"
	apply --yes --no-input --json
	[ "$status" = 4 ] || fail "third: exit status $status"
	password=$right
	apply --yes --no-input --json
	expect 4 login-locked
	said "TWCA FINE 金融資訊交換平台憑證作業網站密碼重新設定申請單"
	said "twca-account reset-help"
	no_key
}

# M49: no key without the person's acceptance
scenario_terms()
{
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin "$flow_dir/dialog" "[y/N]" y "[y/N]" n \
		-- twca-apply --site fine --account "$account" --captcha-command "$captcha" \
		--password-source env:FLOW_PW --new-password-source env:FLOW_NEW \
		--pin-source env:FLOW_PIN >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 12 ] || fail "exit status $status"
	said "the terms were not accepted"
	no_key
	apply --no-input --json --reader Virtual
	expect 4 input-needed
	no_key
	apply --yes --no-input --json
	expect 0 ok
	finished
}

# M50: a card of somebody else is refused before any key is made
scenario_foreign()
{
	account=fine20000002 password=Foreign12
	FLOW_REGISTER=$password ra register --site fine --name 陳大文 --id B223456789 --account "$account" \
		--card-serial 0102030405060708 --password-env FLOW_REGISTER >/dev/null || fail "register"
	apply --yes --no-input --json
	expect 8 card-wrong
	no_key
	[ "$(issued)" = 0 ] || fail "issued $(issued)"
}

# M51: several cards: ask or --reader; one: a question
scenario_readers()
{
	local serial=${TWCA_SANDBOX_SERIAL,,}
	apply --yes --no-input --json
	expect 2 reader-ambiguous
	said "Virtual PCD 00 00"
	said "Virtual PCD 01 00"
	apply --yes --no-input --json --reader "No such reader"
	expect 7 no-reader
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin "$flow_dir/dialog" "Number (1 to 2): " 9 \
		"Number (1 to 2): " 1 "[y/N]" n -- twca-apply --site fine --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW --pin-source env:FLOW_PIN >"$work/out" 2>&1
	said "Choose a reader"
	said "Card $serial"
	apply --yes --no-input --json --token "pkcs11:serial=$serial"
	expect 0 ok
	[ "$(json card.serial)" = "$serial" ] || fail "the other card was used"
}

scenario_one_reader()
{
	apply --no-input --json
	expect 4 input-needed
	status=0
	"$flow_dir/dialog" "[y/N]" n -- twca-apply --site fine --account "$account" \
		>"$work/out" 2>&1 || status=$?
	[ "$status" = 12 ] || fail "exit status $status"
	apply --no-input --json --dry-run --yes
	expect 0 ok
	no_key
}

# M53: each wrong PIN costs one try and says what is left; the third locks; unlocking is named
scenario_pin()
{
	local right=$pin
	pin=99999999
	apply --yes --no-input --json
	expect 5 pin-wrong
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	pin=$right
	apply --yes --no-input --json
	expect 0 ok
}

scenario_pin_locked()
{
	local right=$pin
	pin=99999999
	apply --yes --no-input --json
	expect 5 pin-wrong
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	apply --yes --no-input --json
	expect 5 pin-wrong
	[ "$(json error.tries_left)" = 1 ] || fail "tries left: $(json error.tries_left)"
	apply --yes --no-input --json --force
	expect 6 pin-locked
	said "Unlock it: twca-pin unlock."
	pin=$right
	apply --yes --no-input --json
	expect 6 pin-locked
	[ "$(issued)" = 0 ] || fail "issued $(issued)"
}

# M53 at the terminal: one prompt, one try; nothing is echoed
scenario_pin_prompt()
{
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password "$flow_dir/dialog" "Card PIN: " 99999999 \
		"Tries left: 2" "!true" "Card PIN: " "" -- twca-apply --site fine --account "$account" --yes \
		--captcha-command "$captcha" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 12 ] || fail "an empty line cancels: exit status $status"
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password "$flow_dir/dialog" "Card PIN: " 99999999 \
		"Card PIN: " "$pin" -- twca-apply --site fine --account "$account" --yes \
		--captcha-command "$captcha" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 0 ] || fail "exit status $status"
	! grep -qF "$pin" "$work/out" || fail "the PIN was echoed"
	said "Application completed."
	finished
}

# M54: the card leaves while it works
scenario_removal()
{
	card remove-before 40
	apply --yes --no-input --json
	[ "$status" = 7 ] || fail "exit status $status"
	[ "$(json code)" = card-removed ] || [ "$(json code)" = no-card ] || fail "code $(json code)"
	put_back
	apply --yes --no-input --json
	expect 0 ok
	finished
}

# M56: the issuer is shown, nothing is written without a yes
scenario_trust()
{
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin "$flow_dir/dialog" "[y/N]" y "[y/N]" y \
		"CA certificates on the card? [y/N]" n -- twca-apply --site fine --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW --pin-source env:FLOW_PIN \
		>"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 12 ] || fail "exit status $status"
	said "from a certification authority claiming" # the screen ends the line here
	[ "$(objects --type cert | grep -c 'Certificate Object')" = 0 ] || fail "certificates were written"
	apply --yes --no-input --json
	expect 0 ok
	[ "$(json resumed)" = True ] || fail "begun anew"
	finished
}

# what must be there before anything is asked
scenario_blank()
{
	apply --yes --no-input --json
	expect 7 card-blank
}

scenario_no_card()
{
	apply --yes --no-input --json
	expect 7 no-card
}

scenario_environment()
{
	TWCA_RA_URL=https://127.0.0.1:1/ apply --yes --no-input --json
	expect 9 ra-unreachable
	TWCA_RA_URL=http://127.0.0.1/ apply --yes --no-input --json
	expect 2 usage
	echo "no certificate" >"$work/empty.pem"
	TWCA_RA_CA=$work/empty.pem apply --yes --no-input --json
	[ "$status" = 13 ] || fail "foreign trust roots: exit status $status"
	TWCA_PKCS11_MODULE=/nonexistent.so apply --yes --no-input --json
	expect 7 module
	ra clock --now 2030-01-01T00:00:00Z >/dev/null
	apply --yes --no-input --json
	expect 1 clock
	no_key
}

# the RA decides later, or says no
scenario_pending()
{
	ra fault pending --path /orders --arg 3 >/dev/null
	apply --yes --no-input --json --wait 1
	expect 11 pending
	[ "$(issued)" = 0 ] || fail "issued $(issued)"
	[ "$(json error.retry_after)" -ge 1 ] || fail "retry after: $(json error.retry_after)"
	apply --yes --no-input --json
	expect 0 ok
	finished
}

# all of it over one connection
scenario_connection()
{
	local log=$TWCA_SANDBOX_LOGS/ra-requests from
	from=$(wc -l <"$log")
	apply --yes --no-input --json
	expect 0 ok
	tail -n +$((from + 1)) "$log" >"$work/requests"
	[ "$(wc -l <"$work/requests")" -ge 12 ] || fail "$(wc -l <"$work/requests") requests in the log"
	[ "$(awk '{ print $2 }' "$work/requests" | sort -u | wc -l)" = 1 ] ||
		fail "connections: $(awk '{ print $2 }' "$work/requests" | sort | uniq -c)"
}

# the record is gone, and with it the name of the key: RA and card know enough to go on
lose_record()
{
	[ -n "$(find "$XDG_STATE_HOME/twca" -name 'apply-*')" ] || fail "there is no record"
	rm -r "$XDG_STATE_HOME/twca"
	password=$new_password
}

scenario_lost_record()
{
	ra fault drop-before --path /certificates/ --count 20 >/dev/null
	apply --yes --no-input --json
	expect 9 ra-unreachable
	ra fault clear >/dev/null
	lose_record
	apply --yes --no-input --json
	expect 0 ok
	[ "$(json resumed)" = True ] || fail "begun anew"
	finished
	lose_record
	apply --yes --no-input --json
	expect 0 ok
	finished
}

# the same, and the key is gone too: nothing is thrown away, nothing is issued twice
scenario_lost_key()
{
	apply --yes --no-input --json
	expect 0 ok
	lose_record
	local id
	id=$(objects --login --pin "$TWCA_SANDBOX_PIN" --type privkey | sed -n 's/^ *ID: *//p')
	for type in privkey pubkey; do
		pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$TWCA_SANDBOX_PIN" \
			--delete-object --type $type --id "$id" >/dev/null 2>&1 || fail "no $type to delete"
	done
	apply --yes --no-input --json
	expect 10 ra-refused
	[ "$(json error.problem)" = certificate-exists ] || fail "problem $(json error.problem)"
	[ "$(issued)" = 1 ] || fail "issued $(issued)"
}

# another card in the reader while a question is on the screen
scenario_swapped()
{
	local port other=$work/other.card swap
	port=$(sed -n 's/^DEVICENAME.*:\([0-9]*\).*/\1/p' "$TWCA_SANDBOX_PCSCD_CONF/cards" | head -n 1)
	twca-vcard --create --state "$other" --card v4.4 --serial 112233445566 --personalise \
		--label other --pin-env TWCA_SANDBOX_PIN --puk-env TWCA_SANDBOX_PUK || fail "no second card"
	swap="twca-vcard-ctl $TWCA_SANDBOX_CARD_CONTROL remove; twca-reader-wait 0 20000
		twca-vcard --state $other --port $port >$work/vcard 2>&1 & twca-reader-wait 1 20000"
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin "$flow_dir/dialog" "[y/N]" y \
		"[y/N]" "!$swap" "" y \
		-- twca-apply --site fine --account "$account" --captcha-command "$captcha" \
		--password-source env:FLOW_PW --new-password-source env:FLOW_NEW \
		--pin-source env:FLOW_PIN --json >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 8 ] || fail "exit status $status"
	said "was chosen, card"
}

# no line is wider than the screen, but for what cannot be broken
check_screen()
{
	/usr/bin/python3 - "$work/screen" <<'END' || fail "a line is too wide"
import re, sys, unicodedata
bad = 0
text = open(sys.argv[1], encoding='utf-8').read()
assert len(text) > 200, 'nothing on the screen'
for line in re.sub('\033\\[[0-9;]*[mK]', '', text).replace('\r', '\n').split('\n'):
    columns = sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)
    if columns > 80 and len(line.split()) > 1:
        print(f'{columns} columns: {line}', file=sys.stderr)
        bad = 1
sys.exit(bad)
END
}

# helps LANGUAGE: what each tool says of itself, the words of argp too
helps()
{
	local tool
	for tool in account apply cert check info pin renew; do
		LANGUAGE=$1 "twca-$tool" --help >"$work/screen"
		check_screen
		[ "$1" = en ] || ! grep -E '^(Usage|.*( [a-z]+){3})' "$work/screen" >&2 || fail "English in the help of $tool"
		! LANGUAGE=$1 "twca-$tool" --no-such >"$work/screen" 2>&1 || fail "an unknown option is taken"
		[ "$1" = en ] || grep -q 請參閱 "$work/screen" || fail "English of a wrong usage"
	done
}

scenario_screen()
{
	export LC_ALL=C.UTF-8 TEXTDOMAINDIR=$TWCA_BUILD/tools/po COLUMNS=80
	local language
	for language in en zh_TW; do
		helps $language
		LANGUAGE=$language "$flow_dir/dialog" -- twca-apply --site fine --reader nothere \
			>"$work/screen"
		LANGUAGE=$language FLOW_PW=wrong "$flow_dir/dialog" "[y/N]" y -- twca-apply --site fine \
			--account "$account" --captcha-command "echo 000000; :" \
			--password-source env:FLOW_PW >>"$work/screen"
		check_screen
	done
	LANGUAGE=en FLOW_PW=$password "$flow_dir/dialog" "[y/N]" y "New site password: " Second12 \
		"The same again: " Second12 "[y/N]" n -- twca-apply --site fine --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW >"$work/screen"
	check_screen
	password=Second12
	for language in zh_TW en; do
		LANGUAGE=$language FLOW_PW=$password FLOW_PIN=$pin "$flow_dir/dialog" "[y/N]" y "[y/N]" y \
			"[y/N]" "$([ $language = en ] && echo y || echo n)" -- twca-apply --site fine \
			--account "$account" --captcha-command "$captcha" --password-source env:FLOW_PW \
			--pin-source env:FLOW_PIN >"$work/screen"
		check_screen
	done
	grep -q "Application completed" "$work/screen" || fail "not completed"
}

# --color, NO_COLOR and no terminal
scenario_color()
{
	local escape
	escape=$(printf '\033[')
	apply --dry-run --yes --color=always
	[ "$status" = 0 ] || fail "exit status $status"
	grep -qF "$escape" "$work/err" || fail "no colour with always"
	apply --dry-run --yes
	! grep -qF "$escape" "$work/err" || fail "colours in a file"
	coloured()
	{
		TERM=xterm "$flow_dir/dialog" -- twca-apply --site fine --dry-run --yes "$@" >"$work/out"
		grep -qF "${escape}1m" "$work/out"
	}
	coloured || fail "no colour on a terminal"
	! NO_COLOR=1 coloured || fail "colour with NO_COLOR"
	NO_COLOR=1 coloured --color=always || fail "no colour with always"
	! coloured --color=never || fail "colour with never"
	apply --color=sometimes
	[ "$status" = 2 ] || fail "a wrong word: exit status $status"
}

# the whole job, an unfinished one and its end under valgrind: no error, no leak
scenario_valgrind()
{
	# shellcheck disable=SC2034  # apply() reads it
	watcher=(valgrind --quiet --leak-check=full --show-leak-kinds="definite,indirect,possible"
		--errors-for-leak-kinds="definite,indirect,possible" --error-exitcode=99
		--keep-debuginfo=yes --num-callers=30 --log-file="$work/valgrind.%p"
		--suppressions="$flow_dir/valgrind.supp")
	no_complaint()
	{
		[ -n "$(find "$work" -name 'valgrind.*')" ] || fail "valgrind did not run"
		# "--PID--": its own remarks, as on a system call it does not know
		! grep -h '^==' "$work"/valgrind.* >&2 || fail "valgrind complains"
	}
	ra fault drop-before --path /certificates/ --count 20 >/dev/null
	apply --yes --no-input --json
	no_complaint
	expect 9 ra-unreachable
	ra fault clear >/dev/null
	apply --yes --no-input --json
	no_complaint
	expect 0 ok
	unset watcher
	finished
}

"scenario_$1"
rm -rf "$work"
