# SPDX-License-Identifier: Apache-2.0
# Completion of twca-export for bash.
_twca_export()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word verb=
	local options="--site --account --reader --token --pin-source --new-pin-source --password-source
		--export-password-source --captcha-command --captcha-file --config --ra-url --ca-file --module
		--browser --all-users --check --undo --label --level --old-ciphers --force --json --yes
		--no-input --quiet --verbose --dry-run --color --help --usage --version"
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in
		register | backup | import | password | security | to-phone) verb=$word ;;
		esac
	done
	case $prev in
	--site)
		mapfile -t COMPREPLY < <(compgen -W "soft fine tipo post bts" -- "$cur")
		return
		;;
	--browser)
		mapfile -t COMPREPLY < <(compgen -W "firefox chromium p11-kit all" -- "$cur")
		return
		;;
	--level)
		mapfile -t COMPREPLY < <(compgen -W "1 2 3" -- "$cur")
		return
		;;
	--captcha-file | --config | --ca-file | --module)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--*-source)
		mapfile -t COMPREPLY < <(compgen -W "file: fd: env: -" -- "$cur")
		return
		;;
	esac
	case $verb,$cur in
	*,-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
	,*) mapfile -t COMPREPLY < <(compgen -W "register backup import password security to-phone" -- "$cur") ;;
	security,*) mapfile -t COMPREPLY < <(compgen -W "1 2 3" -- "$cur") ;;
	backup,* | import,*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -o default -F _twca_export twca-export
