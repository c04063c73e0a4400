#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The five sites, each with its own rules: login, first login, applying, delivery."""
import os
import sys
import tempfile
import uuid

from client import BUILD, Client, Key, Ra, openssl, subprocess

CARDS = {'fine1': 'aa01', 'tipo1': 'bb02', 'post1': 'cc03'}
DER = {'Accept': 'application/pkix-cert'}


def person(world, site, account, password='Second456'):
    client = Client(world.ra, site)
    client.login(account, password)
    return client


def logins(world):
    for site, account in (('soft', 'soft1'), ('fine', 'fine1'), ('tipo', 'tipo1')):
        Client(world.ra, site).first_login(account)
    client = Client(world.ra, 'tipo')
    assert client.login('tipo2', 'First123').json['state'] == 'active', 'as told at the counter'
    bts = Client(world.ra, 'bts')
    assert 'captchas' not in bts.url and bts.site['login']['factors'] == ['account', 'password']
    assert bts.login('bts1', 'First123').json['state'] == 'active'
    more = {'account': 'bts1', 'password': 'First123', 'captcha': {'id': 'x', 'answer': '1'}}
    assert bts.send('POST', bts.url['sessions'], more).problem == 'malformed-request'
    assert bts.send('POST', bts.site['resources']['sessions'].replace('sessions', 'captchas'), right=False
                    ).problem == 'not-found'
    assert Client(world.ra).login('soft1', 'Second456').problem == 'wrong-credentials', 'of another site'


def post_password(world):
    post = Client(world.ra, 'post')
    assert post.site['login']['account_is'] == 'certificate_identifier'
    assert post.login('post1', 'First123').problem == 'wrong-credentials', 'the CN is wanted'
    assert post.login('P-1', 'First123').json['state'] == 'password_change_required'
    for weak in ('secret123', 'SECRET123', 'SecretABC', 'Ab1'):
        assert post.post(post.url['password'], {'old_password': 'First123', 'new_password': weak}
                         ).problem == 'password-policy', weak
    assert post.post(post.url['password'], {'old_password': 'First123', 'new_password': 'Second456'}
                     ).json == {'session': 'ended'}
    assert post.get(post.url['registration']).problem == 'session-required'
    assert post.login('P-1', 'Second456').json['state'] == 'active'
    assert post.login('P-1', 'Second456').json['account'] == 'post1'


def post_profile(world):
    post = person(world, 'post', 'P-1')
    assert post.get(post.url['registration']).json['changeable'] == ['email', 'telephone']
    for bad in ({'name': 'X'}, {'email': 'a@b', 'organization': 'O'}):
        assert post.post(post.url['profile_data'], bad, right=False, key=str(uuid.uuid4())).problem == 'malformed-request'
    for bad in ({}, {'email': 'nobody'}, {'telephone': 'call me'}):
        assert post.post(post.url['profile_data'], bad, right=False, key=str(uuid.uuid4())).problem == 'malformed-request'
    assert 'email' not in post.get(post.url['registration']).json, 'no refusal changed anything'
    data = post.post(post.url['profile_data'], {'email': 'a@example.com', 'telephone': '02-1234'}).json
    assert (data['email'], data['telephone']) == ('a@example.com', '02-1234')
    assert 'profile_data' not in Client(world.ra).url


def soft(world):
    client = person(world, 'soft', 'soft1')
    order = client.order_files([world.key[0]]).json
    assert (order['state'], order['delivery']) == ('issued', 'download')
    assert order['certificates'][0]['downloaded'] is False and 'card_serial' not in order
    client = person(world, 'soft', 'soft1')
    found = client.get(client.url['orders']).json['orders'][0]
    assert client.receipt(found).json['state'] == 'acknowledged'
    cert = client.get(client.url['certificates']).json['certificates'][0]
    assert cert['downloaded'] is True
    assert client.get(cert['url'], headers=DER).status == 200, 'downloaded again'
    again = client.order_files([Key(world.folder)])
    assert again.problem == 'certificate-exists' and again.json['order_url'] == order['url']


