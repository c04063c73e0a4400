#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# twca-export register in homes of many kinds: export_register.sh SCENARIO.
# Real browsers afterwards: tests/interop, "... after twca-export register".
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
firefox=$HOME/.mozilla/firefox

fail()
{
	echo "FAILED: $*" >&2
	sed 's/^/  stderr: /' "$work/err" >&2
	sed 's/^/  stdout: /' "$work/out" >&2
	exit 1
}

# register OPTION...: text; below the words of with
with=(env)
register()
{
	status=0
	"${with[@]}" twca-export register "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# told STATUS CODE OPTION...: --json, valid by its schema
told()
{
	local want=$1 code=$2
	shift 2
	register --json "$@"
	keep_json twca-export
	[ "$status" = "$want" ] || fail "status $status instead of $want"
	[ "$(json code)" = "$code" ] || fail "code $(json code) instead of $code"
}

# place PATH NAME: a member of one place
place()
{
	jq -r --arg path "$1" --arg name "$2" \
		'[.places[] | select(.path == $path)] | if . == [] then "nowhere" else .[0][$name] end' "$work/out"
}

is()
{
	[ "$1" = "$2" ] || fail "$3: $1 instead of $2"
}

said()
{
	grep -qF -- "$1" "$work/out" "$work/err" || fail "did not say: $1"
}

database()
{
	mkdir -p "$1"
	certutil -N -d "sql:$1" --empty-password || fail "certutil"
}

profiles()
{
	mkdir -p "$firefox/new.default" "$HOME/far away" "$HOME/.config/chromium"
	database "$firefox/xyz.unlisted"
	printf '[Profile0]\nName=default\nIsRelative=1\nPath=new.default\n\n[Profile1]\nName=far\nIsRelative=0\nPath=%s\n' \
		"$HOME/far away" >"$firefox/profiles.ini"
}

all_places()
{
	printf '%s\n' "$XDG_CONFIG_HOME/pkcs11/modules/twca-pkcs11.module" "$firefox/new.default" \
		"$HOME/far away" "$firefox/xyz.unlisted" "$HOME/.pki/nssdb"
}

every()
{
	while read -r path; do is "$(place "$path" "$1")" "$2" "$path"; done < <(all_places)
}

# rows: M76 M77 M116 M117
scenario_whole()
{
	profiles
	dry told 0 ok
	every action would-add
	[ ! -e "$HOME/.pki" ] || fail "a dry run made a database"
	told 1 not-registered --check
	every state absent
	told 0 ok
	every action added
	every state registered
	is "$(jq -r '.tokens[0].certificates[0].subject[:3]' "$work/out")" CN= "the certificate shows"
	(cd "$HOME/far away" && modutil -rawlist -dbdir sql:.) | grep -qF "$TWCA_PKCS11_MODULE" ||
		fail "NSS does not know the module"
	told 0 ok --check
	told 0 ok
	every action none
	dry told 0 ok --undo
	every action would-remove
	told 0 ok --undo
	every action removed
	every state absent
	! grep -rqs twca-pkcs11 "$HOME" "$XDG_CONFIG_HOME" || fail "something was left behind"
	told 0 ok --undo
	every action none
}

# rows: M76 M116
scenario_texts()
{
	profiles
	register --browser firefox
	is "$status" 0 "status"
	said "The card's certificates were registered in Firefox."
	said "Start the browser anew"
	said "Certificate: CN="
	LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po register
	said "晶片卡內之憑證已成功註冊至 Firefox"
	register --browser opera
	is "$status" 2 "an unknown browser"
	register extra
	is "$status" 2 "an argument too many"
	rm -rf "$HOME/.mozilla"
	told 1 no-browser --browser firefox
}

scenario_cages()
{
	local snap=$HOME/snap/firefox/common/.mozilla/firefox/q.default
	local flatpak=$HOME/.var/app/org.chromium.Chromium/.pki/nssdb
	database "$snap"
	database "$flatpak"
	told 0 ok
	is "$(place "$snap" package)" snap "package"
	is "$(place "$flatpak" package)" flatpak "package"
	for one in "$snap" "$flatpak"; do
		is "$(place "$one" state)" registered "$one"
		grep -q '^library=/.*/p11-kit-client.so$' "$one/pkcs11.txt" || fail "$one: not the client"
	done
	register
	said "Firefox (snap), profile q.default"
	said "Chromium (flatpak)"
	said "systemctl --user enable --now p11-kit-server.socket"
	said "flatpak override --user --filesystem=xdg-run/p11-kit/pkcs11 org.chromium.Chromium"
}

# What was there before: an older file under our name, p11-kit's proxy, a list of others.
scenario_before()
{
	database "$firefox/a.old"
	cp "$TWCA_PKCS11_MODULE" "$work/old.so"
	modutil -force -dbdir "sql:$firefox/a.old" -add 'TWCA PKCS#11' -libfile "$work/old.so" >/dev/null 2>&1
	database "$firefox/b.proxy"
	printf 'library=/usr/lib/p11-kit-proxy.so\nname=p11-kit-proxy\n\n' >>"$firefox/b.proxy/pkcs11.txt"
	told 1 not-registered --check --browser firefox
	is "$(place "$firefox/a.old" state)" other-file "an older file"
	is "$(place "$firefox/b.proxy" state)" otherwise "the proxy"
	told 0 ok --browser firefox
	is "$(place "$firefox/a.old" action)" added "an older file is replaced"
	is "$(grep -c "^library=$TWCA_PKCS11_MODULE" "$firefox/a.old/pkcs11.txt")" 1 "entries"
	! grep -q old.so "$firefox/a.old/pkcs11.txt" || fail "the old entry stays"
	told 0 ok --undo --browser firefox
	is "$(place "$firefox/b.proxy" action)" none "the proxy stays"
}

# A program that has the database open, as Chromium does; then one that only holds Firefox's lock.
scenario_running()
{
	database "$HOME/.pki/nssdb"
	database "$firefox/a.default"
	: >"$firefox/a.default/.parentlock"
	exec 7<"$HOME/.pki/nssdb/cert9.db"
	told 1 browser-running
	is "$(place "$HOME/.pki/nssdb" action)" refused "an open database"
	is "$(place "$firefox/a.default" action)" added "the other one"
	exec 7<&-
	told 0 ok
	/usr/bin/python3 - "$firefox/a.default/.parentlock" "$work/held" <<'END' &
import fcntl, pathlib, sys, time
with open(sys.argv[1], 'r+') as lock:
    fcntl.lockf(lock, fcntl.LOCK_EX)
    pathlib.Path(sys.argv[2]).touch()
    time.sleep(600)
END
	holder=$!
	for _ in $(seq 600); do [ -e "$work/held" ] && break || sleep 0.1; done
	told 1 browser-running --undo
	is "$(place "$firefox/a.default" action)" refused "a locked profile"
	is "$(place "$HOME/.pki/nssdb" action)" removed "the other one"
	register --undo
	said "Close all its windows"
	kill "$holder"
	wait "$holder" 2>/dev/null
	told 0 ok --undo
}

# In an /etc of its own: the policy of Firefox keeps what others wrote; without the rights nothing is done.
scenario_everybody()
{
	local own=(bwrap --dev-bind / / --tmpfs /etc)
	local policy=/etc/firefox/policies/policies.json
	for file in /etc/ld.so.cache /etc/passwd /etc/ssl /etc/alternatives; do
		[ ! -e "$file" ] || own+=(--ro-bind "$file" "$file")
	done
	"${own[@]}" /bin/bash -c '
		set -e
		twca-export register --all-users --json
		cat '"$policy"' /etc/pkcs11/modules/twca-pkcs11.module
		twca-export register --all-users --check --quiet
		twca-export register --all-users --undo --quiet
		[ ! -e '"$policy"' ] && [ ! -e /etc/pkcs11/modules/twca-pkcs11.module ]
		echo "{\"policies\": {\"DisableTelemetry\": true, \"SecurityDevices\": {\"Delete\": [\"X\"]}}}" >'"$policy"'
		twca-export register --all-users --quiet
		cat '"$policy"'
		twca-export register --all-users --undo --quiet
		cat '"$policy"'
		echo "no policy" >'"$policy"'
		twca-export register --all-users --quiet || echo status $?
		grep -qx "no policy" '"$policy"'' >"$work/out" 2>"$work/err" || fail "for all users"
	is "$(grep -c "\"TWCA PKCS#11\": \"$TWCA_PKCS11_MODULE\"" "$work/out")" 2 "the policy names the module"
	is "$(grep -c '"DisableTelemetry": true' "$work/out")" 2 "another policy is kept"
	said "module: $TWCA_PKCS11_MODULE"
	said "status 2"
	status=0
	bwrap --dev-bind / / --ro-bind /etc /etc -- twca-export register --all-users --json \
		>"$work/out" 2>"$work/err" || status=$?
	is "$status" 4 "without the rights"
	is "$(json code)" rights-needed "without the rights"
}

# No modutil; a module that is not there; a broken database.
scenario_trouble()
{
	database "$firefox/a.default"
	with=(env "PATH=$TWCA_BUILD/tools")
	told 1 nss-tools
	with=(env)
	is "$(place "$firefox/a.default" action)" refused "without modutil"
	is "$(place "$XDG_CONFIG_HOME/pkcs11/modules/twca-pkcs11.module" action)" added "p11-kit all the same"
	with=(env TWCA_PKCS11_MODULE=/nowhere.so)
	told 7 module
	with=(env)
	echo garbage >"$firefox/a.default/cert9.db"
	told 1 system --browser firefox
	said "modutil:"
	is "$(place "$firefox/a.default" state)" absent "a broken database"
}

"scenario_$scenario"
