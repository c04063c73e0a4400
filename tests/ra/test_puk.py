#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PIN reset and unlock: the escrowed PUK is released, changed, confirmed; the counter's leave."""
import os
import tempfile

from client import Client, Ra


def fine(ra):
    client = Client(ra)
    client.first_login('fine1')
    ask = lambda **more: client.post(client.url['card_verifications'], {
        'purpose': 'card_management', 'card_serial': 'aa01', **more})
    assert ask().problem == 'malformed-request'
    assert ask(site_password='wrong').problem == 'wrong-password'
    assert ask(site_password='Second456', card_serial='bb02').problem == 'card-not-registered'
    check = ask(site_password='Second456').json['id']
    change = lambda kind, tries, it=check: client.post(client.url['puk_changes'], {
        'card_verification': it, 'kind': kind, 'tries_left': tries})
    assert change('unlock', 2).problem == 'card-not-locked'
    assert change('reset', 2, client.verify_card('aa01').json['id']).problem == 'card-verification-required'
    first = change('unlock', 0)
    new = first.json['new_puk']
    assert first.status == 201 and first.json['puks'] == ['12345678', new] and len(new) == 8
    assert (change('reset', 2).status, change('reset', 2).json) == (200, first.json), 'the same again'
    puk = lambda: ra.admin('puk', '--card-serial', 'aa01').split()
    assert puk() == ['12345678', new], 'both are kept'
    assert client.post(first.json['confirm_url'], {'changed': True}).json['state'] == 'changed'
    assert puk() == [new, '-']
    second = change('reset', 3).json
    assert client.post(second['confirm_url'], {'changed': False}).json['state'] == 'unchanged'
    assert puk() == [new, '-'] and second['puks'][0] == new


def post(ra):
    client = Client(ra, 'post')
    client.login('P-1', 'First123')
    client.post(client.url['password'], {'old_password': 'First123', 'new_password': 'Second456'})
    client.login('P-1', 'Second456')
    check = client.post(client.url['card_verifications'], {
        'purpose': 'card_management', 'card_serial': 'bb02'}).json['id']
    change = lambda: client.post(client.url['puk_changes'], {
        'card_verification': check, 'kind': 'reset', 'tries_left': 0})
    assert change().problem == 'counter-visit-required'
    ra.admin('enable-pin-reset', '--site', 'post', '--account', 'post1')
    assert client.post(change().json['confirm_url'], {'changed': False}).status == 200
    assert client.post(change().json['confirm_url'], {'changed': True}).status == 200, 'a failure uses up nothing'
    assert change().problem == 'counter-visit-required', 'one success does'


def main():
    with tempfile.TemporaryDirectory() as folder:
        ra = Ra(os.path.join(folder, 'ra'))
        ra.register('fine1', 'aa01')
        ra.register('post1', 'bb02', site='post', cn='P-1')
        fine(ra)
        post(ra)
        assert ra.stop() == 0


main()
