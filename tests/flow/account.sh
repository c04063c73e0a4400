#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# account.sh SITE: twca-account with its wrong inputs, at one site a run.
# soft: rows: M05 M06 M07 M26 M27
# fine: rows: M38 M46 M47 M48 M69 M70
# tipo: rows: M87 M88 M89 M110 M111
# post: rows: M118 M119 M120 M121 M127 M128 M129
# bts: rows: M158 M194
if [ -z "${FLOW_INSIDE:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	options=(--site "$1")
	[ "$1" != soft ] && [ "$1" != bts ] || options+=(--card none)
	FLOW_INSIDE=1 exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$@"
fi
# shellcheck source=tests/flow/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
kept=$XDG_RUNTIME_DIR/twca/session-$1.json

# run VERB OPTION...: with the passwords
run()
{
	tool twca-account "$1" --password-source env:FLOW_PW --new-password-source env:FLOW_NEW "${@:2}"
	! grep -qF "$password" "$work/out" "$work/err" || fail "the password was shown"
	! grep -lrqF "$password" "$XDG_STATE_HOME" 2>/dev/null || fail "the password is in a file"
}

log_in()
{
	run login --no-input --json
	expect 0 ok
}

log_out()
{
	tool twca-account logout --yes --json
	expect 0 ok
}

wrong_inputs()
{
	local right=$password
	if [ "$site" != post ] && [ "$site" != bts ]; then
		captcha="echo 000000; :" run login --no-input --json
		expect 4 captcha-wrong
		status=0 # each wrong answer is followed by another picture; an empty line ends it
		FLOW_PW=$password "$flow_dir/dialog" ".png: " 000000 "with a new picture" "!true" ".png: " "" -- \
			env -u TWCA_CAPTCHA_COMMAND twca-account login --site "$site" --account "$account" \
			--password-source env:FLOW_PW >"$work/out" 2>"$work/err" || status=$?
		[ "$status" = 12 ] || fail "an empty line: exit status $status"
		[ "$(grep -o 'twca-captcha-[A-Za-z0-9]*' "$work/out" | sort -u | wc -l)" = 2 ] ||
			fail "the same picture again"
	fi
	password=Wrong1234
	run login --no-input --json
	expect 4 login-refused
	[ "$(json error.tries_left)" = 2 ] || fail "tries left: $(json error.tries_left)"
	[ ! -e "$kept" ] || fail "a session was kept"
	password=$right
	tool twca-account status --json
	expect 4 not-logged-in
}

# With the initial password nothing but its change.
first_login()
{
	for verb in login profile; do
		tool twca-account "$verb" --password-source env:FLOW_PW --no-input --json
		expect 4 password-change-needed
	done
	new_password=short
	run login --no-input --json
	expect 4 password-rule
	new_password=Second12
	dry run login --no-input --json
	expect 4 password-change-needed
	log_in
	password=$new_password
}

# What would change something looks only.
dry_runs()
{
	dry run login --no-input --json
	expect 0 ok
	new_password=Third345 dry run password --no-input
	[ "$status" = 0 ] || fail "exit status $status"
	dry tool twca-account logout --json
	expect 0 ok
	new_password=short dry run password --no-input --json
	[ "$status" = 4 ] || fail "exit status $status"
}

# The session is kept for other commands, for this user alone.
session_kept()
{
	[ "$(stat -c %a "$kept")" = 600 ] || fail "the session's file has mode $(stat -c %a "$kept")"
	tool twca-account status --json
	expect 0 ok
	[ "$(json account)" = "$account" ] || fail "account $(json account)"
	! grep -qF "$(jq -r .token "$kept")" "$work/out" "$work/err" || fail "the token was shown"
	tool twca-account profile --no-input --json
	expect 0 ok
	tool twca-account profile --no-input
	said "$TWCA_SANDBOX_NAME"
}

change_password()
{
	status=0
	FLOW_PW=$password "$flow_dir/dialog" "New site password: " Different1 "The same again: " Different2 \
		-- twca-account password --json --password-source env:FLOW_PW >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 2 ] || fail "unequal new passwords: exit status $status"
	grep -q '"code": "new-password-unequal"' "$work/out" || fail "another code than new-password-unequal"
	local right=$password
	password=Wrong1234 new_password=Third345
	run password --no-input --json
	expect 4 login-refused
	password=$right new_password=$right
	run password --no-input --json
	expect 4 password-rule
	new_password=Third345
	LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po run password --no-input
	[ "$status" = 0 ] || fail "exit status $status"
	said "$1"
	rm -f "$kept"
	password=$right
	run login --no-input --json
	expect 4 login-refused
	password=$new_password
	log_in
}

# Ended on both sides: the token is refused when somebody has kept it.
log_out_whole()
{
	cp "$kept" "$work/stolen"
	status=0
	"$flow_dir/dialog" "Log out of the system?" n -- twca-account logout >"$work/out" 2>&1 || status=$?
	[ "$status" = 12 ] || fail "logout answered with no: exit status $status"
	[ -e "$kept" ] || fail "it was forgotten all the same"
	in_chinese tool twca-account logout --yes
	said "登出成功"
	[ ! -e "$kept" ] || fail "it is still kept"
	cp "$work/stolen" "$kept"
	tool twca-account status --json
	expect 4 not-logged-in
	tool twca-account logout --yes --json
	expect 3 nothing-to-do
}

