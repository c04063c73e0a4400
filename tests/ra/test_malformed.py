#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Requests that nobody should send: each is refused as documented, and the RA goes on serving."""
import json
import os
import random
import socket
import ssl
import tempfile
import uuid

from client import API, Client, Key, Ra

CARD = 'abcd'


def bodies(client):
    url, send = client.url['sessions'], client.send
    for raw in (b'', b'{', b'[]', b'"x"', b'null', b'{}', b'{"account":"a","account":"b"}', b'\xff\xfe',
                b'{"account":"\\u0000"}', b'[' * 5000, b'{"account":1,"password":"p","captcha":{}}'):
        assert send('POST', url, raw=raw, right=False).problem == 'malformed-request', raw
    right = {'account': 'a', 'password': 'p', 'captcha': {'id': 'x', 'answer': '1'}}
    for name in right:
        less = {k: v for k, v in right.items() if k != name}
        assert send('POST', url, less, right=False).problem == 'malformed-request', name
    more = dict(right, extra=1)
    assert send('POST', url, more, right=False).problem == 'malformed-request'
    empty = dict(right, account='')
    assert send('POST', url, empty, right=False).problem == 'malformed-request'
    long = dict(right, password='p' * 60000)
    assert send('POST', url, long, right=False).problem == 'malformed-request'
    big = json.dumps(right).encode() + b' ' * 65536
    assert send('POST', url, raw=big, right=False).problem == 'body-too-large'
    huge = b'{' + b' ' * (3 << 20)
    assert send('POST', url, raw=huge, right=False).problem == 'body-too-large'
    for kind in ('text/plain', 'application/jsonx', ''):
        answer = send('POST', url, right, headers={'Content-Type': kind}, right=False)
        assert answer.problem == 'unsupported-media-type', kind
    answer = send('POST', url, right, headers={'Content-Type': 'application/json; charset=utf-8'})
    assert answer.problem == 'captcha-expired'


def paths(client):
    base = client.ra.base
    for path in ('nosuch', 'v1', 'v1/', 'v1/fine', 'v1/fine/', 'v1/nosuch/terms', 'v1/fine/terms/', 'v1/fine//terms',
                 'v1/fine/orders/' + 'x' * 200, 'v1/fine/orders/a/b', '../etc/passwd', 'v1/crl/',
                 'v1/fine/card-verifications/x', "v1/fine/certificates/'%20OR%201=1"):
        answer = client.send('GET', base + path, right=False)
        assert answer.status in (401, 404, 405), path
    assert client.get(base + 'v1/crl/nosuch.crl').problem == 'not-found'
    for method, path in (('PUT', 'v1/fine/terms'), ('DELETE', ''), ('GET', 'v1/fine/sessions'),
                         ('PATCH', 'v1/fine/orders'), ('BREW', 'v1/fine/terms')):
        assert client.send(method, base + path, right=False).problem == 'method-not-allowed', path


def mutations(client, folder):
    """Single bytes of a good order changed: never a crash, never a 500, never a certificate of another key."""
    client.first_login('mal')
    body = client.order_body(Key(folder).csr(client.subject()), client.verify_card(CARD).json['id'])
    body['terms']['id'] = 'old'  # a mutation cannot succeed, so each one meets the checks anew
    good = json.dumps(body).encode()
    generator = random.Random(4242)
    for _ in range(300):
        raw = bytearray(good)
        for _ in range(generator.randint(1, 3)):
            raw[generator.randrange(len(raw))] = generator.randrange(256)
        answer = client.post(client.url['orders'], raw=bytes(raw), key=str(uuid.uuid4()), right=False)
        assert 400 <= answer.status < 500, answer.status
    for purpose, order in (('nosuch', None), ('after_issue', None), ('before_key', client.url['orders'])):
        sent = {'purpose': purpose, 'card_serial': CARD}
        if order:
            sent['order_url'] = order
        answer = client.post(client.url['card_verifications'], sent, right=False, key=str(uuid.uuid4()))
        assert answer.problem == 'malformed-request'


