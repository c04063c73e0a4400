# SPDX-License-Identifier: Apache-2.0
# Completion of twca-apply for bash.
_twca_apply()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local options="--site --account --reader --token --pin-source --password-source
		--new-password-source --captcha-command --captcha-file --config --ra-url --ca-file
		--json --yes --no-input --quiet --verbose --force --dry-run --wait --color --help --usage --version"
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "fine" -- "$cur")
		return
		;;
	--captcha-file | --config | --ca-file)
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
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
}
complete -o default -F _twca_apply twca-apply
