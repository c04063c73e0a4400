#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Renewals: the window by the RA's clock, the old key's signature, login by card, one debit."""
import base64
import os
import sys
import tempfile
import uuid

from client import Client, Key, Ra

CARD = 'aa01'

OTHERS = {'soft': None, 'tipo': 'ee01', 'bts': None, 'post': 'ee02'}  # site: the card of its person


class World:
    def __init__(self, folder):
        self.folder = folder
        self.ra = Ra(os.path.join(folder, 'ra'), '--now', '2027-01-31T08:00:00Z')
        self.ra.register('fine1', CARD)
        self.ra.register('post2', site='post', cn='P-2')
        for site, serial in OTHERS.items():
            self.ra.register(site + '1', serial, site=site, cn='P-1' if site == 'post' else None,
                             options=['--keep-password'])
        self.key = [Key(folder) for _ in range(6)]
        self.fine = Client(self.ra)
        self.fine.first_login('fine1')
        self.order = self.fine.order(self.key[0], CARD).json
        assert self.fine.receipt(self.order, self.key[0], CARD).status == 200
        self.old = self.order['certificates'][0]

    def now(self, time):
        self.ra.admin('clock', '--now', time)


def card_login(world, key, cert, cn='A1-fine1', unit=None):
    client = Client(world.ra)
    begun = client.send('POST', client.url['card_challenges'], {
        'ra_unit': unit or client.site['login']['ra_units'][0], 'certificate_identifier': cn,
        'captcha': client.captcha()})
    if begun.status != 201:
        return client, begun
    it = begun.json
    text = f"twca-card-login:1:{it['id']}:{it['certificate_identifier']}:{it['challenge']}"
    body = {'alg': 'RS256', 'certificate_sha256': cert['sha256'],
            'signature': base64.b64encode(key.sign(text.encode())).decode()}
    answer = client.send('POST', it['answer_url'], body)
    client.token = answer.json.get('token')
    assert client.send('POST', it['answer_url'], body).problem == 'not-found', 'one answer a challenge'
    return client, answer


def window(world):
    """Valid to 2029-01-31 08:00: one month before is the last day of a month that has 31 days."""
    info = lambda: world.fine.send('POST', world.fine.url['renewal_info'],
                                   {'certificate_sha256': world.old['sha256']}).json
    assert world.old['not_after'].startswith('2029-01-31T08:0')
    opens = '2028-12-31' + world.old['not_after'][10:]
    assert info()['window_opens'] == opens and info()['state'] == 'early'
    world.now('2028-12-31T07:59:00Z')
    assert info()['state'] == 'early'
    client, answer = card_login(world, world.key[0], world.old)
    assert answer.json['renewal_due'] is False
    check = client.verify_card(CARD).json['id']
    early = client.renew(world.key[0], world.old['sha256'], [world.key[1].csr(client.subject())], check)
    assert early.problem == 'window-closed' and early.json['window_opens'] == opens
    world.now(opens)
    assert info()['state'] == 'open', 'the boundary is inside'
    assert world.fine.send('POST', world.fine.url['renewal_info'], {'certificate_sha256': '0' * 64}
                           ).problem == 'not-found'


def logins(world):
    _, answer = card_login(world, world.key[0], world.old, unit='another')
    assert answer.problem == 'malformed-request'
    for key, cn in ((world.key[1], 'A1-fine1'), (world.key[0], 'A1-nobody')):
        _, answer = card_login(world, key, world.old, cn=cn)
        assert answer.problem == 'challenge-failed'
    client, answer = card_login(world, world.key[0], world.old)
    assert (answer.json['scope'], answer.json['renewal_due']) == ('renewal', True)
    assert client.post(client.url['password'], {'old_password': 'Second456', 'new_password': 'Third789'}
                       ).problem == 'session-required', 'for the renewal only'
    world.client = client


