# SPDX-License-Identifier: Apache-2.0
# Completion of twca-cert for bash.
_twca_cert()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local options="--site --account --reader --token --module --password-source --new-password-source
		--captcha-command --captcha-file --save --select --print --print-command --dry-run
		--config --ra-url --ca-file --json --yes --no-input --quiet --verbose --force --color
		--help --usage --version"
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "soft fine tipo post bts" -- "$cur")
		return
		;;
	--module | --captcha-file | --save | --select | --config | --ca-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur")
		return
		;;
	--*-source)
		mapfile -t COMPREPLY < <(compgen -W "file: fd: env: -" -- "$cur")
		return
		;;
	--captcha-command | --print-command)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	esac
	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "list status query view suspend resume revoke proof" -- "$cur") ;;
	esac
}
complete -o default -F _twca_cert twca-cert
