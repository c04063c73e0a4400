#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# twca-export backup, import, password, security on certificate files, without an RA:
# export_file.sh SCENARIO.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ "${1-}" != inside ]; then
	exec "$here/../sandbox" --card none --soft --no-ra -- "$0" inside "$@"
fi
scenario=$2
work=$(mktemp -d)
# shellcheck source=tests/flow/json-lib.sh
. "$here/json-lib.sh"
# shellcheck source=tests/flow/dry-lib.sh
. "$here/dry-lib.sh"
cd "$work" || exit 1
id=$TWCA_SANDBOX_SOFT_NAME
key_password=$TWCA_SANDBOX_SOFT_PIN new_password=New1 export_password=Backup77
site=soft

fail()
{
	echo "FAILED: $*" >&2
	sed 's/^/  stderr: /' "$work/err" >&2
	sed 's/^/  stdout: /' "$work/out" >&2
	exit 1
}

# run WORD...: unattended, secrets by the environment; status in $status
run()
{
	status=0
	KEY=$key_password NEW=$new_password EXPORT=$export_password TWCA_SITE=$site \
		twca-export --pin-source env:KEY --new-pin-source env:NEW \
		--export-password-source env:EXPORT --no-input "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# told STATUS CODE WORD...: --json, valid by its schema
told()
{
	local want=$1 code=$2
	shift 2
	run "$@" --json
	keep_json twca-export
	[ "$status" = "$want" ] || fail "status $status instead of $want"
	grep -q "\"code\": \"$code\"" "$work/out" || fail "not the code $code"
}

said()
{
	grep -qF -- "$1" "$work/out" "$work/err" || fail "did not say: $1"
}

# opens FILE PASSWORD: by OpenSSL
opens()
{
	PASSWORD=$2 openssl pkcs12 "${legacy[@]}" -in "$1" -passin env:PASSWORD -noenc 2>/dev/null
}
legacy=()

# all that the token's directory holds
snapshot()
{
	find "$XDG_DATA_HOME/twca" -type f ! -name .lock -exec sha256sum {} + | sort
}

other_computer()
{
	export XDG_DATA_HOME=$work/other-computer
	mkdir -p "$XDG_DATA_HOME"
}

# prompts LABEL: always, once or never
prompts()
{
	PROMPTS_PIN=$key_password "$here/prompts" "$1" </dev/null
}

# A file of OpenSSL as others would make it: foreign FILE OPTION...
foreign()
{
	local file=$1
	shift
	(umask 077 && twca-make-key 2048 >"$work/f.key") || fail "no key"
	openssl req -x509 -new -key "$work/f.key" -days 30 -subj "/CN=$id" -out "$work/f.pem" 2>/dev/null
	PASSWORD=$export_password openssl pkcs12 -export -inkey "$work/f.key" -in "$work/f.pem" \
		-name foreign -passout env:PASSWORD -out "$file" "$@" || fail "openssl pkcs12"
}

# rows: M28
scenario_backup()
{
	local before
	before=$(snapshot)
	told 4 input-needed backup --pin-source file:/dev/null
	key_password=wrong told 5 file-password-wrong backup
	new_password=x export_password=abc told 4 file-password-rule backup
	[ -z "$(ls ./*.pfx 2>/dev/null)" ] || fail "something was written"
	dry told 0 ok backup
	[ -z "$(ls ./*.pfx 2>/dev/null)" ] || fail "a dry run wrote"
	run backup
	[ "$status" = 0 ] || fail "status $status"
	said "Export succeeded."
	said "Keep the file and its password safe"
	[ "$(stat -c %a "$id.pfx")" = 600 ] || fail "others can read it"
	opens "$id.pfx" "$export_password" >content || fail "does not open with the export password"
	[ "$(grep -c 'BEGIN CERTIFICATE' content)" = 2 ] && [ "$(grep -c 'BEGIN PRIVATE KEY' content)" = 2 ] ||
		fail "not all keys and certificates"
	! opens "$id.pfx" "$key_password" >/dev/null || fail "opens with the key password"
	told 2 file-exists backup
	mkdir folder
	told 0 ok backup folder
	told 2 file-name backup folder/mine.bin
	told 0 ok backup folder/mine.pfx
	[ "$(snapshot)" = "$before" ] || fail "the token changed"
	[ "$(prompts "$id")" = once ] || fail "the key does not stay"
	site=fine told 2 key-on-card backup folder/fine.pfx
	other_computer
	told 7 no-key-file backup folder/none.pfx
}

# A person at the terminal. rows: M28
scenario_asked()
{
	local dialog=("$here/dialog")
	"${dialog[@]}" "Password of the certificate file" wrong1 \
		"Password of the certificate file" "$key_password" "Password of the backup file" "$export_password" \
		"The same again" other -- twca-export backup --site soft >"$work/out" 2>"$work/err"
	[ $? = 2 ] || fail "unequal passwords"
	[ ! -e "$id.pfx" ] || fail "something was written"
	"${dialog[@]}" "Password of the certificate file" "$key_password" \
		"Password of the backup file" "$export_password" "The same again" "$export_password" -- \
		twca-export backup --site soft >"$work/out" 2>"$work/err" || fail "backup"
	opens "$id.pfx" "$export_password" >/dev/null || fail "does not open"
	other_computer
	"${dialog[@]}" "Password of the backup file" wrong1 \
		"Password of the backup file" "$export_password" "Label of the key" L999 \
		"New password" "$new_password" "The same again" "$new_password" -- \
		twca-export import "$id.pfx" --site soft >"$work/out" 2>"$work/err" || fail "import"
	key_password=$new_password
	[ "$(prompts L999)" = always ] || fail "not asked at each use"
	twca-export security 3 --site bts --no-input >"$work/out" 2>"$work/err"
	[ $? = 7 ] || fail "the identity of another site was taken"
	"${dialog[@]}" "Security level" 3 "Never ask for the password?" yes "Password of the certificate file" \
		"$new_password" -- twca-export security --site bts --token pkcs11:token=L999 >"$work/out" 2>"$work/err" || fail "security"
	[ "$(prompts L999)" = never ] || fail "still asked"
}

# rows: M29 M31
scenario_restore()
{
	run backup
	other_computer
	dry told 0 ok import "$id.pfx"
	[ -z "$(ls -A "$XDG_DATA_HOME")" ] || fail "a dry run wrote"
	new_password=abc told 4 file-password-rule import "$id.pfx" --label John
	told 0 ok import "$id.pfx" --label John
	grep -q '"level": 1' "$work/out" || fail "soft is not at level High"
	run import "$id.pfx" --label John --force
	said "High: permission and password at each use"
	key_password=$new_password
	[ "$(prompts John)" = always ] || fail "not asked at each use"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --list-objects --type cert 2>/dev/null | grep -q 'label: *John' ||
		fail "the certificate has not the new label"
	export_password=Again88
	told 0 ok backup again.pfx
	opens again.pfx Again88 >/dev/null || fail "the key cannot be exported again"
	export_password=Backup77
	told 2 file-exists import "$id.pfx" --label John
	new_password=Replaced1
	told 0 ok import "$id.pfx" --label John --force
	key_password=$new_password
	[ "$(prompts John)" = always ] || fail "the replaced one does not sign"
	told 2 usage import "$id.pfx" --label ../x
	told 2 usage import
	site=fine told 2 key-on-card password
}

# rows: M30
scenario_damaged()
{
	local before
	run backup
	before=$(snapshot)
	export_password=wrong told 5 file-password-wrong import "$id.pfx" --label New
	head -c 1000 "$id.pfx" >short.pfx
	told 13 file-damaged import short.pfx
	/usr/bin/python3 - "$id.pfx" flipped.pfx <<'END'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
at = data.index(b'rsa')  # in the certificate's name
data[at] ^= 1
open(sys.argv[2], 'wb').write(data)
END
	told 13 file-damaged import flipped.pfx
	: >empty.pfx
	told 13 file-damaged import empty.pfx
	echo "no PFX file" >text.pfx
	told 13 file-damaged import text.pfx
	told 13 file-damaged import "$work"
	told 1 system import absent.pfx
	openssl req -x509 -newkey rsa:2048 -noenc -days 30 -subj "/CN=x" -keyout x.key -out x.pem 2>/dev/null
	PASSWORD=$export_password openssl pkcs12 -export -nokeys -in x.pem -passout env:PASSWORD -out nokey.pfx
	told 13 file-damaged import nokey.pfx
	said "no private key is in it"
	[ "$(snapshot)" = "$before" ] || fail "the token changed"
}

# Files of others under RC2 or 3DES: only after a warning. rows: M29
scenario_old()
{
	local kind
	for kind in "-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-3DES -macalg sha1" \
		"-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"; do
		# shellcheck disable=SC2086
		foreign old.pfx $kind
		told 13 file-old-cipher import old.pfx --label Old
		told 0 ok import old.pfx --label Old --old-ciphers --force
		said "old, weak cipher"
		opens "$XDG_DATA_HOME/twca/Old/Old.pfx" "$new_password" >/dev/null || fail "not written anew"
		! grep -qa "$(printf '\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01')" "$XDG_DATA_HOME/twca/Old/Old.pfx" ||
			fail "still under an old cipher"
	done
	key_password=$new_password
	[ "$(prompts Old)" = always ] || fail "does not sign"
	foreign new.pfx
	told 0 ok import new.pfx --label New
	! grep -q weak "$work/err" || fail "warned of a good one"
}

# The name of a file is the identifier, at bts. rows: M183
scenario_names()
{
	site=bts
	foreign "$id.pfx"
	cp "$id.pfx" B999.pfx
	cp "$id.pfx" "$id.p12"
	other_computer
	told 2 file-name import B999.pfx
	told 2 file-name import "$id.p12"
	run import B999.pfx
	said "Do not change the file name."
	[ -z "$(ls -A "$XDG_DATA_HOME")" ] || fail "something was written"
	told 0 ok import "$id.pfx" --level 2
	[ -e "$XDG_DATA_HOME/twca/$id/$id.pfx" ] || fail "not under its name"
	run import "$id.pfx" --force --level 3 --yes
	said "twca-cert status"
	key_password=$new_password
	[ "$(prompts "$id")" = never ] || fail "asked at level 3"
	told 0 ok import "$id.pfx" --force --level 1
	[ "$(prompts "$id")" = always ] || fail "the stored password stays"
	[ ! -e "$XDG_DATA_HOME/twca/$id/password" ] || fail "the stored password stays"
}

# rows: M185 M186
scenario_password()
{
	local before
	site=bts
	before=$(snapshot)
	key_password=wrong told 5 file-password-wrong password
	new_password=abc told 4 file-password-rule password
	dry told 0 ok password
	chmod a-w "$TWCA_SANDBOX_SOFT_DIR"
	if [ "$(id -u)" != 0 ]; then
		told 1 card-read-only password
	fi
	chmod u+w "$TWCA_SANDBOX_SOFT_DIR"
	mkdir "$TWCA_SANDBOX_SOFT_DIR/.stage"
	touch "$TWCA_SANDBOX_SOFT_DIR/.stage/left-by-a-crash"
	[ "$(snapshot | grep -v left-by-a-crash)" = "$before" ] || fail "a failure changed the file"
	run password
	[ "$status" = 0 ] || fail "status $status"
	said "The file password was changed."
	said "$TWCA_SANDBOX_SOFT_DIR"
	told 5 file-password-wrong password
	key_password=$new_password
	[ "$(prompts "$id")" = once ] || fail "the new password does not work"
	[ "$(find "$TWCA_SANDBOX_SOFT_DIR" -name '*.pfx' | wc -l)" = 2 ] || fail "files were lost"
	other_computer
	told 7 no-key-file password
	said "twca-export import"
}

# A process that ran before keeps its level. rows: M187 M188 M189 M190 M191
scenario_levels()
{
	site=bts
	key_password=wrong told 5 file-password-wrong security 1
	told 2 usage security 4
	told 2 usage security 22
	told 0 ok security
	grep -q '"level": 2' "$work/out" || fail "level 2 is the usual one"
	mkfifo "$work/ask"
	PROMPTS_PIN=$key_password "$here/prompts" "$id" <"$work/ask" >"$work/answers" &
	local process=$!
	exec 8>"$work/ask"
	for _ in $(seq 600); do [ -s "$work/answers" ] && break || sleep 0.1; done
	run security 1
	said "Done."
	said "Close the browser for the new setting to take effect."
	[ "$(prompts "$id")" = always ] || fail "level 1"
	told 4 input-needed security 3
	told 0 ok security 3 --yes
	said "has the key"
	[ "$(prompts "$id")" = never ] || fail "level 3"
	dry told 0 ok security 1
	told 0 ok security
	grep -q '"level": 3' "$work/out" || fail "a dry run changed it"
	echo again >&8
	exec 8>&-
	wait "$process" || fail "the old process failed"
	[ "$(tr '\n' ' ' <"$work/answers")" = "once once " ] ||
		fail "the old process went on with: $(tr '\n' ' ' <"$work/answers")"
	told 0 ok security 2
	[ "$(prompts "$id")" = once ] || fail "level 2"
	[ ! -e "$TWCA_SANDBOX_SOFT_DIR/password" ] || fail "the password stays on the disk"
	site=soft told 2 usage security 2
}

# rows: M28 M29 M183 M185 M187
scenario_chinese()
{
	export LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po
	run backup
	said 匯出成功
	rm "$id.pfx"
	foreign "$id.pfx"
	run import "$id.pfx" --label John
	said 匯入成功
	site=bts
	run import B.pfx
	mv "$id.pfx" wrong.pfx
	run import wrong.pfx
	said 憑證檔案名稱請勿自行修改
	run password --token "pkcs11:token=$id"
	said 密碼變更成功
	key_password=$new_password
	run security 2 --token "pkcs11:token=$id"
	said 執行成功
	said 登入後第一次下單詢問憑證密碼
	said 請關閉瀏覽器畫面，新的設定值才會生效
	new_password=abc run password --token "pkcs11:token=$id"
	said '請自行設定憑證密碼，密碼長度最少四位數以上(英數不拘)'
}

"scenario_$scenario"
