#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# check.sh SCENARIO: twca-check with what may be missing, one scenario a run. Each says its rows.
if [ -z "${FLOW_INSIDE:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	case $1 in
	bts) options=(--site bts --card none) ;;
	soft) options=(--site soft --card none) ;;
	layers) options=(--site post) ;;
	sign) options=(--site post --no-ra) ;;
	*) options=(--site fine) ;;
	esac
	FLOW_INSIDE=1 exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$@"
fi
# shellcheck source=tests/flow/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"

# env OPTION...
environment()
{
	tool twca-check env --json "$@"
}

# is ITEM RESULT: of the last environment
is()
{
	local result
	result=$(jq -r --arg id "$1" '.items[] | select(.id == $id) | .result' "$work/out")
	[ "$result" = "$2" ] || fail "$1: $result instead of $2"
}

firefox_profile()
{
	mkdir -p "$HOME/.mozilla/firefox/abc.default"
	printf '[Profile0]\nName=default\nIsRelative=1\nPath=abc.default\n' \
		>"$HOME/.mozilla/firefox/profiles.ini"
	certutil -N -d "sql:$HOME/.mozilla/firefox/abc.default" --empty-password ||
		fail "no database can be made"
}

# rows: M34 M36 M37 M42 M45 M78 M79
scenario_env()
{
	firefox_profile
	environment
	expect 1 environment
	for item in system module service reader card trust clock ra; do
		is "$item" pass
	done
	is p11-kit fail
	is browsers warn
	is folder skip
	dry environment --fix p11-kit
	said "Nothing was changed (--dry-run)."
	dry environment --fix-all
	is p11-kit fail
	mkdir -p "$XDG_CONFIG_HOME/pkcs11/modules" # a registration of another file is none
	echo "module: /usr/lib/old.so" >"$XDG_CONFIG_HOME/pkcs11/modules/twca-pkcs11.module"
	environment
	is p11-kit fail
	tool twca-check env --fix p11-kit
	[ "$status" = 0 ] || fail "repair: exit status $status"
	said "Repaired: Registration at p11-kit"
	said "Close all browser windows and open the browser again"
	environment
	expect 0 ok
	is p11-kit pass
	is browsers warn
	tool twca-check env
	said "Security Devices, Load: $TWCA_PKCS11_MODULE"
	in_chinese tool twca-check env --fix-all
	[ "$status" = 0 ] || fail "repair: exit status $status"
	said "請關閉所有瀏覽器視窗後重新開啟，新的設定值才會生效。"
	environment
	is browsers pass
	modutil -dbdir "sql:$HOME/.mozilla/firefox/abc.default" -list 2>/dev/null | grep -q "TWCA PKCS#11" ||
		fail "the browser's database does not have the module"
	TWCA_RA_URL=https://127.0.0.1:1/ environment
	expect 1 environment
	is ra fail
	TWCA_RA_CA=/etc/ssl/certs/ca-certificates.crt environment
	is trust fail
	ra clock --now 2030-01-01T00:00:00Z >/dev/null
	tool twca-check env --color=always
	[ "$status" = 1 ] || fail "exit status $status"
	grep -q $'^\033\\[31mFAIL\033\\[0m  *Clock' "$work/out" || fail "what failed is not red"
	grep -q $'^\033\\[34mpass\033\\[0m  *Card reader' "$work/out" || fail "what passed is not blue"
	said "sudo timedatectl set-ntp true"
	tool twca-check env --fix clock --json
	expect 1 cannot-fix
	tool twca-check env --fix nonsense --json
	expect 2 usage
	TWCA_PKCS11_MODULE=/nowhere.so environment
	is module fail
	caged
}

