#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2016  # apply-lib.sh sets them; $ is for the inner shell
# pin.sh SCENARIO: twca-pin with its wrong inputs, one scenario a run. Each says its rows.
if [ -z "${FLOW_INSIDE:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	case $1 in
	change) options=(--no-ra --site fine) ;;
	post_change) options=(--site post --card v4.4 --card v4.4) ;;
	post) options=(--site post) ;;
	tipo) options=(--site tipo --card v5.3) ;;
	*) options=(--site fine) ;;
	esac
	FLOW_INSIDE=1 exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$@"
fi
# shellcheck source=tests/flow/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"

change()
{
	tool twca-pin change --pin-source env:FLOW_PIN --new-pin-source env:FLOW_NEW_PIN "$@"
}

# through VERB OPTION...: a verb that needs the RA
through()
{
	tool twca-pin "$1" --password-source env:FLOW_PW --new-password-source env:FLOW_NEW \
		--new-pin-source env:FLOW_NEW_PIN --yes "${@:2}"
	[ -z "$(grep -lrsF "$new_pin" "$XDG_STATE_HOME" "$work/err")" ] || fail "the new PIN is in a file"
}

# The PUK that the RA holds, and "-" unless a change is open.
puk()
{
	ra puk --site "$site" --card-serial "$TWCA_SANDBOX_SERIAL"
}

lock_card()
{
	pin=99999999
	for _ in 1 2 3; do
		change --yes --json --force
	done
	expect 6 pin-locked
	said "Unlock it: twca-pin unlock."
	change --yes --json --force
	expect 6 pin-locked
	pin=$TWCA_SANDBOX_PIN
	! logs_in "$pin" || fail "the card is not locked"
}

# A key pair and a certificate that must survive.
make_key()
{
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$TWCA_SANDBOX_PIN" --keypairgen \
		--key-type rsa:2048 --id 77 --label survivor >/dev/null 2>&1 || fail "no key pair"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=survivor -outform DER \
		-out "$work/survivor.der" 2>/dev/null
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$TWCA_SANDBOX_PIN" --type cert --id 77 \
		--write-object "$work/survivor.der" >/dev/null 2>&1 || fail "no certificate"
}

key_survived()
{
	echo text >"$work/text"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$1" --sign --id 77 \
		--mechanism SHA256-RSA-PKCS --input-file "$work/text" --output-file "$work/sig" \
		>/dev/null 2>&1 || fail "the key does not sign any more"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --read-object --type cert --id 77 \
		--output-file "$work/read.der" 2>/dev/null
	cmp -s "$work/read.der" "$work/survivor.der" || fail "the certificate is another one"
}

# rows: M71 M72 M112 M197
scenario_change()
{
	status=0
	"$flow_dir/dialog" "Card PIN now: " "$pin" "New card PIN: " 1111222 "The same again: " 1111333 \
		"The two new card PINs differ" "!true" "Card PIN now: " "" -- twca-pin change --yes \
		>"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 12 ] || fail "unequal new PINs: exit status $status"
	! grep -q "1111222\|$pin" "$work/out" || fail "a PIN was echoed"
	logs_in "$pin" || fail "the old PIN does not count any more"
	new_pin=12 change --yes --json
	expect 5 pin-length
	new_pin=1234567890123 change --yes --json
	expect 5 pin-length
	pin=99999999 change --yes --json
	expect 5 pin-wrong
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	new_pin=$pin change --yes --json
	expect 3 nothing-to-do
	dry change --yes --json
	expect 0 ok
	logs_in "$pin" || fail "a dry run changed the PIN"
	change --no-input --json
	expect 4 input-needed
	tool twca-pin change "$pin" --json
	[ "$status" = 2 ] || fail "a PIN as an argument: exit status $status"
	in_chinese change --yes
	[ "$status" = 0 ] || fail "exit status $status"
	said "晶片卡密碼變更完成"
	! logs_in "$pin" || fail "the old PIN still counts"
	logs_in "$new_pin" || fail "the new PIN does not count"
	tool twca-pin status --json
	expect 0 ok
	[ "$(jq -r '.cards | length' "$work/out")" = 1 ] || fail "not one card"
	tool twca-pin status
	said "Virtual PCD 00 00"
}

# A card that is not this account's opens nothing.
foreign_card()
{
	local kept=$account right=$password
	account=${site}20000002 password=Foreign12
	FLOW_REGISTER=$password ra register --site "$site" --name 陳大文 --id B223456789 \
		--account "$account" --card-serial 0102030405060708 --password-env FLOW_REGISTER \
		>/dev/null || fail "register"
	through verify --json
	expect 8 card-wrong
	said "is not registered for account $account"
	password=$new_password
	through reset --json
	expect 8 card-wrong
	logs_in "$pin" || fail "the PIN was changed for a foreign account"
	account=$kept password=$right
}