lock_out()
{
	local right=$password
	password=Wrong1234
	run login --no-input --json
	expect 4 login-refused
	run login --no-input --json
	expect 4 login-refused
	[ "$(json error.tries_left)" = 1 ] || fail "tries left: $(json error.tries_left)"
	run login --no-input --json
	expect 4 login-locked
	password=$right
	run login --no-input --json
	expect 4 login-locked
	[ "$site" = bts ] || [ "$site" = post ] || said "$1"
	in_chinese run login --no-input
	said "登入網站權限已暫停"
	said "$1"
	[ "$(grep -c "[a-z] [a-z]* [a-z]" "$work/err")" = 0 ] || fail "English in a Chinese text"
	tool twca-account reset-help --json
	expect 0 ok
	grep -qF "$1" "$work/out" || fail "reset-help does not name the form"
	in_chinese tool twca-account reset-help
	said "$1"
}

scenario_soft()
{
	wrong_inputs
	first_login
	session_kept
	dry_runs
	change_password "密碼更改成功"
	log_out_whole
	lock_out "用戶憑證作業網站密碼重新設定申請單"
	said "郵寄"
}

scenario_fine()
{
	wrong_inputs
	first_login
	TWCA_PKCS11_MODULE=/nowhere run login --json --no-input
	expect 0 ok
	said "twca-check env --site fine"
	session_kept
	change_password "密碼更改成功"
	log_out_whole
	lock_out "TWCA FINE 金融資訊交換平台憑證作業網站密碼重新設定申請單"
	said "憑證聯絡人"
}

scenario_tipo()
{
	wrong_inputs
	first_login
	session_kept
	change_password "密碼更改成功"
	log_out_whole
	lock_out "經濟部智慧財產局專屬用戶憑證作業網站密碼重新設定申請單"
	said "電子"
}

# The rule of new passwords is kept before anything is sent: the RA would not answer.
too_weak()
{
	ra fault drop-before --path password --count 20 >/dev/null || fail "no such fault"
	for new_password in Ab1 alllower1 ALLUPPER1 NoDigits; do
		LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po run password --no-input
		[ "$status" = 4 ] || fail "$new_password: exit status $status"
		said "新密碼應以大小寫英數字組合且長度為 6 個字元以上"
	done
	ra fault clear >/dev/null
}

scenario_post()
{
	wrong_inputs
	status=0 # by hand, with this site's words; an empty new password ends it
	in_chinese "$flow_dir/dialog" "憑證識別碼(CN)：" "$account" "登入密碼：" "$password" "新的網站密碼：" "" -- \
		env -u TWCA_ACCOUNT twca-account login --site post >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 12 ] || fail "by hand: exit status $status"
	tool twca-account profile --password-source env:FLOW_PW --no-input --json
	expect 4 password-change-needed
	too_weak
	new_password=Second12
	LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po run login --no-input
	[ "$status" = 0 ] || fail "exit status $status"
	said "你第一次登入需變更密碼"
	said "登入密碼變更重置成功，下次請使用新密碼登入。"
	said "注意：如果您使用憑證晶片卡作為憑證載具，請確認已經安裝「讀卡機驅動程式」與「晶片卡驅動程式」並重新開機。若尚未安裝請點選 此處 下載並安裝驅動程式。"
	password=$new_password
	session_kept
	tool twca-account status
	said "twca-pin reset"
	tool twca-account profile --email new@example.org --telephone 02-8765 --json
	expect 0 ok
	tool twca-account profile --json
	[ "$(json profile.email)" = new@example.org ] || fail "e-mail: $(json profile.email)"
	[ "$(json profile.telephone)" = 02-8765 ] || fail "telephone: $(json profile.telephone)"
	in_chinese tool twca-account profile --email other@example.org
	said "使用者資料變更完成"
	dry tool twca-account profile --email dry@example.org --json
	expect 0 ok
	[ "$(json profile.email)" = other@example.org ] || fail "e-mail: $(json profile.email)"
	tool twca-account profile --email "no address" --json
	expect 10 ra-refused
	tool twca-account profile --name Somebody
	[ "$status" = 2 ] || fail "another field: exit status $status"
	too_weak
	dry_runs
	change_password "登入密碼變更重置成功，下次請使用新密碼登入。"
	log_out_whole
}

scenario_bts()
{
	tool twca-account profile --no-input --json
	expect 4 input-needed
	wrong_inputs
	log_in
	session_kept
	log_out_whole
	tool twca-account profile --no-input --json
	expect 4 input-needed
	tool twca-account reset-help
	[ "$status" = 0 ] || fail "exit status $status"
}

"scenario_$1" || exit 1
rm -rf "$work"
