#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# info.sh SCENARIO: what twca-info shows of each site, a site a run.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	site=$1 options=()
	case $1 in
	post) options=(--files) ;;
	wrong) site=post options=(--files) ;;
	esac
	exec "$top/tests/sandbox" --site "$site" "${options[@]}" --card none -- "$0" "$1"
fi
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"

info()
{
	status=0
	twca-info "$@" >"$work/out" 2>"$work/err" || status=$?
}

# shown TEXT...: the last run went well and said all of it
shown()
{
	[ "$status" = 0 ] || fail "exit status $status"
	for text; do
		said "$text"
	done
}

ends()
{
	[ "$status" = "$1" ] || fail "exit status $status instead of $1"
	[ -z "${2:-}" ] || said "$2"
}

fits_schema()
{
	keep_json twca-info
}

nobody_logged_in()
{
	! grep -q sessions "$TWCA_SANDBOX_LOGS/ra-requests" || fail "a login was made"
}

# rows: M122 M123 M124 M125 M126 M144
scenario_post()
{
	info about
	shown "關於憑證" "憑證是網路上的身分證。"
	info notices
	shown "1. 系統維護公告" "Date: 2026-06-01" "2. 憑證展期公告" "Date: 2026-01-15"
	[ "$(grep -n 系統維護公告 "$work/out" | cut -d: -f1)" = 1 ] || fail "the newest is not first"
	! grep -q "三十日" "$work/out" || fail "the list shows a notice in full"
	info notices 2
	shown "憑證展期公告" "憑證到期前三十日起可辦理展期。"
	info documents
	shown "憑證使用手冊" "guide.txt"
	info documents 1 --save "$work/guide"
	shown "Saved: $work/guide"
	grep -q "第一章 申請" "$work/guide" || fail "another document was saved"
	info faq
	shown "忘記晶片卡密碼怎麼辦？" "請至櫃檯申請後"
	info links
	shown "中華郵政全球資訊網" "https://www.post.gov.tw/"
	info drivers
	shown "ACR38 驅動程式" "Reader: ACS ACR38U" "System: windows" "Architecture: x86 x64" "pcscd libacsccid1"
	info drivers 1 --save "$work"
	shown "$work/ACR38-driver.txt"
	[ -s "$work/ACR38-driver.txt" ] || fail "the driver was not saved"
	info drivers 2 --save -
	shown "Install the distribution packages"
	for kind in about notices documents faq links drivers; do
		info "$kind" --json
		fits_schema
		[ "$(json kind)" = "$kind" ] || fail "kind $(json kind)"
	done
	nobody_logged_in
}

# rows: M03 M04
scenario_soft()
{
	info documents
	shown "憑證實務作業基準" "http://www.twca.com.tw/Portal/save/save.html"
	info forms register
	shown "憑證註冊申請單" "Where: in person at the counter" "Papers: 證明文件" "網站密碼單" "Nothing was changed"
	[ "$(grep -c 申請單 "$work/out")" = 1 ] || fail "more than the one form"
	nobody_logged_in
}

# rows: M35 M40 M44
scenario_fine()
{
	info documents
	shown "憑證實務作業基準" "http://www.twca.com.tw/Portal/save/save.html"
	info forms
	shown "TWCA FINE 金融資訊交換平台憑證註冊申請單" "Where: by mail, in person at the counter" "晶片卡二張" \
		"Contact: TWCA 櫃檯"
	info forms --json
	fits_schema
	info drivers --save "$work/driver"
	shown "$work/driver"
	info drivers
	shown "pcscd libccid"
	info notices
	ends 10 "does not offer that (notices)"
}

# rows: M82 M83 M86
scenario_tipo()
{
	info documents
	shown "憑證實務作業基準" "http://www.twca.com.tw"
	info forms register
	shown "憑證註冊申請單" "in person at the counter" "證明文件" "You receive: 晶片卡" "晶片卡密碼單" "網站密碼單"
	info drivers
	shown "Packages: pcscd libccid"
	export LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po
	info forms resume
	shown "經濟部智慧財產局專屬用戶憑證復用申請單" "辦理方式：郵寄、臨櫃" "交付項目：新網站密碼單" "未作任何變更"
}

# rows: M166
scenario_bts()
{
	info forms slip
	shown "憑證密碼單" "開戶所屬單位臨櫃領取" "in person at the counter" "須由本人親自領取" "07-7999660" "08:30-17:00" \
		"Nothing was changed"
	nobody_logged_in
	[ "$(ra list | grep -c bts10000001)" = 1 ] || fail "the person is not as before"
}

# wrong inputs of rows: M123 M124 M144
scenario_wrong()
{
	info
	ends 2 "a command is missing"
	info gossip
	ends 2 "there is no command gossip"
	info notices 9
	ends 2 "there is no entry 9; there are 2"
	info notices 0 --json
	ends 2
	fits_schema
	info about 1
	ends 2
	info faq --save "$work/x"
	ends 2 "only documents and drivers can be saved"
	info drivers --save "$work/x"
	ends 2 "which one is to be saved? Give its number, from 1 to 2"
	[ ! -e "$work/x" ] || fail "something was written"
	echo mine >"$work/x"
	info documents --save "$work/x"
	ends 2 "exists; give --force"
	[ "$(cat "$work/x")" = mine ] || fail "the file was replaced"
	info documents --save "$work/x" --force
	ends 0
	grep -q "第一章" "$work/x" || fail "--force did not replace the file"
	info documents --save "$work/none/x"
	ends 1 "No such file"
	info documents --save - --json
	ends 2 "standard output cannot take both"
	[ -z "$(find "$work" -name '*.??????' -newer "$work/x")" ] || fail "a temporary file was left"
	info --site nowhere faq
	ends 2 "there are: soft, fine, tipo, post, bts"
	info --ra-url https://127.0.0.1:9/ faq
	ends 9
	ra fault drop-before --path faq --count 9
	info faq
	ends 9
	ra fault clear
	ra fault bad-json --path faq
	info faq
	ends 13
}

"scenario_$1"
echo "$1: ok"