BODIES = (b'', b'{', b'[]', b'null', b'{"unknown":1}', b'{"\\ud800":1}', b'\xff\xfe\x00', b'{"a":' * 3000)
RUBBISH = ('nosuch', '0' * 64, '%00', '%2e%2e%2f', "'%20OR%201=1", '%E7%8E%8B', 'x' * 900)


def wrong_ways(client, operation):
    """(headers, body) that no operation takes: of the session, the key, the type, the body."""
    token, key = {'Authorization': 'Bearer ' + client.token}, {'Idempotency-Key': str(uuid.uuid4())}
    for value in ('', 'Bearer', 'Bearer nosuch', 'Basic ' + client.token, 'Bearer ' + 'x' * 5000):
        yield {'Authorization': value, **key}, b'{}'
    if 'requestBody' in operation:
        for kind in ('text/plain', 'application/xml', ''):
            yield {**token, **key, 'Content-Type': kind}, b'{}'
        for value in ('', 'short', '!' * 20, 'k' * 65, '\t'):
            yield {**token, 'Idempotency-Key': value}, b'{}'
        for raw in BODIES:
            yield {**token, **key}, raw


def every_operation(client):
    """Each operation of the contract, at each site, with ids and requests that are none: a documented refusal."""
    tried = set()
    for template, item in API['paths'].items():
        for method in [word for word in item if word in ('get', 'post', 'put', 'patch', 'delete')]:
            operation, public = item[method], item[method].get('security') == []
            for site in [one['id'] for one in client.directory['sites']] if '{site}' in template else ['']:
                path = template.replace('{site}', site)
                for number, (headers, raw) in enumerate(wrong_ways(client, operation)):
                    if site not in ('', 'fine') and number % 8 != 2:  # its session is one of fine
                        continue
                    rubbish = RUBBISH[number % len(RUBBISH)]
                    url = client.ra.base + '/'.join(
                        rubbish if part.startswith('{') else part for part in path.split('/'))[1:]
                    answer = client.send(method.upper(), url, headers=headers, right=False,
                                         raw=raw if method != 'get' else None)
                    tried.add(operation['operationId'])
                    assert answer.status < 500, (method, url, headers, raw)
                    refused = not public or ('requestBody' in operation and raw != b'{}')
                    if refused and operation['operationId'] != 'askOcsp' and \
                            not (method in ('get', 'delete') and number >= 5):
                        assert answer.status >= 400, (method, url, headers, raw)
    assert tried == {item[m]['operationId'] for item in API['paths'].values() for m in item if m in
                     ('get', 'post', 'put', 'patch', 'delete')}, 'each one was tried'
    assert len(tried) > 40


def raw_bytes(ra):
    """Below HTTP: rubbish in TLS, rubbish without TLS, a connection left open."""
    context = ssl.create_default_context(cafile=ra.trust)
    for data in (b'\r\n\r\n', b'GET\r\n\r\n', b'\x00' * 100, b'GET / HTTP/9.9\r\n\r\n',
                 b'GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n', b'GET /' + b'a' * 100000):
        with socket.create_connection(('127.0.0.1', ra.port)) as plain:
            with context.wrap_socket(plain, server_hostname='127.0.0.1') as tls:
                tls.settimeout(5)
                try:
                    tls.sendall(data)
                    tls.recv(100)
                except OSError:
                    pass
    with socket.create_connection(('127.0.0.1', ra.port)) as plain:
        plain.sendall(b'GET / HTTP/1.1\r\n\r\n')
    idle = socket.create_connection(('127.0.0.1', ra.port))
    assert Client(ra).directory['api_version'] == '1', 'still serving'
    idle.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        ra = Ra(os.path.join(folder, 'ra'))
        ra.register('mal', CARD)
        client = Client(ra)
        bodies(client)
        paths(client)
        mutations(client, folder)
        every_operation(client)
        raw_bytes(ra)
        assert ra.stop() == 0


main()
