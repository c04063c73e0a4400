#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Faults on purpose: whatever is lost on the way, a second sending gives one and the same order."""
import http.client
import json
import os
import random
import ssl
import sys
import tempfile
import threading
import time
import uuid

from client import Client, Key, Ra

LOST = (http.client.HTTPException, ConnectionError, ssl.SSLError, OSError)


class World:
    def __init__(self, folder):
        self.folder, self.count = folder, 0
        self.ra = Ra(os.path.join(folder, 'ra'))

    def person(self):
        self.count += 1
        account, card = f'person{self.count}', f'{self.count:08x}'
        self.ra.register(account, card)
        client = Client(self.ra)
        client.first_login(account)
        body = client.order_body(Key(self.folder).csr(client.subject()), client.verify_card(card).json['id'])
        return client, body, str(uuid.uuid4())


def again(world, client):
    """A new connection, as after a crash; the session is still alive in the database."""
    fresh = Client(world.ra)
    fresh.token = client.token
    return fresh


def one_order(client, first):
    orders = client.get(client.url['orders']).json['orders']
    certificates = client.get(client.url['certificates']).json['certificates']
    assert [o['id'] for o in orders] == [first['id']] and len(certificates) == 1, orders


def lost(client, body, key):
    try:
        client.post(client.url['orders'], body, key=key)
    except LOST:
        return
    raise AssertionError('an answer came')


def drops(world):
    for kind, replayed in (('drop-before', None), ('drop-after', 'true')):
        client, body, key = world.person()
        world.ra.admin('fault', kind, '--method', 'POST', '--path', '/orders')
        lost(client, body, key)
        client = again(world, client)
        answer = client.post(client.url['orders'], body, key=key)
        assert answer.status == 201 and answer.headers['Idempotency-Replayed'] == replayed
        one_order(client, answer.json)


def kills(world):
    for kind, replayed in (('kill-before', None), ('kill-after', 'true')):
        client, body, key = world.person()
        world.ra.admin('fault', kind, '--method', 'POST', '--path', '/orders')
        lost(client, body, key)
        assert world.ra.wait_dead() == -9
        world.ra.admin('fault', 'clear')
        world.ra.start()
        client = again(world, client)
        answer = client.post(client.url['orders'], body, key=key)
        assert answer.status == 201 and answer.headers['Idempotency-Replayed'] == replayed
        one_order(client, answer.json)


def kill_at_any_moment(world):
    for _ in range(6):
        client, body, key = world.person()
        pause = random.uniform(0, 0.03)

        def killer():
            time.sleep(pause)
            world.ra.process.kill()

        thread = threading.Thread(target=killer)
        thread.start()
        try:
            client.post(client.url['orders'], body, key=key)
        except LOST:
            pass
        thread.join()
        world.ra.wait_dead()
        world.ra.start()
        client = again(world, client)
        first = client.post(client.url['orders'], body, key=key)
        assert first.status == 201, pause
        assert client.post(client.url['orders'], body, key=key).json == first.json
        one_order(client, first.json)


def unavailable(world):
    client, body, key = world.person()
    world.ra.admin('fault', 'unavailable', '--path', '/orders', '--arg', '7', '--nth', '2')
    assert client.get(client.url['orders']).status == 200
    answer = client.post(client.url['orders'], body, key=key)
    assert answer.problem == 'unavailable' and answer.json['retryable']
    assert answer.headers['Retry-After'] == '7'
    assert client.post(client.url['orders'], body, key=key).status == 201


def polling(world):
    client, body, key = world.person()
    world.ra.admin('fault', 'pending', '--method', 'POST', '--path', '/orders', '--arg', '2')
    answer = client.post(client.url['orders'], body, key=key)
    assert answer.status == 202 and answer.json['state'] == 'pending'
    states = []
    for _ in range(4):
        order = client.get(answer.json['url'])
        states.append(order.json['state'])
        assert ('Retry-After' in order.headers) == (states[-1] in ('pending', 'approved'))
    assert states == ['pending', 'approved', 'issued', 'issued'], states
    one_order(client, answer.json)


def rejecting_and_cancelling(world):
    client, body, key = world.person()
    world.ra.admin('fault', 'reject', '--method', 'POST', '--path', '/orders', '--arg', '0')
    url = client.post(client.url['orders'], body, key=key).json['url']
    order = client.get(url).json
    assert order['state'] == 'rejected'
    assert order['reason']['type'] == 'urn:twca:problem:rejected-by-officer'
    client, body, key = world.person()
    world.ra.admin('fault', 'pending', '--method', 'POST', '--path', '/orders', '--arg', '9')
    order = client.post(client.url['orders'], body, key=key).json
    assert client.post(order['cancel_url']).json['state'] == 'cancelled'
    assert client.post(order['cancel_url']).problem == 'order-state'
    assert client.get(client.url['certificates']).json['certificates'] == []


def spoilt_answers(world):
    client = Client(world.ra)
    url = client.url['terms']
    whole = client.get(url).body
    world.ra.admin('fault', 'oversize', '--path', '/terms', '--arg', '2048')
    assert len(client.get(url).body) == len(whole) + 2048 * 1024
    world.ra.admin('fault', 'bad-json', '--path', '/terms')
    try:
        client.get(url)
        raise AssertionError('that was JSON')
    except json.JSONDecodeError:
        pass
    for kind, arg in (('delay', '400'), ('slow', '1')):
        world.ra.admin('fault', kind, '--path', '/terms', '--arg', arg)
        start = time.monotonic()
        assert client.get(url).body == whole
        assert time.monotonic() - start > 0.35, kind


def many_at_once(world):
    """Sixteen connections send the same order: one does it, all get the same answer."""
    client, body, key = world.person()
    answers = []

    def send():
        mine = again(world, client)
        answers.append(mine.post(mine.url['orders'], body, key=key))

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16 and len({a.body for a in answers}) == 1
    assert sum('Idempotency-Replayed' in a.headers for a in answers) == 15
    one_order(client, answers[0].json)


STEPS = [drops, kills, kill_at_any_moment, unavailable, polling, rejecting_and_cancelling,
         spoilt_answers, many_at_once]


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for step in STEPS:
            step(world)
            print('ok', step.__name__)
            sys.stdout.flush()
        assert world.ra.stop() == 0


main()
