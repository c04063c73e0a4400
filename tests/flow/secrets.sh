#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154  # apply-lib.sh sets them
# secrets.sh SITE: whole workflows at full verbosity, p11-kit's and the module's own too, leave no PIN, PUK or password in a file that a
# tool or the module wrote, on a screen, or in the arguments of any process. (RA and card keep their
# own: their folders are not searched.)
# rows: M197
if [ -z "${FLOW_INSIDE:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	FLOW_INSIDE=1 exec "$top/tests/sandbox" --site "$1" -- "$0" "$@"
fi
# shellcheck source=tests/flow/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
file_pin=Zq4-file-pin
later_password=Third123
seen=$work/arguments

# Every command line of this sandbox, until $work/stop is there; this program's own is not one.
watch_arguments()
{
	SECRETS=$(printf '%s\n' "${secrets[@]}") /usr/bin/python3 - "$work" <<'END'
import os, pathlib, sys
work = pathlib.Path(sys.argv[1])
secrets = [one.encode() for one in os.environ["SECRETS"].split()]
rounds, found = 0, set()
while not (work / "stop").exists():
    rounds += 1
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        found.update(words.replace(b"\0", b" ") for one in secrets if one in words)
(work / "arguments").write_bytes(b"\n".join(sorted(found)))
(work / "rounds").write_text(str(rounds))
END
}

# ran NAME OPTION...: a tool that must end well; what it said is kept
ran()
{
	TWCA_TRACE=$work/trace P11_KIT_DEBUG=all FLOW_LATER=$later_password FLOW_FILE=$file_pin \
		FLOW_SLIP=${TWCA_SANDBOX_SLIP:-} tool "$@" -v -v --no-input
	cat "$work/out" "$work/err" >>"$work/said"
	[ "$status" = 0 ] || fail "$1 $2: exit status $status"
}

fine()
{
	ran twca-account password --password-source env:FLOW_PW --new-password-source env:FLOW_NEW
	password=$new_password
	ran twca-apply --password-source env:FLOW_PW --pin-source env:FLOW_PIN --yes
	ran twca-pin change --pin-source env:FLOW_PIN --new-pin-source env:FLOW_NEW_PIN --yes
	ran twca-pin reset --password-source env:FLOW_PW --new-pin-source env:FLOW_PIN --yes
	ran twca-account password --password-source env:FLOW_PW --new-password-source env:FLOW_LATER
}

bts()
{
	ran twca-account password --password-source env:FLOW_PW --new-password-source env:FLOW_NEW
	password=$new_password
	ran twca-apply --password-source env:FLOW_PW --slip-source env:FLOW_SLIP \
		--pin-source env:FLOW_FILE --level 1 --yes
	ran twca-account password --password-source env:FLOW_PW --new-password-source env:FLOW_LATER
}

# The search itself finds what is there.
search()
{
	local one where=("$work" "$HOME" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME"
		"$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR" "$TMPDIR" "$TWCA_SANDBOX_LOGS")
	for one in "${secrets[@]}"; do
		if grep -rlaF -e "$one" -e "$(printf %s "$one" | od -An -v -tx1 | tr -d ' \n')" \
			"${where[@]}" 2>/dev/null; then
			return 0
		fi
	done
	return 1
}

secrets=("$new_password" "$later_password" "$password" "$file_pin")
[ "$1" != fine ] || secrets+=("$pin" "$new_pin" "$TWCA_SANDBOX_PUK")
[ -z "${TWCA_SANDBOX_SLIP:-}" ] || secrets+=("$TWCA_SANDBOX_SLIP")
watch_arguments &
watcher_job=$!
until grep -q . "/proc/$watcher_job/cmdline" 2>/dev/null; do :; done
"$1"
touch "$work/stop"
wait "$watcher_job" || fail "the watcher failed"
[ "$(cat "$work/rounds")" -gt 20 ] || fail "the arguments were looked at $(cat "$work/rounds") times"
[ ! -s "$seen" ] || fail "in the arguments: $(cat "$seen")"
[ -s "$work/trace" ] || [ "$1" != fine ] || fail "the module wrote no trace"
! search || fail "a secret is in these files"
echo "$pin$new_password" >"$TMPDIR/planted"
search >/dev/null || fail "the search does not find what is there"

# No option takes a secret itself.
for tool in account apply cert check export info pin renew; do
	"twca-$tool" --help >"$work/help" || fail "no twca-$tool"
	! grep -E -- '--[a-z-]*(pin|password|puk|secret)[a-z-]*(=| )' "$work/help" |
		grep -v -- '-source' || fail "twca-$tool takes a secret as an argument"
done
rm -rf "$work"
