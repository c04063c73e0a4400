#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A certificate file goes to a phone by QR code: once, in time, encrypted, and only the newest."""
import base64
import os
import subprocess
import tempfile
import uuid

from client import BUILD, Client, Key, Ra, openssl


def pfx(key, password='Secret1'):
    """The key and any certificate: the RA cannot look into the file."""
    cert = openssl('req', '-x509', '-key', key.path, '-subj', '/CN=x', '-days', '1')
    with tempfile.NamedTemporaryFile(suffix='.pem') as both:
        both.write(open(key.path, 'rb').read() + cert)
        both.flush()
        return openssl('pkcs12', '-export', '-in', both.name, '-passout', 'pass:' + password)


def apply(ra, client, key):
    ra.admin('slip-issue', '--site', 'bts', '--account', 'bts1', '--password-env', 'RA_PW', env={'RA_PW': 'SlipPw9'})
    good = client.post(client.url['eligibility'], {'slip_password': 'SlipPw9'}).json['id']
    return client.order_files([key], eligibility=good).json['certificates'][0]


def send(client, cert, file, **options):
    return client.post(client.url['phone_transfers'], {
        'certificate_sha256': cert['sha256'], 'pfx': base64.b64encode(file).decode()}, **options)


def phone(ra, *args, env=None):
    """The program: its exit status and what it complains about."""
    done = subprocess.run([f'{BUILD}/twca-phone', '--ca', ra.trust, *args], stderr=subprocess.PIPE, timeout=60,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stderr.decode().strip()


def main():
    with tempfile.TemporaryDirectory() as folder:
        ra = Ra(os.path.join(folder, 'ra'), '--now', '2027-03-01T08:00:00Z')
        ra.register('bts1', site='bts')
        client, key = Client(ra, 'bts'), Key(folder)
        client.login('bts1', 'First123')
        cert, file = apply(ra, client, key), pfx(key)
        out = os.path.join(folder, 'fetched.pfx')
        assert send(client, cert, file).problem == 'phone-not-ready'
        login = ('login', '--url', ra.base, '--account', 'bts1', '--password-env', 'PW')
        assert phone(ra, *login, env={'PW': 'Wrong'}) == (1, 'twca-phone: wrong-credentials')
        assert phone(ra, *login, env={'PW': 'First123'}) == (0, '')
        for bad in (b'no file', pfx(key, ''), file + b'x', file[:-1]):
            assert send(client, cert, bad).problem == 'pfx-unfit', len(bad)
        assert send(client, {'sha256': '00' * 32}, file).problem == 'certificate-state'
        idem = str(uuid.uuid4())
        old = send(client, cert, file, key=idem).json
        new = send(client, cert, file, key=idem).json
        assert old['qr'] != new['qr'], 'a code is not kept for a replay'
        state = lambda transfer: client.get(transfer['url']).json['state']
        assert state(old) == 'expired' and state(new) == 'waiting' and 'qr' not in client.get(new['url']).json
        fetch = lambda transfer: phone(ra, 'fetch', '--qr', transfer['qr'], '--out', out)
        assert fetch(old) == (1, 'twca-phone: not-found') and not os.path.exists(out)
        assert fetch({'qr': new['qr'][:-3] + 'AAA'}) == (1, 'twca-phone: not-found')
        assert fetch(new) == (0, '') and open(out, 'rb').read() == file and state(new) == 'fetched'
        assert fetch(new) == (1, 'twca-phone: not-found'), 'once'
        late = send(client, cert, file).json
        ra.admin('clock', '--now', '2027-03-01T08:10:30Z')
        assert fetch(late) == (1, 'twca-phone: not-found') and state(late) == 'expired'
        ra.admin('revoke', '--certificate', cert['id'])
        assert send(client, cert, file).problem == 'certificate-state', 'revoked'
        ra.admin('clock', '--now', '2027-03-01T08:30:00Z')
        client.login('bts1', 'First123')
        assert send(client, apply(ra, client, Key(folder)), file).problem == 'phone-not-ready', 'logged out since'
        assert ra.stop() == 0


main()