def tipo(world):
    client = person(world, 'tipo', 'tipo1')
    one, two = world.key[1:3]
    verify = lambda: client.verify_card(CARDS['tipo1']).json['id']
    csrs = [key.csr(client.subject()) for key in (one, two)]
    alone = client.order_body(csrs[:1], verify())
    assert client.post(client.url['orders'], alone).problem == 'order-incomplete'
    twice = client.order_body(csrs, verify())
    twice['requests'][1]['profile'] = 'tipo-signing'
    assert client.post(client.url['orders'], twice).problem == 'order-incomplete'
    same = client.order_body([csrs[0], csrs[0]], verify())
    assert client.post(client.url['orders'], same).problem == 'key-in-use'
    order = client.post(client.url['orders'], client.order_body(csrs, verify())).json
    assert order['state'] == 'awaiting_activation' and len(order['public_key_sha256']) == 2
    assert [c['status'] for c in order['certificates']] == ['not_activated'] * 2
    assert [c['role'] for c in order['certificates']] == ['signing', 'encryption']
    assert client.get(order['certificates'][0]['url'], headers=DER).problem == 'activation-required'
    wrong = client.post(order['activation_url'], {'site_password': 'wrong'})
    assert wrong.problem == 'wrong-password' and wrong.json['attempts_left'] == 2
    assert client.get(order['url']).json['state'] == 'awaiting_activation'
    order = client.post(order['activation_url'], {'site_password': 'Second456'}).json
    assert order['state'] == 'issued' and order['certificates'][1]['status'] == 'valid'
    half = [order['certificates'][0]['sha256']]
    check = client.answer_challenge(one, order, CARDS['tipo1']).json['id']
    for hashes in (half, half * 2):
        assert client.post(order['receipt_url'], {'certificates': hashes, 'card_verification': check}
                           ).problem == 'receipt-mismatch'
    assert client.receipt(order, one, CARDS['tipo1']).json['state'] == 'acknowledged'
    text = [openssl('x509', '-inform', 'DER', '-noout', '-ext', 'keyUsage',
                    data=client.get(c['url'], headers=DER).body).decode() for c in order['certificates']]
    assert 'Digital Signature, Non Repudiation' in text[0] and 'Encipherment' not in text[0]
    assert 'Key Encipherment, Data Encipherment' in text[1] and 'Signature' not in text[1]


def post_files(world):
    client = Client(world.ra, 'post')
    client.login('P-2', 'First123')
    client.post(client.url['password'], {'old_password': 'First123', 'new_password': 'Second456'})
    client.login('P-2', 'Second456')
    keys = world.key[3:5]
    card = client.order_body([keys[0].csr(client.subject())], None)
    card['requests'][0]['profile'] = 'post-hw'
    assert client.post(client.url['orders'], card).problem == 'order-incomplete', 'of another carrier'
    assert client.order_files(keys, card_verification='x').problem == 'malformed-request'
    order = client.order_files(keys).json
    assert order['state'] == 'issued' and client.receipt(order).json['state'] == 'acknowledged'


def bts(world):
    client = person(world, 'bts', 'bts1', 'First123')
    eligible = lambda slip: client.post(client.url['eligibility'], {'slip_password': slip})
    assert client.order_files([world.key[5]]).problem == 'eligibility-required'
    assert eligible('Slip9').problem == 'slip-password-wrong', 'there is none yet'
    world.ra.admin('slip-issue', '--site', 'bts', '--account', 'bts1', '--password-env', 'RA_PW', env={'RA_PW': 'SlipPw9'})
    assert 'SlipPw9' in world.ra.admin('slip', '--site', 'bts', '--account', 'bts1')
    assert eligible('slippw9').json['attempts_left'] == 2, 'case matters'
    good = eligible('SlipPw9').json['id']
    order = client.order_files([world.key[5]], eligibility=good).json
    cert = order['certificates'][0]
    assert cert['host_status'] == {'code': 0, 'text': '有效憑證'}
    assert eligible('SlipPw9').problem == 'certificate-exists'
    client = person(world, 'bts', 'bts1', 'First123')
    refused = client.get(cert['url'], headers=DER)
    assert refused.problem == 'download-not-enabled', 'another session'
    assert refused.json['contact']['phone'] == '07-7999660' and refused.json['contact']['hours'] == '08:30-17:00'
    world.ra.admin('enable-download', '--site', 'bts', '--account', 'bts1')
    assert client.receipt(order).json['state'] == 'acknowledged'
    assert client.get(cert['url'], headers=DER).problem == 'download-not-enabled', 'used up'
    world.ra.admin('revoke', '--certificate', cert['id'])
    assert client.order_files([Key(world.folder)], eligibility=good).problem == 'eligibility-required', 'used up'
    world.ra.admin('slip-issue', '--site', 'bts', '--account', 'bts1', '--password-env', 'RA_PW', env={'RA_PW': 'Other88'})
    for left in (2, 1, 0):
        assert eligible('nonsense').json['attempts_left'] == left
    assert eligible('Other88').problem == 'slip-password-wrong', 'the slip is void'


