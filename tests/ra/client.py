#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A client for tests: starts the RA, speaks HTTPS, holds every exchange against docs/ra-api.yaml."""
import atexit
import base64
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import uuid

import jsonschema
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
API = yaml.load(open(os.path.join(HERE, '../../docs/ra-api.yaml'), encoding='utf-8'), yaml.CSafeLoader)
BUILD = os.environ['TWCA_RA_BUILD']
PROBLEM = 'urn:twca:problem:'


def resolve(node):
    while '$ref' in node:
        target = API
        for part in node['$ref'][2:].split('/'):
            target = target[part]
        node = target
    return node


# One for all schemas: what it has learned of the references serves each of them.
VALIDATOR = jsonschema.Draft202012Validator({'components': API['components']},
                                            format_checker=jsonschema.FormatChecker())


def check_schema(node, value):
    VALIDATOR.evolve(schema=node).validate(value)


def operation_of(method, path):
    for template, item in API['paths'].items():
        pattern = '/'.join('[^/]+' if p.startswith('{') else re.escape(p)
                           for p in template.split('/'))
        if re.fullmatch(pattern, path) and method.lower() in item:
            return item, item[method.lower()]
    return None, None


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        kind = headers.get('Content-Type', '')
        self.json = json.loads(body) if 'json' in kind else None

    @property
    def problem(self):
        return self.json['type'][len(PROBLEM):] if self.status >= 400 else None


def check_request(item, operation, headers, body):
    """A request of the client's own making that claims to be right is held to the contract too."""
    for parameter in item.get('parameters', []) + operation.get('parameters', []):
        parameter = resolve(parameter)
        if parameter['in'] == 'header' and parameter.get('required'):
            assert parameter['name'] in headers, parameter['name']
            check_schema(parameter['schema'], headers[parameter['name']])
    wanted = operation.get('requestBody')
    assert bool(wanted) == (body is not None), 'body'
    if wanted and 'application/json' in wanted['content']:
        check_schema(wanted['content']['application/json']['schema'], json.loads(body))


def check_answer(method, path, answer):
    _, operation = operation_of(method, path)
    if not operation:  # a method or path that the contract does not have
        assert answer.status in (404, 405), answer.status
        response = {'$ref': '#/components/responses/Problem'}
    else:
        code = str(answer.status)
        if code not in operation['responses']:
            code = code[0] + 'XX'
        assert code in operation['responses'], f'{method} {path}: {answer.status}'
        response = operation['responses'][code]
    response = resolve(response)
    for name, header in response.get('headers', {}).items():
        header = resolve(header)
        if name in answer.headers:
            check_schema(header['schema'], answer.headers[name])
        else:
            assert not header.get('required'), name
    content = response.get('content')
    if not content:
        assert answer.body == b''
        return
    kind = answer.headers['Content-Type']
    assert kind in content, kind
    if answer.json is not None:
        check_schema(content[kind]['schema'], answer.json)
    if answer.status >= 400:
        assert answer.json['status'] == answer.status
        assert (answer.status == 401) == ('WWW-Authenticate' in answer.headers)
        check_table(answer.json)


def check_table(problem):
    """The table in the description of Problem is the truth about status and retryable."""
    word = problem['type'][len(PROBLEM):]
    text = API['components']['schemas']['Problem']['description']
    row = re.search(rf'^\| {word} \| (\d+) \| (yes)? ?\|', text, re.M)
    assert row, word
    assert int(row[1]) == problem['status'] and bool(row[2]) == problem['retryable'], problem


