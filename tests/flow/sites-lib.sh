# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154  # variables of apply-lib.sh and of its users
# What the flow tests of all sites share, over apply-lib.sh: persons, runs on another day.
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/apply-lib.sh"

site=fine shift_s=0 slip='' new_pin=''
for fake in /usr/lib/*/faketime/libfaketime.so.1; do
	[ -e "$fake" ] || fake=''
done

# register SITE ACCOUNT ID [OPTION...]: a person of the counter, who is then the one of the test
register()
{
	site=$1 account=$2 password=First123 identifier=$3
	shift 3
	FLOW_FIRST=$password ra register --site "$site" --name 王小明 --id "$identifier" \
		--account "$account" --password-env FLOW_FIRST "$@" >/dev/null || fail "register"
	[ "$site" != post ] || account=$identifier
}

# The end of the certificate that the last --json run told of, in seconds.
end_of()
{
	date -u -d "$(json certificate.not_after)" +%s
}

# at SECONDS: both clocks, the tool's and the RA's; 0: as they are
at()
{
	local now
	now=$(date +%s)
	shift_s=$(($1 ? $1 - now : 0))
	[ "$shift_s" = 0 ] || [ -n "$fake" ] || fail "faketime is not installed"
	ra clock --now "$(date -u -d "@$((now + shift_s))" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
}

fake_clock()
{
	faked=()
	[ "$shift_s" = 0 ] || faked=(env LD_PRELOAD="$fake" FAKETIME="+$shift_s"
		FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1)
}

# run PROGRAM OPTION...: unattended, with everything it may need; status in $status
run()
{
	local program=$1
	shift
	fake_clock
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin FLOW_SLIP=$slip FLOW_NEW_PIN=$new_pin \
		"${faked[@]}" "$program" --site "$site" --account "$account" --captcha-command "$captcha" \
		--password-source env:FLOW_PW --new-password-source env:FLOW_NEW \
		--pin-source env:FLOW_PIN ${new_pin:+--new-pin-source env:FLOW_NEW_PIN} \
		${slip:+--slip-source env:FLOW_SLIP} "$@" >"$work/out" 2>"$work/err" || status=$?
}

# do_apply, do_renew OPTION...: with --yes --no-input --json; outcome STATUS CODE
do_apply()
{
	run twca-apply --yes --no-input --json "$@"
}

do_renew()
{
	run twca-renew --yes --no-input --json "$@"
}

outcome()
{
	[ "$status" = "$1" ] || fail "exit status $status instead of $1"
	[ "$(json code)" = "$2" ] || fail "code $(json code) instead of $2"
	keep_json "$(json tool)"
}

# for_people PROGRAM STATUS OPTION...: text instead of JSON
for_people()
{
	local program=$1 wanted=$2
	shift 2
	run "$program" --yes --no-input "$@"
	[ "$status" = "$wanted" ] || fail "exit status $status instead of $wanted"
}

# dialogue STATUS PROGRAM ANSWERS... -- OPTION...: at a terminal
dialogue()
{
	local wanted=$1 program=$2 answers=()
	shift 2
	while [ "$1" != -- ]; do
		answers+=("$1")
		shift
	done
	shift
	fake_clock
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin FLOW_SLIP=$slip "$flow_dir/dialog" \
		"${answers[@]}" -- "${faked[@]}" "$program" --site "$site" --account "$account" \
		--captcha-command "$captcha" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW "$@" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = "$wanted" ] || fail "exit status $status instead of $wanted"
}

# On another computer there is no record of the application.
elsewhere()
{
	local here=$XDG_STATE_HOME
	export XDG_STATE_HOME=$work/elsewhere
	"$@"
	rm -rf "$XDG_STATE_HOME"
	export XDG_STATE_HOME=$here
}

identities=$XDG_DATA_HOME/twca
files()
{
	(cd "$identities" 2>/dev/null && find . -type f ! -name .lock -exec sha256sum {} + | sort)
}

# Certificates of people (none of a CA) that anybody can see, on cards and in files.
own_certificates()
{
	objects --type cert 2>/dev/null | grep -c "label: *\($1\)$"
}

soft_objects()
{
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --token-label "$@" --list-objects 2>/dev/null
}

# pfx FILE PASSWORD [serial]: its certificate as text, or only its serial number; nothing if that is not
# its password
pfx()
{
	if [ "${3:-}" = serial ]; then
		FLOW_FILE=$2 openssl pkcs12 -in "$1" -passin env:FLOW_FILE -noenc -nokeys 2>/dev/null |
			openssl x509 -noout -serial | cut -d= -f2 | tr '[:upper:]' '[:lower:]'
		return
	fi
	FLOW_FILE=$2 openssl pkcs12 -in "$1" -passin env:FLOW_FILE -noenc -nokeys 2>/dev/null |
		openssl x509 -noout -subject -enddate -ext keyUsage 2>/dev/null
}

receipts()
{
	ra list | grep -qE "$1.*acknowledged" || fail "the RA has no receipt"
}
