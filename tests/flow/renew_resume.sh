#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154  # sites-lib.sh has them
# renew_resume.sh SITE: one renewal that is stopped twice at each of its requests: before the RA has it,
# and by SIGKILL while the answer comes; some lose the whole answer too. Until the RA has its receipt
# the old key and certificate stay; in the end there is one new certificate, and one debit.
if [ -z "${TWCA_SANDBOX_RA_DIR:-}" ]; then
	top=$(cd "$(dirname "$0")/../.." && pwd)
	options=()
	case $1 in soft | bts | post_sw) options=(--card none) ;; esac
	exec "$top/tests/sandbox" "${options[@]}" -- "$0" "$@"
fi
# shellcheck source=tests/flow/sites-lib.sh
. "$(dirname "$0")/sites-lib.sh"

# The RA's certificates are so old when they are issued that they are due at once; both clocks are right.
aged()
{
	ra age --days "$1" >/dev/null || fail "age"
}

# renew: as do_renew, with the options of the site
renew()
{
	do_renew "${own[@]}"
}

# killed PATH: SIGKILL while the RA's answer comes byte by byte
killed()
{
	renew &
	local job=$!
	while ra fault list | grep -q slow; do
		kill -0 "$job" 2>/dev/null || fail "it made no request to $1"
		sleep 0.02
	done
	kill -KILL "$(pgrep -x twca-renew -n)" || fail "it ended before the signal"
	wait "$job" || fail "the wait for it"
}

# stopped KIND PATH: a run that ends there
stopped()
{
	ra fault clear >/dev/null
	case $1 in
	kill)
		ra fault slow --path "$2" --arg 2000 >/dev/null || fail "no such fault"
		killed "$2"
		;;
	*)
		ra fault "$1" --path "$2" --count 99 >/dev/null || fail "no such fault"
		renew
		outcome 9 ra-unreachable
		;;
	esac
}

# stops PATH...: at each of them; the old key is alive after each
stops()
{
	local path kind
	for path; do
		for kind in "${kinds[@]}"; do
			stopped "$kind" "$path"
		done
		case $path in payments | renewals) stopped drop-after "$path" ;; esac
		old_alive || fail "the old key or certificate is gone after the stop at $path"
		echo "stopped at $path"
	done
	ra fault clear >/dev/null
}

# Certificates that the RA has issued.
issued_all()
{
	ra list | awk -F'\t' 'NR > 1 { sum += $7 } END { print sum + 0 }'
}

# The old key signs, and its certificate is there to verify it.
card_alive()
{
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --read-object --type cert --id "$old_id" \
		--output-file "$work/old.der" >/dev/null 2>&1 || return 1
	echo "a message" >"$work/message"
	pkcs11-tool --module "$TWCA_PKCS11_MODULE" --login --pin "$pin" --sign --id "$old_id" \
		--mechanism SHA256-RSA-PKCS --input-file "$work/message" --output-file "$work/signature" \
		>/dev/null 2>&1 || return 1
	openssl x509 -inform DER -in "$work/old.der" -noout -pubkey >"$work/public.pem"
	openssl dgst -sha256 -verify "$work/public.pem" -signature "$work/signature" "$work/message" >/dev/null
}

# A file of the identity opens with the old password, or the new one that all its files get before the
# receipt, and has the old certificate with its key. One that did so, and is the same byte for byte,
# need not be opened again.
file_alive()
{
	local file password
	[ -z "$opened" ] || ! sha256sum --check --status <<<"$opened" || return 0
	for file in "$identities"/*/*.pfx; do
		for password in "$pin" "$new_pin"; do
			FLOW_FILE=$password openssl pkcs12 -in "$file" -passin env:FLOW_FILE -noenc \
				-out "$work/old.pem" 2>/dev/null &&
				[ "$(openssl x509 -in "$work/old.pem" -noout -serial 2>/dev/null)" = "$old_serial" ] &&
				openssl pkey -in "$work/old.pem" -noout &&
				opened=$(sha256sum "$file") && return 0
		done
	done
	return 1
}

old_alive()
{
	case $site in fine | tipo) card_alive ;; soft | bts) file_alive ;; *) "$alive" ;; esac
}

# What the last run installed is what is going to be renewed.
remember()
{
	old_serial=serial=$(json certificate.serial | tr '[:lower:]' '[:upper:]')
	old_id=$(json certificate.key_uri | sed 's/.*id=\([%0-9A-F]*\).*/\1/; s/%//g')
	opened=''
	old_alive || fail "there is no key to begin with"
}

