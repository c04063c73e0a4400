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

# json PATH: a member of the last result, as error.tries_left; nothing if it has none. The tools print
# one member a line, two spaces a level; to read that here takes a tenth of jq's start.
json()
{
	local line value depth=0 margin='  '
	local -a names
	IFS=. read -r -a names <<<"$1"
	while IFS= read -r line; do
		[[ $line != "${margin:2}}"* ]] || [ $depth = 0 ] || return 0 # the end of what it is in
		[[ $line == "$margin\"${names[depth]}\": "* ]] || continue
		value=${line#*\": } value=${value%,}
		if [ $((depth += 1)) -lt ${#names[@]} ]; then
			[ "$value" = "{" ] || return 0
			margin+='  '
			continue
		fi
		case $value in
		true) value=True ;;
		false) value=False ;;
		null) value=None ;;
		\"*) value=${value:1:-1} value=${value//\\\"/\"} value=${value//\\\\/\\} ;;
		esac
		printf '%s\n' "$value"
		return 0
	done <"$work/out"
}
