# SPDX-License-Identifier: Apache-2.0
# Completion of twca-account for bash.
_twca_account()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands="login logout status password profile reset-help"
	local options="--site --ra-url --ca-file --account --password-source --captcha-command --captcha-file
		--new-password-source --email --telephone --config --json --yes --no-input --quiet
		--verbose --color --help --usage --version"
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "soft fine tipo post bts" -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur")
		return
		;;
	--ca-file | --captcha-file | --config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--*-source)
		mapfile -t COMPREPLY < <(compgen -W "file: fd: env: -" -- "$cur")
		return
		;;
	--captcha-command)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$cur")
}
complete -o default -F _twca_account twca-account