# would VERB STATUS CODE: --dry-run asks the RA, and changes neither card nor RA
would()
{
	dry through "$1" --json
	expect "$2" "$3"
	logs_in "$pin" || fail "a dry run changed the PIN"
}

# rows: M73 M74
scenario_reset()
{
	foreign_card
	would reset 4 password-change-needed
	through verify --json
	expect 0 ok
	password=$new_password
	would reset 0 ok
	said "The RA would authorise the new PIN."
	in_chinese through verify
	said "卡片驗證成功"
	password=Wrong1234
	through verify --json
	expect 4 login-refused
	password=$new_password
	card remove
	for _ in $(seq 300); do
		tool twca-pin status --json
		[ "$(json code)" != no-card ] || break
		sleep 0.1
	done
	through verify --json
	expect 7 no-card
	put_back
	in_chinese through reset
	[ "$status" = 0 ] || fail "reset: exit status $status"
	said "晶片卡解鎖成功且密碼已重置"
	logs_in "$new_pin" || fail "the new PIN does not count"
	! logs_in "$pin" || fail "the old PIN still counts"
	[ "$(puk | cut -f2)" = - ] || fail "the change was not confirmed"
	[ "$(puk | cut -f1)" != "$TWCA_SANDBOX_PUK" ] || fail "the PUK is the old one"
	tool twca-pin reset --site soft --password-source env:FLOW_PW --new-pin-source env:FLOW_NEW_PIN --yes --json
	expect 2 usage
}

# rows: M73 M75
scenario_unlock()
{
	make_key
	lock_card
	through verify --json
	expect 0 ok
	password=$new_password
	new_pin=12 through unlock --json
	expect 5 pin-length
	in_chinese through unlock
	[ "$status" = 0 ] || fail "unlock: exit status $status"
	said "晶片卡解鎖成功且密碼已重置"
	key_survived "$new_pin"
	pin=$new_pin
	lock_card_again
}

# A card that was unlocked once can be unlocked again: the RA has the PUK that the card has.
lock_card_again()
{
	TWCA_SANDBOX_PIN=$new_pin lock_card
	new_pin=135791
	through unlock --json
	expect 0 ok
	key_survived "$new_pin"
}

# rows: M113 M114 M115
scenario_tipo()
{
	foreign_card
	would unlock 3 pin-not-locked
	through unlock --json
	expect 3 pin-not-locked
	[ "$(json error.tries_left)" = 3 ] || fail "tries left: $(json error.tries_left)"
	through verify --json
	expect 0 ok
	password=$new_password
	last_try
	# the maker's card has a key whose PIN is its own: that is not tried with the card's
	tool twca-check sign --pin-source env:FLOW_PIN --json
	expect 0 ok
	said "Signed and verified: CN=Card Holder EC"
	said "Left out, its key wants a PIN at each use: CN=Card Holder Signature"
	lock_card
	tool twca-pin status --json
	[ "$(jq -r '.cards[0].pin.locked' "$work/out")" = true ] || fail "not shown as locked"
	status=0
	FLOW_PW=$password "$flow_dir/dialog" "New card PIN: " 111122 \
		"The same again: " 111133 -- twca-pin unlock --json --account "$account" --yes \
		--captcha-command "$captcha" --password-source env:FLOW_PW >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 2 ] || fail "unequal new PINs: exit status $status"
	grep -q '"code": "new-pin-unequal"' "$work/out" || fail "another code than new-pin-unequal"
	[ "$(grep -n -e "Card verification succeeded" -e "New card PIN: " "$work/out" | head -1 |
		grep -c verification)" = 1 ] || fail "the new PIN was asked for before the verification"
	through unlock --json
	expect 0 ok
	logs_in "$new_pin" || fail "the new PIN does not count"
	through reset --json
	expect 0 ok
	[ "$(puk | cut -f2)" = - ] || fail "the change was not confirmed"
	last_puk_try
}

# left KIND: the tries that the card tells of
left()
{
	tool twca-pin status --json
	jq -r ".cards[0].$1.tries_left" "$work/out"
}

# Unattended, the last try of a PIN is not risked, though it would be the right one.
last_try()
{
	pin=99999999
	for _ in 1 2; do
		change --yes --json
		expect 5 pin-wrong
	done
	pin=$TWCA_SANDBOX_PIN
	change --yes --json
	expect 5 pin-last-try
	[ "$(left pin)" = 1 ] || fail "the last try was spent"
	change --yes --json --force
	expect 0 ok
	new_pin=$TWCA_SANDBOX_PIN pin=24681357 change --yes --json
	expect 0 ok
	[ "$(left pin)" = 3 ] || fail "the right PIN gives no tries back"
}