def signatures(world):
    client, old = world.client, world.old
    check = client.verify_card(CARD).json['id']
    csr = [world.key[1].csr(client.subject())]
    renew = lambda key, **options: client.renew(key, old['sha256'], csr, check, **options).problem
    assert renew(world.key[2]) == 'signature-wrong'
    assert renew(world.key[0], header={'nonce': 'A' * 43}) == 'bad-nonce'
    assert renew(world.key[0], header={'url': client.url['orders']}) == 'jws-invalid'
    assert renew(world.key[0], header={'alg': 'none'}) == 'jws-invalid'
    assert renew(world.key[0], header={'x5t#S256': 'AAAA'}) == 'jws-invalid'
    key = str(uuid.uuid4())
    answer = client.renew(world.key[0], old['sha256'], csr, check, key=key)
    assert answer.status == 201 and answer.json['kind'] == 'renewal' and answer.json['renews'] == [old['id']]
    again = client.post(client.url['renewals'], client.jws, key=key)
    assert again.body == answer.body and again.headers['Idempotency-Replayed'] == 'true'
    assert client.post(client.url['renewals'], client.jws).problem == 'bad-nonce', 'a nonce serves once'
    check = client.verify_card(CARD).json['id']
    assert client.renew(world.key[0], old['sha256'], [world.key[2].csr(client.subject())], check
                        ).problem == 'certificate-exists', 'one open renewal'
    assert client.get(old['url']).json['status'] == 'valid', 'until the receipt'
    assert client.receipt(answer.json, world.key[1], CARD).json['state'] == 'acknowledged'
    assert client.get(old['url']).json['status'] == 'revoked'
    assert client.get(answer.json['certificates'][0]['url']).json['status'] == 'valid'
    world.old = answer.json['certificates'][0]


def post_renewal(world):
    post = Client(world.ra, 'post')
    post.login('P-2', 'First123')
    post.post(post.url['password'], {'old_password': 'First123', 'new_password': 'Second456'})
    post.login('P-2', 'Second456')
    order = post.order_files(world.key[2:4]).json
    post.receipt(order)
    sign, encrypt = order['certificates']
    pay = lambda cert, number: post.post(post.url['payments'], {
        'certificate_sha256': cert['sha256'], 'debit_account': number, 'terms': post.accepted()})
    world.now('2029-11-30T08:00:00Z')  # issued 2028-12-31, valid for a year, opens 2029-12-01
    post.login('P-2', 'Second456')
    assert pay(sign, '0001').problem == 'window-closed', '31 days before'
    world.now('2029-12-01T08:05:00Z')
    post.login('P-2', 'Second456')
    csrs = [key.csr(post.subject()) for key in world.key[4:6]]
    assert post.renew(world.key[2], sign['sha256'], csrs).problem == 'payment-required'
    assert pay(sign, '0001').problem == 'payment-failed', 'an unknown account'
    world.ra.admin('bank', '--debit-account', '0001', '--balance', '149')
    assert pay(sign, '0001').problem == 'payment-failed', 'too little'
    world.ra.admin('bank', '--debit-account', '0001', '--balance', '1000')
    paid = pay(sign, '0001')
    assert paid.status == 201 and paid.json['fee'] == {'amount': 150, 'currency': 'TWD'}
    for cert in (sign, encrypt):
        again = pay(cert, '0001')
        assert (again.status, again.json) == (200, paid.json)
    assert world.ra.admin('bank').split() == ['0001', '850'], 'debited once'
    assert post.renew(world.key[3], encrypt['sha256'], csrs, payment=paid.json['id']).problem == 'signature-wrong'
    answer = post.renew(world.key[2], sign['sha256'], csrs, payment=paid.json['id'])
    assert answer.status == 201 and sorted(answer.json['renews']) == sorted([sign['id'], encrypt['id']])
    assert post.receipt(answer.json).json['state'] == 'acknowledged'
    assert {post.get(c['url']).json['status'] for c in (sign, encrypt)} == {'revoked'}


