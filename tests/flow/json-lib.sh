# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154  # $work is the test's
# The JSON documents of the tools; to be sourced.
json_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
documents=$(mktemp)

# keep_json TOOL: the document in $work/out is held to its schema when the test ends, all of them at
# once: a validator takes longer to start than most of the tools.
keep_json()
{
	local text
	text=$(<"$work/out")
	printf '%s\t%s\n' "$1" "${text//$'\n'/ }" >>"$documents"
}

# A test that went well fails if one of its documents does not fit.
judge_json()
{
	local status=$?
	if [ $status = 0 ] && [ -s "$documents" ] && ! "$json_dir/check-json" "$documents"; then
		echo "FAILED: the JSON does not fit its schema" >&2
		status=1
	fi
	exit $status
}
trap judge_json EXIT

# json PATH: a member of the last result, as error.tries_left; nothing if it has none
json()
{
	jq -r --arg path "$1" '
		reduce ($path | split("."))[] as $name (.; if has($name) then .[$name] else "" end) |
		if . == true then "True" elif . == false then "False" elif . == null then "None" else . end' \
		"$work/out"
}
