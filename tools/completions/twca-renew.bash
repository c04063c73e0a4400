# SPDX-License-Identifier: Apache-2.0
# Completion of twca-renew for bash.
_twca_renew()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local options="--site --account --reader --token --pin-source --new-pin-source
		--password-source --new-password-source --captcha-command --captcha-file --config --ra-url
		--ca-file --module --carrier --sign-file --enc-file --wait --batch --on-success --on-failure
		--color --label --select --debit-account --check --keep-old --tidy --json --yes --no-input --quiet --verbose
		--force --dry-run --help --usage --version"
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "soft fine tipo post bts" -- "$cur")
		return
		;;
	--carrier)
		mapfile -t COMPREPLY < <(compgen -W "card file" -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur")
		return
		;;
	--captcha-file | --config | --ca-file | --module | --sign-file | --enc-file | --batch)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--*-source)
		mapfile -t COMPREPLY < <(compgen -W "file: fd: env: -" -- "$cur")
		return
		;;
	--captcha-command | --on-success | --on-failure)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
}
complete -o default -F _twca_renew twca-renew
