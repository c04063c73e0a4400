# SPDX-License-Identifier: Apache-2.0
# Completion of twca-info for bash.
_twca_info()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local options="--site --save --config --ra-url --ca-file --json --yes --no-input --quiet --verbose
		--force --color --help --usage --version"
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "soft fine tipo post bts" -- "$cur")
		return
		;;
	--save | --config | --ca-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur")
		return
		;;
	esac
	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "about notices documents faq links drivers forms" -- "$cur") ;;
	esac
}
complete -o default -F _twca_info twca-info
