# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154  # apply-lib.sh sets them
# What the flow tests of every tool share; to be sourced inside the sandbox.
# shellcheck source=tests/flow/apply-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/apply-lib.sh"
site=${TWCA_SITE:-}
new_pin=24681357
tool_name=

# tool NAME ARGUMENT...: run a tool unattended with everything it may need; status in $status.
tool()
{
	tool_name=$1
	status=0
	FLOW_PW=$password FLOW_NEW=$new_password FLOW_PIN=$pin FLOW_NEW_PIN=$new_pin \
		TWCA_CAPTCHA_COMMAND=$captcha TWCA_ACCOUNT=$account TWCA_SITE=$site \
		${watcher:+"${watcher[@]}"} "$@" >"$work/out" 2>"$work/err" || status=$?
}

# expect STATUS CODE: how the last --json run ended, valid by the tool's schema.
expect()
{
	[ "$status" = "$1" ] || fail "exit status $status instead of $1"
	[ "$(json code)" = "$2" ] || fail "code $(json code) instead of $2"
	keep_json "$tool_name"
}

# in_chinese COMMAND...: with the zh_TW catalogue of this build
in_chinese()
{
	LC_ALL=C.UTF-8 LANGUAGE=zh_TW TEXTDOMAINDIR=$TWCA_BUILD/tools/po "$@"
}

# Change the first site password, so that later steps find a usual account; $password is it then.
settle_password()
{
	FLOW_PW=$password FLOW_NEW=$new_password TWCA_CAPTCHA_COMMAND=$captcha \
		twca-account password --account "$account" --password-source env:FLOW_PW \
		--new-password-source env:FLOW_NEW --no-input >"$work/out" 2>"$work/err" ||
		fail "the first password cannot be changed"
	password=$new_password
}

# logs_in PIN: does the card take it?
logs_in()
{
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$1" --list-objects >/dev/null 2>&1
}