# Browsers that are shut off: what each still needs, until it has it.
caged()
{
	is caged-browsers skip
	mkdir -p "$HOME/snap/firefox/common/.mozilla/firefox" \
		"$HOME/.var/app/org.chromium.Chromium/.pki/nssdb" "$XDG_DATA_HOME/flatpak/overrides"
	mkdir "$HOME/snap/firefox/common/.mozilla/firefox/a.default"
	: >"$HOME/snap/firefox/common/.mozilla/firefox/a.default/cert9.db"
	environment
	is caged-browsers warn
	said "Firefox (snap), Chromium (flatpak)"
	said "systemctl --user enable --now p11-kit-server.socket; flatpak override --user --filesystem=xdg-run/p11-kit/pkcs11 org.chromium.Chromium"
	tool twca-check env --fix caged-browsers --json
	expect 1 cannot-fix
	mkdir -p "$XDG_RUNTIME_DIR/p11-kit"
	: >"$XDG_RUNTIME_DIR/p11-kit/pkcs11"
	environment
	is caged-browsers warn
	! grep -q systemctl "$work/out" || fail "the server is there"
	printf '[Context]\nfilesystems=xdg-run/p11-kit/pkcs11;\n' >"$XDG_DATA_HOME/flatpak/overrides/org.chromium.Chromium"
	environment
	is caged-browsers pass
}

# wait_for CODE: until the readers are in this state
wait_for()
{
	for _ in $(seq 300); do
		tool twca-check reader --json
		[ "$(json code)" != "$1" ] || return 0
		sleep 0.1
	done
	fail "never $1"
}

# The URI that is shown names the card to every tool; another one names none.
uris()
{
	local uri
	tool twca-check reader --json
	uri=$(jq -r '.readers[0].uri' "$work/out")
	for one in "$uri" "$uri;object=a%20key;type=private"; do
		tool twca-check card --token "$one" --json
		expect 0 ok
		tool twca-pin status --token "$one" --json
		expect 0 ok
		[ "$(jq -r '.cards[0].uri' "$work/out")" = "$uri" ] || fail "the URI differs"
	done
	tool twca-check card --token "pkcs11:serial=0000" --json
	expect 7 no-card
	tool twca-pin status --token "pkcs11:serial=0000" --json
	expect 7 no-card
	tool twca-check card --token "pkcs11:serial" --json
	expect 2 usage
}

# Each layer under the card is told apart, with its remedy.
# rows: M34 M41 M43 M80 M84 M85 M130
scenario_layers()
{
	tool twca-check reader --json
	expect 0 ok
	[ "$(jq -r '.readers[0].card' "$work/out")" = ready ] || fail "no card is shown"
	tool twca-check card --json
	expect 0 ok
	[ "$(json module.rsa_bits)" -ge 2048 ] || fail "$(json module.rsa_bits) bits"
	uris
	tool twca-check card
	said "Card software test OK"
	said "RSA keys: up to 2"
	said "not registered: twca-export register"
	tool twca-check env --fix p11-kit
	tool twca-check card --json
	expect 0 ok
	[ "$(json module.registered)" = True ] || fail "the registration does not show"
	in_chinese tool twca-check card --site fine
	said "TWCA CSP for Enterprise test OK"
	LD_PRELOAD=$TWCA_BUILD/tests/reader/refused.so tool twca-check card --json
	expect 4 access-denied
	said "log in at the machine"
	TWCA_PKCS11_MODULE=/nowhere.so tool twca-check card --json
	expect 7 module
	said "Install the package twca-pkcs11 (as root)"
	card remove
	for _ in $(seq 300); do
		tool twca-check card --json
		[ "$(json code)" != no-card ] || break
		sleep 0.1
	done
	expect 7 no-card
	said "Insert the card."
	tool twca-check reader
	said "no card in the reader"
	local pcscd
	pcscd=$(tr -d '\0' </run/pcscd/pcscd.pid)
	kill "$pcscd"
	for _ in $(seq 300); do
		kill -0 "$pcscd" 2>/dev/null || break
		sleep 0.1
	done
	wait_for no-service
	tool twca-check card --json
	expect 7 no-service
	said "sudo systemctl enable --now pcscd.socket"
	mkdir "$work/no-readers"
	# shellcheck disable=SC2046  # no word where pcscd does not know it
	setsid pcscd --foreground --config "$work/no-readers" \
		$(pcscd --help 2>&1 | grep -o -m1 -- --disable-polkit) >/dev/null 2>&1 </dev/null &
	wait_for no-reader
	tool twca-check card --json
	expect 7 no-reader
	said "install its driver: sudo apt install pcscd libccid"
	said "twca-info drivers --site post"
	for site in fine tipo post; do
		environment
		[ "$status" = 1 ] || fail "exit status $status without a reader at $site"
		is reader fail
		is service pass
	done
}

