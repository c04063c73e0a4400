# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154  # its users set work and have fail
# What a run with --dry-run must leave as it was: to be sourced by the flow tests.

# Files of the person, those of the test but what the last run printed, cards, and what the RA knows; not the module's cache, and not the RA's sessions,
# pictures and challenges, which end by themselves.
world()
{
	local homes=("$HOME" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR" "$work")
	local printed=(! -path "$work/out" ! -path "$work/err")
	find "${homes[@]}" "${printed[@]}" -printf '%y %m %p\n' 2>/dev/null | sort
	find "${homes[@]}" -type f "${printed[@]}" -exec sha256sum {} + 2>/dev/null | sort
	[ -z "${TWCA_SANDBOX_CARD_CONTROL:-}" ] ||
		sha256sum "$(dirname "$TWCA_SANDBOX_CARD_CONTROL")"/*.card
	[ -z "${TWCA_SANDBOX_RA_DIR:-}" ] || /usr/bin/python3 - "$TWCA_SANDBOX_RA_DIR/ra.db" <<'END'
import sqlite3, sys
passing = {'captcha', 'session', 'login_challenge', 'verification', 'eligibility', 'nonce', 'replay'}
with sqlite3.connect(sys.argv[1]) as db:
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").fetchall():
        if table not in passing:
            print(table, sorted(map(repr, db.execute(f'SELECT * FROM "{table}"'))))
END
}

# dry RUNNER WORD...: with --dry-run; nothing is different afterwards, and where the run came to its end
# its last line says so.
dry()
{
	local before
	before=$(world)
	"$@" --dry-run
	[ "$(world)" = "$before" ] || {
		diff <(echo "$before") <(world) >&2
		fail "a dry run changed something: $*"
	}
	[ "$status" != 0 ] || [ "$(tail -n 1 "$work/err")" = "Everything is ready. Nothing was changed (--dry-run)." ] ||
		fail "a dry run does not end so: $*"
}