class Ra:
    """One RA process on its own folder and port; the keys of its CA are its own only if it is new."""

    def __init__(self, folder, *options, wrap=(), new=False):
        self.folder, self.options, self.wrap, self.port = folder, options, list(wrap), 0
        if not new:
            shutil.copytree(f'{BUILD}/ra-template', folder)
        self.start()

    def start(self):
        self.trust = os.path.join(self.folder, 'trust.pem')
        self.process = subprocess.Popen(
            self.wrap + [f'{BUILD}/twca-ra', '--dir', self.folder,
                         '--listen', f'127.0.0.1:{self.port}',
                         '--tls-ca-out', self.trust, *self.options],
            stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        assert line.startswith('ready https://127.0.0.1:'), line
        self.base = line.split()[1]
        self.port = int(self.base.rstrip('/').split(':')[-1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(60)

    def wait_dead(self):
        self.process.stdout.close()
        return self.process.wait(60)

    def admin(self, *args, env=None, check=True):
        return subprocess.run([f'{BUILD}/twca-ra-admin', '--dir', self.folder, *args], check=check,
                              stdout=subprocess.PIPE, env={**os.environ, **(env or {})}).stdout.decode()

    def register(self, account, serial=None, password='First123', name='王小明', cn=None, site='fine',
                 options=(), puk='12345678'):
        card = ['--card-serial', serial, '--puk-env', 'RA_PUK'] if serial else []
        self.admin('register', '--site', site, '--name', name, '--id', cn or 'A1-' + account,
                   '--account', account, *card, '--password-env', 'RA_PW', *options,
                   env={'RA_PW': password, 'RA_PUK': puk})


class Client:
    """One person's program: one TLS connection, URLs only from answers."""

    def __init__(self, ra, site='fine', source='127.0.0.1'):
        self.ra, self.token, self.connections = ra, None, 0
        context = ssl.create_default_context(cafile=ra.trust)
        self.http = http.client.HTTPSConnection('127.0.0.1', ra.port, timeout=30, context=context,
                                                source_address=(source, 0))
        self.directory = self.get(ra.base).json
        self.site = next(s for s in self.directory['sites'] if s['id'] == site)
        self.url = self.site['resources']

    def send(self, method, url, body=None, headers=None, key=None, right=True, raw=None):
        """right: the request is one that the contract allows, so it is checked as well."""
        assert url.startswith(self.ra.base), url
        path = url[len(self.ra.base) - 1:]
        headers = dict(headers or {})
        if self.token and 'Authorization' not in headers:
            headers['Authorization'] = 'Bearer ' + self.token
        if key:
            headers['Idempotency-Key'] = key
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        if data is not None:
            headers.setdefault('Content-Type', 'application/json')
        item, operation = operation_of(method, path)
        if right:
            check_request(item, operation, headers, data)
        if self.http.sock is None:
            self.connections += 1
        self.http.request(method, path, data, headers)
        response = self.http.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        check_answer(method, path, answer)
        return answer

    def get(self, url, **options):
        return self.send('GET', url, **options)

    def post(self, url, body=None, **options):
        if options.get('right', True) and 'key' not in options and self.token:
            options['key'] = str(uuid.uuid4())
        return self.send('POST', url, body, **options)

    def captcha(self):
        captcha = self.send('POST', self.url['captchas']).json
        png = base64.b64decode(captcha['image'])
        assert png.startswith(b'\x89PNG\r\n')
        with tempfile.NamedTemporaryFile(suffix='.png') as file:
            file.write(png)
            file.flush()
            answer = self.ra.admin('captcha-answer', '--image', file.name).strip()
        assert len(answer) == captcha['digits'] and answer.isdigit()
        return {'id': captcha['id'], 'answer': answer}

    def login(self, account, password, captcha=None):
        body = {'account': account, 'password': password}
        if 'captcha' in self.site['login']['factors']:
            body['captcha'] = captcha or self.captcha()
        answer = self.send('POST', self.url['sessions'], body)
        if answer.status == 201:
            self.token = answer.json['token']
        return answer

    def first_login(self, account, password='First123', new='Second456'):
        assert self.login(account, password).json['state'] == 'password_change_required'
        changed = self.post(self.url['password'], {'old_password': password, 'new_password': new})
        assert changed.json == {'session': 'continues'}

    def verify_card(self, serial):
        return self.post(self.url['card_verifications'],
                         {'purpose': 'before_key', 'card_serial': serial})

    def subject(self):
        return base64.b64decode(self.get(self.url['registration']).json['subject']['der'])

    def order_body(self, csr, verification, terms=None, **changes):
        """csr: one, or a list for the profiles of the account's carrier."""
        csrs = csr if isinstance(csr, list) else [csr]
        body = {'requests': [{'profile': profile['id'], 'csr': base64.b64encode(one).decode()}
                             for profile, one in zip(self.profiles('card' if verification else 'file'), csrs)],
                'terms': self.accepted(terms)}
        if verification:
            body['card_verification'] = verification
        body.update(changes)
        return body

    def accepted(self, terms=None):
        terms = terms or self.get(self.url['terms']).json
        return {'id': terms['id'], 'sha256': terms['sha256'], 'accepted': True}

    def profiles(self, carrier):
        return [p for p in self.site['profiles'] if p['key_origin'] == carrier]

    def order_files(self, keys, **changes):
        body = self.order_body([key.csr(self.subject()) for key in keys], None, **changes)
        return self.post(self.url['orders'], body)

    def receipt(self, order, key=None, serial=None):
        """Fetches each certificate, and acknowledges what was fetched."""
        der = [self.get(cert['url'], headers={'Accept': 'application/pkix-cert'}) for cert in order['certificates']]
        assert all(answer.status == 200 for answer in der), der[0].json
        body = {'certificates': [sha256(answer.body) for answer in der]}
        if serial:
            body['card_verification'] = self.answer_challenge(key, order, serial).json['id']
        return self.post(order['receipt_url'], body)

    def renew(self, old_key, old, csrs, verification=None, header=None, key=None, **changes):
        """old: the old certificate's SHA-256."""
        protected = {'alg': 'RS256', 'nonce': self.send('POST', self.url['nonces']).json['nonce'],
                     'url': self.url['renewals'], 'x5t#S256': b64url(bytes.fromhex(old)), **(header or {})}
        body = self.order_body(csrs, verification, **changes)
        text = b64url(json.dumps(protected).encode()) + '.' + b64url(json.dumps(body).encode())
        parts = text.split('.')
        options = {'key': key} if key else {}
        self.jws = {'protected': parts[0], 'payload': parts[1], 'signature': b64url(old_key.sign(text.encode()))}
        return self.post(self.url['renewals'], self.jws, **options)

    def order(self, key, serial, **options):
        verification = self.verify_card(serial).json['id']
        csr = options.pop('csr', None) or key.csr(self.subject())
        return self.post(self.url['orders'], self.order_body(csr, verification), **options)

    def answer_challenge(self, key, order, serial):
        challenge = self.post(self.url['card_verifications'], {
            'purpose': 'after_issue', 'card_serial': serial, 'order_url': order['url']}).json
        text = f"twca-card-verification:1:{challenge['id']}:{challenge['card_serial']}:" \
               f"{challenge['challenge']}"
        self.challenge = challenge
        return self.post(challenge['answer_url'], {
            'alg': 'RS256', 'signature': base64.b64encode(key.sign(text.encode())).decode()})


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def openssl(*args, data=None):
    return subprocess.run(['openssl', *args], input=data, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def tlv(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else \
        bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, 'big')
    return bytes([tag]) + length + content


RSA_SIGNATURE = {'sha256': bytes.fromhex('300d06092a864886f70d01010b0500'),
                 'sha1': bytes.fromhex('300d06092a864886f70d0101050500')}


class Key:
    """An RSA key in a file; CSRs are put together here, so that a subject is copied byte by byte."""

    def __init__(self, folder, bits=2048, exponent=65537, algorithm='RSA'):
        self.path = os.path.join(folder, f'key-{uuid.uuid4()}.pem')
        if (algorithm, exponent) == ('RSA', 65537):  # most of them; OpenSSL takes six times as long
            with open(self.path, 'wb') as file:
                subprocess.run([f'{BUILD}/../card/twca-make-key', str(bits)], check=True, stdout=file)
        else:
            options = [f'rsa_keygen_bits:{bits}', '-pkeyopt', f'rsa_keygen_pubexp:{exponent}'] \
                if algorithm == 'RSA' else ['ec_paramgen_curve:P-256']
            openssl('genpkey', '-algorithm', algorithm, '-out', self.path, '-pkeyopt', *options)
        self.spki = openssl('pkey', '-in', self.path, '-pubout', '-outform', 'DER')

    def sign(self, data, digest='sha256'):
        return openssl('dgst', '-' + digest, '-sign', self.path, data=data)

    def csr(self, subject, spki=None, digest='sha256'):
        info = tlv(0x30, b'\x02\x01\x00' + subject + (spki or self.spki) + b'\xa0\x00')
        return tlv(0x30, info + RSA_SIGNATURE[digest] + tlv(0x03, b'\x00' + self.sign(info, digest)))


def sha256(data):
    return hashlib.sha256(data).hexdigest()