def apply(world, site, client):
    """One application by the site's manners; the order, the keys, the card's serial."""
    serial = OTHERS[site]
    keys = [Key(world.folder) for _ in client.profiles('card' if serial else 'file')]
    options = {}
    if site == 'bts':
        world.ra.admin('slip-issue', '--site', 'bts', '--account', 'bts1', '--password-env', 'RA_PW',
                       env={'RA_PW': 'SlipPw9'})
        options['eligibility'] = client.post(client.url['eligibility'], {'slip_password': 'SlipPw9'}).json['id']
    check = client.verify_card(serial).json['id'] if serial else None
    body = client.order_body([key.csr(client.subject()) for key in keys], check, **options)
    order = client.post(client.url['orders'], body).json
    if site == 'tipo':
        order = client.post(order['activation_url'], {'site_password': 'First123'}).json
    assert client.receipt(order, keys[0], serial).json['state'] == 'acknowledged', site
    return order['certificates'], keys


def other_sites(world):
    """soft, tipo, bts and Post's cards: the window, the new certificates, the old ones only after the receipt."""
    for number, site in enumerate(OTHERS):
        client, serial = Client(world.ra, site), OTHERS[site]
        begin = f'{2033 + 3 * number}-05-31T08:00:00Z'  # no February is a leap one before the ends
        world.now(begin)
        name = 'P-1' if site == 'post' else site + '1'
        client.login(name, 'First123')
        if client.get(client.url['orders']).problem == 'password-change-required':
            for old, new in (('First123', 'Second456'), ('Second456', 'First123')):
                client.post(client.url['password'], {'old_password': old, 'new_password': new})
                client.login(name, new)
        certs, keys = apply(world, site, client)
        info = client.send('POST', client.url['renewal_info'], {'certificate_sha256': certs[0]['sha256']}).json
        end = certs[0]['not_after']
        opens = end.replace('-05-31T', '-04-30T' if site in ('tipo', 'bts') else '-05-01T')
        assert info['window_opens'] == opens and info['login'] == 'password', (site, info)
        fee = {}

        def renew(at):
            world.now(at)
            assert client.login(name, 'First123').json['renewal_due'] is (at >= opens)
            check = client.verify_card(serial).json['id'] if serial else None
            return client.renew(keys[0], certs[0]['sha256'], [key.csr(client.subject()) for key in fresh], check, **fee)

        fresh = [Key(world.folder) for _ in keys]
        assert renew(opens[:11] + '07:59:00Z').problem == 'window-closed', site
        if site == 'post':
            world.now(opens)
            client.login(name, 'First123')
            world.ra.admin('bank', '--debit-account', '0002', '--balance', '150')
            fee['payment'] = client.post(client.url['payments'], {
                'certificate_sha256': certs[0]['sha256'], 'debit_account': '0002', 'terms': client.accepted()}).json['id']
        order = renew(opens).json
        assert (order['kind'], order['state'], order['delivery']) == ('renewal', 'issued', 'direct'), site
        state = lambda some: {client.get(cert['url']).json['status'] for cert in some}
        assert state(certs) == {'valid'}, site
        assert client.receipt(order, fresh[0], serial).json['state'] == 'acknowledged'
        assert state(certs) == {'revoked'} and state(order['certificates']) == {'valid'}, site
        assert len(order['certificates']) == len(certs)


def expired(world):
    world.now('2032-01-01T08:00:00Z')
    _, answer = card_login(world, world.key[1], world.old)
    assert answer.problem == 'certificate-expired' and answer.json['contact']['name']
    info = world.fine.send('POST', world.fine.url['renewal_info'], {'certificate_sha256': world.old['sha256']})
    assert info.json['state'] == 'expired'


STEPS = [window, logins, signatures, post_renewal, expired, other_sites]


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for step in STEPS:
            step(world)
            print('ok', step.__name__)
            sys.stdout.flush()
        assert world.ra.stop() == 0


main()
