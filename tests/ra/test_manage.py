#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Suspending, resuming at the counter, revoking all, looking up others; what the CRL says of each."""
import base64
import os
import tempfile

from client import Client, Key, Ra, openssl, sha256

CARD = 'bb02'


def crl(client):
    return openssl('crl', '-inform', 'DER', '-noout', '-text', data=client.get(client.site['crls'][0]).body).decode()


def entry(client, cert):
    """What the CRL tells about the certificate, or nothing."""
    parts = crl(client).split('Serial Number: ')
    return ''.join(p for p in parts[1:] if p.lower().startswith(cert['id']))


def resume(ra, client, account, name):
    """A new slip comes with it."""
    site = client.site['id']
    ra.admin('resume', '--site', site, '--account', account)
    slip = ra.admin('slip', '--site', site, '--account', account).split('密碼 ')[1].split()[0]
    client.login(name, slip)
    assert client.get(client.url['orders']).problem == 'password-change-required'
    client.post(client.url['password'], {'old_password': slip, 'new_password': 'Fourth44'})
    client.login(name, 'Fourth44')


def tipo(folder, ra):
    client = Client(ra, 'tipo')
    client.login('tipo1', 'First123')
    keys = [Key(folder), Key(folder)]
    body = client.order_body([k.csr(client.subject()) for k in keys], client.verify_card(CARD).json['id'])
    order = client.post(client.url['orders'], body).json
    certs = client.post(order['activation_url'], {'site_password': 'First123'}).json['certificates']
    suspend = lambda body: client.post(client.url['suspensions'], body).problem
    ids = [c['id'] for c in certs]
    assert suspend({'certificates': ids}) == 'malformed-request', 'no password'
    assert suspend({'site_password': 'First123'}) == 'malformed-request', 'no choice'
    assert suspend({'certificates': ids, 'site_password': 'wrong'}) == 'wrong-password'
    assert suspend({'certificates': ids[:1] + ['00'], 'site_password': 'First123'}) == 'nothing-to-do'
    assert {c['status'] for c in client.get(client.url['certificates']).json['certificates']} == {'valid'}
    assert suspend({'certificates': ids[:1], 'site_password': 'First123'}) is None
    assert [client.get(c['url']).json['status'] for c in certs] == ['suspended', 'valid']
    assert suspend({'certificates': ids[:1], 'site_password': 'First123'}) == 'nothing-to-do', 'already'
    assert 'Certificate Hold' in entry(client, certs[0]) and not entry(client, certs[1])
    again = client.order_body([Key(folder).csr(client.subject()) for _ in keys], client.verify_card(CARD).json['id'])
    assert client.post(client.url['orders'], again).problem == 'certificate-exists'
    assert 'revocations' not in client.url, 'offline here'
    resume(ra, client, 'tipo1', 'tipo1')
    assert client.get(certs[0]['url']).json['status'] == 'valid' and not entry(client, certs[0])


def post(folder, ra):
    client = Client(ra, 'post')
    client.login('P-2', 'First123')
    client.post(client.url['password'], {'old_password': 'First123', 'new_password': 'Second456'})
    client.login('P-2', 'Second456')
    revoke = lambda all: client.post(client.url['revocations'], {'all': all}).problem
    suspend = lambda: client.post(client.url['suspensions'], {}).problem
    assert revoke(True) == 'nothing-to-do' and suspend() == 'nothing-to-do'
    certs = client.order_files([Key(folder), Key(folder)]).json['certificates']
    assert revoke(False) == 'malformed-request'
    assert suspend() is None and suspend() == 'nothing-to-do'
    assert {client.get(c['url']).json['status'] for c in certs} == {'suspended'}
    resume(ra, client, 'post2', 'P-2')
    assert revoke(True) is None and revoke(True) == 'nothing-to-do'
    assert {client.get(c['url']).json['status'] for c in certs} == {'revoked'}
    assert all(entry(client, c) and 'Hold' not in entry(client, c) for c in certs)


def soft(folder, ra):
    one, two = Client(ra, 'soft'), Client(ra, 'soft')
    one.first_login('soft1')
    two.first_login('soft2')
    cert = one.order_files([Key(folder)]).json['certificates'][0]
    query = lambda client, pattern: client.post(client.url['certificate_queries'], {'pattern': pattern})
    for pattern in ('A1-soft1', 'soft', cert['subject']):
        hits = query(two, pattern).json['certificates']
        assert [h['sha256'] for h in hits] == [cert['sha256']], pattern
    assert sha256(base64.b64decode(hits[0]['der'])) == cert['sha256']
    assert query(one, 'soft1').json['certificates'] == [], 'of others only'
    assert query(two, 'nobody').json == {'certificates': [], 'more': False}
    assert query(two, '%').json['certificates'] == [], 'no wildcard'
    assert query(two, ' ').problem == 'malformed-request'
    ra.admin('revoke', '--certificate', cert['id'])
    assert query(two, 'soft1').json['certificates'] == [], 'valid ones only'


def main():
    with tempfile.TemporaryDirectory() as folder:
        ra = Ra(os.path.join(folder, 'ra'))
        ra.register('tipo1', CARD, site='tipo', options=['--keep-password'])
        ra.register('post2', site='post', cn='P-2')
        ra.register('soft1', site='soft')
        ra.register('soft2', site='soft')
        for step in (tipo, post, soft):
            step(folder, ra)
            print('ok', step.__name__, flush=True)
        assert ra.stop() == 0


main()