# The RA has its receipt, and the tool does not know.
last_stop()
{
	stopped drop-before receipt
	stopped drop-after receipt
	ra fault clear >/dev/null
	old_alive || fail "the old key or certificate was gone before the RA's answer"
}

# The same command, undisturbed: as many certificates again, and the old one is gone.
ends_well()
{
	renew
	outcome 0 ok
	[ "$(json resumed)" = True ] || fail "it began anew"
	[ "$(issued_all)" = $(($1 * 2)) ] || fail "issued $(issued_all) certificates instead of $(($1 * 2))"
	! old_alive || fail "the old key is still there"
	receipts "$account"
}

debited()
{
	[ "$(ra bank | awk '$1 == "0001" { print $2 }')" = "$1" ] || fail "the account: $(ra bank)"
}

# rows: M61 M63
scenario_fine()
{
	account=$TWCA_SANDBOX_ACCOUNT
	aged 715
	do_apply
	outcome 0 ok
	remember
	password=none new_password=none
	stops renewal-info captchas card-challenges /answer registration terms card-verifications nonces \
		renewals certificates/ ca-certificates card-verifications /answer
	last_stop
	ends_well 1
}

# rows: M101 M103
scenario_tipo()
{
	register tipo T1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	aged 345
	do_apply
	password=$new_password
	do_apply --activate
	outcome 0 ok
	remember
	stops renewal-info captchas sessions registration terms card-verifications nonces renewals certificates/ \
		ca-certificates card-verifications /answer
	last_stop
	ends_well 2
}

# rows: M135 M136
scenario_post_hw()
{
	register post P1 A123456789 --card-serial "$TWCA_SANDBOX_SERIAL"
	ra bank --site post --debit-account 0001 --balance 500 >/dev/null || fail "bank"
	aged 345
	alive=card_alive
	do_apply
	outcome 0 ok
	remember
	password=$new_password own=(--debit-account 0001)
	stops renewal-info sessions registration terms card-verifications payments nonces renewals certificates/ \
		ca-certificates card-verifications /answer
	last_stop
	ends_well 1
	debited 350
}

# rows: M21 M23
scenario_soft()
{
	register soft S1 A123456789
	aged 345
	pin=keypass1
	do_apply
	password=$new_password
	do_apply --download
	outcome 0 ok
	remember
	new_pin=keypass2
	stops renewal-info captchas sessions registration terms nonces renewals certificates/ ca-certificates
	last_stop
	ends_well 1
}

# rows: M152 M153
scenario_post_sw()
{
	register post P2 B223456789
	ra bank --site post --debit-account 0001 --balance 500 >/dev/null || fail "bank"
	aged 345
	alive=file_alive
	pin=filepw12
	do_apply --sign-file "$work/s1.pfx" --enc-file "$work/e1.pfx"
	outcome 0 ok
	remember
	password=$new_password new_pin=filepw99
	own=(--carrier file --sign-file "$work/s2.pfx" --enc-file "$work/e2.pfx" --debit-account 0001)
	stops renewal-info sessions registration terms payments nonces renewals certificates/ ca-certificates
	last_stop
	ends_well 2
	debited 350
}

# rows: M178
scenario_bts()
{
	register bts B1 C123456784
	export FLOW_SLIP_ISSUED=SlipPass9
	ra slip-issue --site bts --account B1 --password-env FLOW_SLIP_ISSUED >/dev/null || fail "slip"
	aged 345
	pin=bts1 slip=SlipPass9
	do_apply --level 1
	outcome 0 ok
	remember
	slip='' new_pin=bts2
	stops renewal-info sessions registration terms nonces renewals
	# in another session than the one that ordered, customer service has to allow the download
	renew
	outcome 10 not-enabled
	said "07-7999660"
	do_apply --redownload
	outcome 8 no-record
	said "go on with it: twca-renew"
	ra enable-download --site bts --account B1 >/dev/null || fail "enable"
	stops certificates/ ca-certificates
	last_stop
	ends_well 1
}

own=() opened=''
kinds=(drop-before kill)
# a file costs more time than a card: its password is stretched
case $1 in soft | bts) kinds=(kill) ;; esac
# the sanitizers report at the end of a program, which one that is killed does not come to
[ -z "$sanitizer" ] || kinds=(drop-before)
"scenario_$1"
rm -rf "$work"