def info(world):
    post = Client(world.ra, 'post')
    notices = post.get(post.url['notices']).json['entries']
    assert [n['date'] for n in notices] == sorted((n['date'] for n in notices), reverse=True)
    assert post.get(notices[1]['url']).json == notices[1]
    assert post.get(post.url['notices'] + '/99').problem == 'not-found'
    document = post.get(post.url['documents']).json['entries'][0]
    body = post.get(document['download_url']).body.decode()
    assert body.startswith('憑證使用手冊（參考）\n') and document['file'] == 'guide.txt'
    for name in ('about', 'faq', 'links', 'drivers'):
        assert post.get(post.url[name]).json['entries'], name
    fine = Client(world.ra)
    forms = {f['purpose']: f['title'] for f in fine.get(fine.url['forms']).json['entries']}
    assert forms['revoke'] == 'TWCA FINE 金融資訊交換平台憑證廢止申請單'
    assert 'notices' not in fine.url
    assert fine.get(fine.url['terms'].replace('terms', 'notices')).problem == 'not-found'
    cps = fine.get(fine.url['documents']).json['entries'][0]
    assert cps['url'] == 'http://www.twca.com.tw/Portal/save/save.html'


def settings(world):
    source = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sites.conf'), encoding='utf-8').read()
    own = os.path.join(world.folder, 'own.conf')

    def load(text):
        open(own, 'w', encoding='utf-8').write(text)
        return subprocess.run([f'{BUILD}/twca-ra', '--dir', world.folder + '/other', '--sites', own],
                              stderr=subprocess.PIPE, timeout=10).stderr.decode()

    for old, new, wanted in (('carrier = card', 'carrier = stone', 'carrier'), ('[soft]', '[soft]\nnosuch = 1', 'nosuch'),
                             ('max_attempts = 3', '', 'max_attempts'), ('years = 2', 'years = two', 'years'),
                             ('[fine.terms.en]', '[fine.terms.fr]', 'fine'), ('name = ', 'name = ' + 'x' * 200, 'longer')):
        assert wanted in load(source.replace(old, new, 1)), wanted
    text = source.replace('max_attempts = 3', 'max_attempts = 5', 1).replace('[fine', '[mine')
    open(own, 'w', encoding='utf-8').write(text)
    ra = Ra(os.path.join(world.folder, 'mine'), '--sites', own)
    assert Client(ra, 'mine').login('nobody', 'x').json['attempts_left'] == 4
    ra.register('m1', 'aa01', site='mine')
    assert ra.stop() == 0
    ra.options = ()
    ra.start()
    assert Client(ra, 'mine').site['login']['max_attempts'] == 5, 'remembered'
    assert ra.stop() == 0


STEPS = [logins, post_password, post_profile, soft, tipo, post_files, bts, info, settings]


class World:
    def __init__(self, folder):
        self.folder = folder
        self.ra = Ra(os.path.join(folder, 'ra'), '--now', '2027-03-01T08:00:00Z')
        self.ra.register('soft1', site='soft')
        self.ra.register('fine1', CARDS['fine1'])
        self.ra.register('tipo1', CARDS['tipo1'], site='tipo')
        self.ra.register('tipo2', 'bb03', site='tipo', options=['--keep-password'])
        self.ra.register('post1', CARDS['post1'], site='post', cn='P-1')
        self.ra.register('post2', site='post', cn='P-2')
        self.ra.register('bts1', site='bts')
        self.key = [Key(folder) for _ in range(6)]


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for step in STEPS:
            step(world)
            print('ok', step.__name__)
            sys.stdout.flush()
        assert world.ra.stop() == 0


main()