# rows: M146
scenario_sign()
{
	tool twca-check sign --pin-source env:FLOW_PIN --json
	expect 3 nothing-to-do
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --keypairgen --key-type rsa:2048 \
		--id 51 --label test >/dev/null 2>&1 || fail "no key pair"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --read-object --type pubkey --id 51 \
		--output-file "$work/public.der" >/dev/null 2>&1 || fail "no public key"
	openssl rsa -pubin -inform DER -in "$work/public.der" -out "$work/public.pem" 2>/dev/null
	openssl req -new -newkey rsa:2048 -nodes -keyout "$work/other.pem" -subj /CN=somebody \
		-out "$work/request.pem" 2>/dev/null
	echo "basicConstraints = critical, CA:FALSE" >"$work/extensions"
	local with
	for kind in right wrong; do
		with=()
		[ "$kind" = wrong ] || with=(-force_pubkey "$work/public.pem")
		openssl x509 -req -in "$work/request.pem" -signkey "$work/other.pem" -outform DER \
			-extfile "$work/extensions" "${with[@]}" \
			-out "$work/$kind.der" 2>/dev/null || fail "no certificate"
	done
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --type cert --id 51 \
		--write-object "$work/right.der" >/dev/null 2>&1 || fail "it cannot be written"
	pin=99999999 tool twca-check sign --pin-source env:FLOW_PIN --json
	expect 5 pin-wrong
	tool twca-check sign --pin-source env:FLOW_PIN --json
	expect 0 ok
	in_chinese tool twca-check sign --pin-source env:FLOW_PIN
	said "晶片卡測試通過"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --delete-object --type cert --id 51 \
		>/dev/null 2>&1
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --type cert --id 51 \
		--write-object "$work/wrong.der" >/dev/null 2>&1 || fail "it cannot be written"
	tool twca-check sign --pin-source env:FLOW_PIN --json
	expect 13 test-failed
}

# rows: M01 M02 M81
scenario_soft()
{
	environment
	expect 1 environment
	is reader skip
	is ra pass
	is clock pass
	is trust pass
	is folder fail
	# one question each: what is refused stays as it is
	status=0
	"$flow_dir/dialog" 'Repair "Registration at p11-kit"? [y/N] ' y 'Repair "Certificate folder"? [y/N] ' n \
		-- twca-check env --site soft --fix >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = 1 ] || fail "with one left: exit status $status"
	said "Repaired: Registration at p11-kit"
	said "Close all browser windows and open the browser again"
	environment
	is p11-kit pass
	is folder fail
	environment --fix folder
	expect 0 ok
	[ "$(stat -c %a "$XDG_DATA_HOME/twca")" = 700 ] || fail "others may read the folder"
}

# rows: M165 M192 M193
scenario_bts()
{
	local folder=$XDG_DATA_HOME/twca
	tool twca-check env --fix-all
	[ "$status" = 0 ] || fail "repair of all: exit status $status"
	said "Repaired: Certificate folder"
	environment
	expect 0 ok
	is folder pass
	jq -e '.items | all(.recommended and .purpose)' "$work/out" >/dev/null || fail "the table has gaps"
	chmod 500 "$folder"
	environment
	is folder fail
	said "is read-only"
	tool twca-check env --fix folder --json
	expect 0 ok
	is folder pass
	rmdir "$folder"
	environment
	is folder fail
	said "is not there"
	mkdir -p "$folder/A123456789"
	chmod 700 "$folder" "$folder/A123456789"
	(
		umask 077
		openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/k.pem" -out "$work/c.pem" \
			-subj /CN=A123456789 -addext basicConstraints=critical,CA:FALSE 2>/dev/null
		PASS=test1234 openssl pkcs12 -export -inkey "$work/k.pem" -in "$work/c.pem" -certpbe NONE \
			-keypbe AES-256-CBC -macalg sha256 -passout env:PASS -out "$folder/A123456789/A123456789.pfx"
	)
	environment
	is file-names pass
	mv "$folder/A123456789/A123456789.pfx" "$folder/A123456789/mine.pfx"
	environment
	is file-names fail
	said "mine.pfx should be A123456789.pfx"
}

"scenario_$1" || exit 1
rm -rf "$work"
