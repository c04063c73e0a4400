#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an RA must refuse, each with its own problem type and without any effect."""
import base64
import datetime
import os
import sys
import tempfile
import uuid

from client import Client, Key, Ra, sha256, tlv

CARDS = {'one': 'aa01', 'two': 'bb02', 'three': 'cc03', 'four': 'dd04'}


class World:
    def __init__(self, folder):
        self.folder = folder
        self.ra = Ra(os.path.join(folder, 'ra'), '--now', '2027-03-01T08:00:00Z')
        for account, serial in CARDS.items():
            self.ra.register(account, serial)
        self.one = Client(self.ra)
        self.one.first_login('one')
        self.key = Key(folder)

    def later(self, **delta):
        now = datetime.datetime.strptime(self.ra.admin('clock').strip(), '%Y-%m-%dT%H:%M:%SZ')
        self.ra.admin('clock', '--now', (now + datetime.timedelta(**delta)).strftime('%Y-%m-%dT%H:%M:%SZ'))

    def again(self, account, password='Second456'):
        client = Client(self.ra)
        assert client.login(account, password).status == 201
        return client


def captchas(world):
    client = Client(world.ra)

    def attempt(captcha, password='First123'):
        answer = client.login('two', password, captcha)
        return answer.problem or answer.json['state']

    captcha = client.captcha()
    wrong = dict(captcha, answer=f"{(int(captcha['answer']) + 1) % 1000000:06}")
    assert attempt(wrong) == 'captcha-wrong'
    assert attempt(captcha) == 'captcha-expired', 'used up by the wrong answer'
    captcha = client.captcha()
    assert attempt(captcha) == 'password_change_required'
    assert attempt(captcha) == 'captcha-expired', 'replayed'
    assert attempt({'id': 'nosuch', 'answer': '123456'}) == 'captcha-expired'
    foreign = Client(world.ra, source='127.0.0.2').captcha()
    assert attempt(foreign) == 'captcha-expired', 'of another source'
    captcha = client.captcha()
    world.later(minutes=4)
    assert attempt(captcha) == 'captcha-expired', 'too old'
    for _ in range(5):
        wrong = dict(client.captcha(), answer='0')
        assert attempt(wrong, 'nonsense') == 'captcha-wrong'
    assert attempt(client.captcha()) == 'password_change_required', 'no strike by a wrong captcha'


def strikes(world):
    client = Client(world.ra)
    for account in ('three', 'nobody'):
        for left in (2, 1):
            answer = client.login(account, 'wrong')
            assert (answer.status, answer.problem) == (401, 'wrong-credentials')
            assert answer.json['attempts_left'] == left
        answer = client.login(account, 'wrong')
        assert answer.problem == 'account-locked' and answer.json['attempts_left'] == 0
        assert '密碼重新設定申請單' in answer.json['contact']['password_reset_form']
        assert client.login(account, 'First123').problem == 'account-locked', 'the right one as well'
    assert '\tthree\t' in world.ra.admin('list') and 'locked' in world.ra.admin('list')
    world.ra.admin('reset', '--account', 'three', '--password-env', 'RA_PW', env={'RA_PW': 'Fresh789'})
    client.login('three', 'no')
    assert client.login('three', 'Fresh789').json['state'] == 'password_change_required'
    assert client.login('three', 'no').json['attempts_left'] == 2, 'a right one ended the row'


def first_login(world):
    client = Client(world.ra)
    client.login('four', 'First123')
    for name in ('registration', 'orders', 'certificates'):
        assert client.get(client.url[name]).problem == 'password-change-required', name
    assert client.verify_card(CARDS['four']).problem == 'password-change-required'
    assert client.get(client.url['session']).json['state'] == 'password_change_required'

    def change(old, new, **options):
        return client.post(client.url['password'], {'old_password': old, 'new_password': new}, **options)

    assert change('First123', 'ab1').problem == 'password-policy'
    assert change('First123', 'First123').problem == 'password-policy'
    key = str(uuid.uuid4())
    for _ in range(3):  # the same request sent again costs no second strike
        answer = change('wrong', 'Second456', key=key)
        assert answer.problem == 'wrong-password' and answer.json['attempts_left'] == 2
    assert change('First123', 'Second456').status == 200
    assert client.get(client.url['registration']).status == 200
    assert client.login('four', 'First123').problem == 'wrong-credentials', 'the old one is dead'
    client = world.again('four')
    for _ in range(2):
        change('wrong', 'Third7890')
    assert change('wrong', 'Third7890').problem == 'account-locked'
    assert client.get(client.url['registration']).problem == 'session-required', 'session ended'