# Nor that of a PUK, however often a wrong one is given.
last_puk_try()
{
	local tries
	tries=$(left puk)
	[ "$tries" -gt 1 ] || fail "tries of the PUK: $tries"
	for _ in $(seq "$tries"); do
		FLOW_PUK=00000000 tool twca-pin reset --puk-source env:FLOW_PUK \
			--new-pin-source env:FLOW_NEW_PIN --yes --json
		expect 5 puk-wrong
	done
	said "only one try is left, and it is not risked"
	[ "$(left puk)" = 1 ] || fail "the last try of the PUK was spent"
}

# rows: M141 M142
scenario_post()
{
	through reset --json
	expect 10 counter-visit
	said "the card PIN cannot be reset at present"
	password=$new_password
	would reset 10 counter-visit
	in_chinese through reset
	said "目前無法重置晶片卡密碼"
	logs_in "$pin" || fail "the card was changed"
	ra enable-pin-reset --site post --account "$(ra list | awk -F'\t' 'NR == 2 { print $2 }')" >/dev/null ||
		fail "the counter does not enable it"
	in_chinese through reset
	[ "$status" = 0 ] || fail "reset: exit status $status"
	said "晶片卡密碼重置完成"
	logs_in "$new_pin" || fail "the new PIN does not count"
	new_pin=97531246
	through reset --json
	expect 10 counter-visit
	! logs_in "$new_pin" || fail "a second reset without the counter"
}

# rows: M143 M145
scenario_post_change()
{
	change --yes --json
	expect 2 reader-ambiguous
	printf '[site post]\nreader = PCD 01\n' >"$work/settings"
	pin=$TWCA_SANDBOX_PIN_1
	in_chinese change --yes --config "$work/settings"
	[ "$status" = 0 ] || fail "exit status $status"
	said "Virtual PCD 01 00"
	said "晶片卡密碼更改完成"
	change --yes --json --reader "PCD 01"
	expect 5 pin-wrong
	local kept=$new_pin
	pin=$kept new_pin=86427531 change --yes --json --reader "PCD 01"
	expect 0 ok
	pin=$TWCA_SANDBOX_PIN change --yes --json --reader "PCD 00"
	expect 0 ok
	wrong_puk
}

# With the PUK in the person's hands no RA is asked; its tries are counted.
wrong_puk()
{
	local tries=(--puk-source env:FLOW_PUK --new-pin-source env:FLOW_NEW_PIN --reader "PCD 00" --yes --json)
	export FLOW_PUK=00000000
	tool twca-pin reset "${tries[@]}"
	expect 5 puk-wrong
	local left
	left=$(json error.tries_left)
	[ "$left" -gt 1 ] || fail "tries left: $left"
	for ((left--; left > 0; left--)); do
		tool twca-pin reset "${tries[@]}" --force
		expect 5 puk-wrong
	done
	tool twca-pin reset "${tries[@]}" --force
	expect 6 puk-locked
	logs_in "$new_pin" || fail "the PIN was changed"
}

# The same command finishes a reset that was cut off, and neither PUK is lost.
# rows: M74
scenario_resume()
{
	for at in puk-changes confirmation; do
		for kind in drop-before drop-after; do
			ra fault "$kind" --path "$at" --count 20 >/dev/null || fail "no such fault"
			through reset --json
			[ "$status" = 9 ] || fail "exit status $status under $kind at $at"
			ra fault clear >/dev/null
			password=$new_password
			through reset --json
			expect 0 ok
			logs_in "$new_pin" || fail "the new PIN does not count after $kind at $at"
			[ "$(puk | cut -f2)" = - ] || fail "not confirmed after $kind at $at"
			new_pin=$((new_pin + 1))
		done
	done
}

# The card is pulled out around each command that changes it: PUK, new PIN, new PUK, and the next.
# Nothing is kept of the card between processes, so that six commands bind it, and these follow.
# rows: M74
scenario_removal()
{
	export TWCA_CARD_CACHE=no
	through verify --json
	expect 0 ok
	password=$new_password
	for out in "before 7" "after 7" "after 8" "after 9"; do
		# shellcheck disable=SC2086  # two words
		card remove-$out
		through reset --json
		[ "$status" = 7 ] || [ "$status" = 1 ] || fail "exit status $status, out $out"
		put_back
		through reset --json
		expect 0 ok
		logs_in "$new_pin" || fail "the new PIN does not count, out $out"
		[ "$(puk | cut -f2)" = - ] || fail "not confirmed, out $out"
		new_pin=$((new_pin + 1))
	done
}

"scenario_$1" || exit 1
rm -rf "$work"
