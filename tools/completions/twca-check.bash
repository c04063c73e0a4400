# SPDX-License-Identifier: Apache-2.0
# Completion of twca-check for bash.
_twca_check()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands="env reader card sign"
	local options="--site --ra-url --ca-file --reader --token --module --pin-source --dry-run --fix --fix-all
		--force --config --json --yes --no-input --quiet --verbose --color --help --usage
		--version"
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "soft fine tipo post bts" -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur")
		return
		;;
	--ca-file | --module | --config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--*-source)
		mapfile -t COMPREPLY < <(compgen -W "file: fd: env: -" -- "$cur")
		return
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$cur")
}
complete -o default -F _twca_check twca-check