def sessions(world):
    client = Client(world.ra)
    assert client.get(client.url['registration'], right=False).problem == 'session-required'
    client.token = 'A' * 43
    assert client.get(client.url['registration']).problem == 'session-required'
    client = world.again('one')
    world.later(minutes=16)
    assert client.get(client.url['registration']).problem == 'session-required'


def cards(world):
    world.one = world.again('one')
    assert world.one.verify_card('ffff').problem == 'card-not-registered', "nobody's"
    assert world.one.verify_card(CARDS['two']).problem == 'card-not-registered', "somebody else's"
    body = world.one.order_body(world.key.csr(world.one.subject()), 'nosuch')
    assert world.one.post(world.one.url['orders'], body).problem == 'card-verification-required'
    old = world.one.verify_card(CARDS['one']).json['id']
    world.later(minutes=31)
    world.one = world.again('one')
    body['card_verification'] = old
    assert world.one.post(world.one.url['orders'], body).problem == 'card-verification-required'


def terms(world):
    one = world.one
    verification = one.verify_card(CARDS['one']).json['id']
    csr = world.key.csr(one.subject())
    shown = one.get(one.url['terms'], headers={'Accept-Language': 'en'}).json
    assert shown['language'] == 'en' and sha256(shown['text'].encode()) == shown['sha256']
    body = one.order_body(csr, verification, shown)
    body['terms']['accepted'] = False
    assert one.post(one.url['orders'], body).problem == 'terms-not-accepted'
    body['terms']['accepted'] = True
    body['terms']['sha256'] = '0' * 64
    assert one.post(one.url['orders'], body).problem == 'terms-outdated'
    world.ra.admin('terms')
    body['terms']['sha256'] = shown['sha256']
    assert one.post(one.url['orders'], body).problem == 'terms-outdated'


def roca_spki():
    """A modulus with the fingerprint of CVE-2017-15361 (never used: policy comes first)."""
    primes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]
    step = 1
    for prime in primes:
        step *= prime
    n = pow(65537, 7, step) + step * (1 << (2047 - step.bit_length() + 1))
    while n % 2 == 0 or any(n % p == 0 for p in range(3, 100, 2)):
        n += step
    number = b'\0' + n.to_bytes((n.bit_length() + 7) // 8, 'big')
    rsa = tlv(0x30, tlv(0x02, number) + bytes.fromhex('0203010001'))
    return tlv(0x30, bytes.fromhex('300d06092a864886f70d0101010500') + tlv(0x03, b'\0' + rsa))


def requests(world):
    one, good = world.one, world.key.csr(world.one.subject())
    subject = one.subject()
    other = subject.replace(b'A1-one', b'A1-two')
    assert other != subject
    cases = [  # signed by another hash than SHA-2, too
        (world.key.csr(subject, digest='sha1'), 'csr-signature'),
        (good[:-1] + bytes([good[-1] ^ 1]), 'csr-signature'),
        (world.key.csr(subject, Key(world.folder).spki), 'csr-signature'),
        (good + b'\0', 'csr-malformed'),
        (good[:100], 'csr-malformed'),
        (Key(world.folder, bits=1024).csr(subject), 'key-policy'),
        (Key(world.folder, exponent=3).csr(subject), 'key-policy'),
        (Key(world.folder, algorithm='EC').csr(subject), 'key-policy'),
        (world.key.csr(subject, roca_spki()), 'key-policy'),
        (world.key.csr(other), 'subject-mismatch'),
    ]
    for csr, wanted in cases:
        answer = one.order(world.key, CARDS['one'], csr=csr)
        assert answer.problem == wanted, (answer.problem, wanted)
    body = one.order_body(good, one.verify_card(CARDS['one']).json['id'])
    body['requests'][0]['profile'] = 'nosuch'
    assert one.post(one.url['orders'], body).problem == 'profile-unknown'
    assert one.get(one.url['orders']).json['orders'] == [], 'no refusal left an order'


def idempotency(world):
    one = world.one
    body = one.order_body(world.key.csr(one.subject()), one.verify_card(CARDS['one']).json['id'])
    for key in (None, 'short', 'x' * 65, 'sp ace sp ace'):
        answer = one.post(one.url['orders'], body, key=key, right=False)
        assert answer.problem == 'idempotency-key-missing', key
    key = str(uuid.uuid4())
    first = one.post(one.url['orders'], body, key=key)
    assert first.status == 201 and 'Idempotency-Replayed' not in first.headers
    world.one = one = world.again('one')
    second = one.post(one.url['orders'], body, key=f'"{key}"')
    assert second.headers['Idempotency-Replayed'] == 'true'
    assert (second.status, second.body) == (201, first.body)
    assert second.headers['Location'] == first.headers['Location']
    body['terms']['accepted'] = False
    assert one.post(one.url['orders'], body, key=key).problem == 'idempotency-key-reused'
    world.order = first.json


def keys_and_cards(world):
    one, order = world.one, world.order
    answer = one.order(Key(world.folder), CARDS['one'])
    assert answer.problem == 'certificate-exists' and answer.json['order_url'] == order['url']
    two = Client(world.ra)
    two.first_login('two')
    assert two.order(world.key, CARDS['two']).problem == 'key-in-use', 'a foreign key'
    assert two.get(order['url']).problem == 'not-found', 'an order of somebody else'
    assert two.get(order['certificates'][0]['url']).problem == 'not-found'
    assert two.post(order['receipt_url'], {'certificates': ['0' * 64], 'card_verification': 'x'}
                    ).problem == 'not-found'
    assert two.post(two.url['card_verifications'], {
        'purpose': 'after_issue', 'card_serial': CARDS['two'], 'order_url': order['url']}
    ).problem == 'not-found'


def receipts(world):
    one, order = world.one, world.order
    right = [order['certificates'][0]['sha256']]
    before = one.verify_card(CARDS['one']).json['id']

    def receipt(certificates, verification):
        return one.post(order['receipt_url'],
                        {'certificates': certificates, 'card_verification': verification}).problem

    assert receipt(right, before) == 'card-verification-required'
    assert one.answer_challenge(Key(world.folder), order, CARDS['one']).problem == 'challenge-failed'
    failed = one.challenge
    assert receipt(right, failed['id']) == 'card-verification-required', 'not answered rightly'
    signature = base64.b64encode(bytes(256)).decode()
    assert one.post(failed['answer_url'], {'alg': 'RS256', 'signature': signature}
                    ).problem == 'card-verification-required', 'one answer a challenge'
    good = one.answer_challenge(world.key, order, CARDS['one']).json
    assert receipt(['0' * 64], good['id']) == 'receipt-mismatch'
    assert one.post(order['url'] + '/cancel').problem == 'order-state'
    assert receipt(right, good['id']) is None
    assert one.get(order['url']).json['state'] == 'acknowledged'
    world.ra.admin('revoke', '--certificate', order['certificates'][0]['id'])
    assert one.order(world.key, CARDS['one']).problem == 'key-in-use', 'a reused key'
    assert one.order(Key(world.folder), CARDS['one']).status == 201


def forms(world):
    one, cert = world.one, world.order['certificates'][0]
    assert one.get(cert['url'], headers={'Accept': 'image/png'}).problem == 'not-acceptable'
    assert one.get(one.url['orders'] + '/nosuch').problem == 'not-found'


STEPS = [captchas, strikes, first_login, sessions, cards, terms, requests, idempotency, keys_and_cards,
         receipts, forms]


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for step in STEPS:
            step(world)
            print('ok', step.__name__)
            sys.stdout.flush()
        assert world.ra.stop() == 0


main()
