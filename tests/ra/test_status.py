#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the RA tells of certificates: proof, OCSP and CRL as OpenSSL judges them, the host's codes; kept answers end."""
import base64
import os
import re
import subprocess
import tempfile
import urllib.parse
import uuid

from client import BUILD, Client, Key, Ra, openssl

DER = {'Accept': 'application/pkix-cert'}
OCSP = {'Content-Type': 'application/ocsp-request'}


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, 'wb') as file:
        file.write(data)
    return path


class Judge:
    """OpenSSL's view of one certificate: by OCSP, and by the CRL."""

    def __init__(self, folder, client, cert):
        self.folder, self.client = folder, client
        self.cert = write(folder, 'cert.pem', openssl(
            'x509', '-inform', 'DER', data=client.get(cert['url'], headers=DER).body))
        chain = client.get(client.url['ca_certificates'], headers={'Accept': 'application/pem-certificate-chain'}).body
        issuing, root = re.findall(rb'-----BEGIN.*?END CERTIFICATE-----\n', chain, re.S)
        self.issuing, self.root = write(folder, 'issuing.pem', issuing), write(folder, 'root.pem', root)
        self.url = openssl('x509', '-in', self.cert, '-noout', '-ocsp_uri').decode().strip()

    def ask(self, *about, issuer=None, trust=()):
        """The last words of each line of openssl ocsp about the answer, which must verify."""
        request = os.path.join(self.folder, 'request')
        common = ['-issuer', issuer or self.issuing, *(about or ('-cert', self.cert)), '-no_nonce']
        openssl('ocsp', *common, '-reqout', request)
        asked = open(request, 'rb').read()
        texts = []
        for answer in (self.client.send('POST', self.url, raw=asked, headers=OCSP), self.get(asked)):
            done = subprocess.run(['openssl', 'ocsp', *common, '-respin',
                                   write(self.folder, 'answer', answer.body), '-CAfile', self.root, *trust],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            text = done.stdout.decode()
            assert done.returncode == 0 and 'Response verify OK' in text and 'WARNING' not in text, text
            texts.append(re.sub('(This|Next) Update: .*', '', text))
        assert texts[0] == texts[1], 'GET says what POST says'
        return text

    def get(self, asked, safe=''):
        """The same question in the path (RFC 6960, A.1)."""
        words = urllib.parse.quote(base64.b64encode(asked), safe=safe)
        return self.client.get(f'{self.url}/{words}', right=False)

    def by_curl(self):
        """A second client's GET, with the slashes of base64 as they are; openssl's view of the answer."""
        asked = openssl('ocsp', '-issuer', self.issuing, '-cert', self.cert, '-no_nonce', '-reqout', '/dev/stdout')
        path = urllib.parse.quote(base64.b64encode(asked), safe='/+=')
        answer = subprocess.run(['curl', '--silent', '--fail', '--cacert', self.client.ra.trust, f'{self.url}/{path}'],
                                stdout=subprocess.PIPE, check=True).stdout
        return openssl('ocsp', '-respin', write(self.folder, 'answer', answer), '-issuer', self.issuing, '-cert',
                       self.cert, '-CAfile', self.root, '-no_nonce').decode()

    def nonce_returns(self):
        """The extension with the nonce, byte by byte (32 bytes at most, so its lengths are one byte each)."""
        request = os.path.join(self.folder, 'request')
        openssl('ocsp', '-issuer', self.issuing, '-cert', self.cert, '-nonce', '-reqout', request)
        asked = open(request, 'rb').read()
        start = asked.index(bytes.fromhex('06092b0601050507300102'))
        nonce = asked[start:start + 13 + asked[start + 12]]
        assert len(nonce) >= 20
        return nonce in self.client.send('POST', self.url, raw=asked, headers=OCSP).body

    def by_crl(self):
        lists = b''.join(openssl('crl', '-inform', 'DER', data=self.client.get(url).body)
                         for url in self.client.site['crls'])
        done = subprocess.run(['openssl', 'verify', '-crl_check_all', '-CRLfile',
                               write(self.folder, 'lists.pem', lists), '-CAfile', self.root, '-untrusted',
                               self.issuing, self.cert], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return (done.returncode, done.stdout.decode())


def tipo(folder, ra):
    client = Client(ra, 'tipo')
    client.login('tipo1', 'First123')
    keys = [Key(folder), Key(folder)]
    order = client.post(client.url['orders'], client.order_body(
        [k.csr(client.subject()) for k in keys], client.verify_card('bb02').json['id'])).json
    certs = client.post(order['activation_url'], {'site_password': 'First123'}).json['certificates']
    judge = Judge(folder, client, certs[0])
    assert judge.ask().count(': good') == 1 and judge.by_crl()[0] == 0
    assert judge.nonce_returns()
    assert ': good' in judge.by_curl()
    malformed = bytes.fromhex('30030a0101')  # OCSPResponse with the status malformedRequest
    assert judge.get(b'0').body == judge.get(os.urandom(900)).body == malformed
    for path in ('no-base64', 'AA', '====', '%E7%8E%8B'):
        assert client.get(f'{judge.url}/{path}', right=False).body == malformed, path
    both = judge.ask('-cert', judge.cert, '-serial', '0x4242')
    assert ': good' in both and '0x4242: unknown' in both, both
    assert ': unknown' in judge.ask('-serial', '0x' + certs[0]['id'], issuer=judge.root,
                                    trust=['-VAfile', judge.issuing]), "another CA's"
    client.post(client.url['suspensions'], {'certificates': [certs[0]['id']], 'site_password': 'First123'})
    text = judge.ask()
    assert ': revoked' in text and 'Reason: certificateHold' in text, text
    assert 'certificate revoked' in judge.by_crl()[1]
    ra.admin('resume', '--site', 'tipo', '--account', 'tipo1')
    assert ': good' in judge.ask() and judge.by_crl()[0] == 0, 'resumed: off the list'
    ra.admin('revoke', '--certificate', certs[0]['id'])
    text = judge.ask()
    assert ': revoked' in text and 'Hold' not in text
    assert 'certificate revoked' in judge.by_crl()[1]
    for body in (b'', b'x', b'\x30\x00', open(os.path.join(folder, 'request'), 'rb').read() + b'x'):
        answer = client.send('POST', judge.url, raw=body, headers=OCSP).body
        assert answer == bytes.fromhex('30030a0101'), body
    assert client.send('POST', judge.url, raw=b'{}', right=False).problem == 'unsupported-media-type'
    assert client.get(judge.url, right=False).problem == 'method-not-allowed'


def proof(folder, ra):
    client = Client(ra, 'post')
    client.login('P-2', 'First123')
    client.post(client.url['password'], {'old_password': 'First123', 'new_password': 'Second456'})
    client.login('P-2', 'Second456')
    page = lambda kind: client.get(client.url['proof'], headers={'Accept': kind})
    assert page('text/plain').problem == 'nothing-to-do'
    certs = client.order_files([Key(folder), Key(folder)]).json['certificates']
    text, html = page('text/plain').body.decode(), page('text/html').body.decode()
    assert page('image/png').problem == 'not-acceptable'
    assert '<b>&' in text and '<b>' not in html and '&lt;b&gt;&amp;' in html
    plain = [line.strip() for line in text.splitlines() if line.strip()]
    rows = re.sub(r'</th><td>', '：', html[html.index('<h1>'):])
    rows = re.sub(r'<[^>]*>', '', rows).replace('&lt;', '<').replace('&gt;', '>').replace('&amp;', '&')
    assert plain == [line.strip() for line in rows.splitlines() if line.strip()]
    for cert in certs:
        assert '憑證序號：' + cert['serial_number'] in text and cert['sha256'] in text
    assert text.count('憑證狀態：有效') == 2 and '憑證用途：簽章\n' in text and '憑證用途：加密\n' in text
    client.post(client.url['suspensions'], {})
    assert page('text/plain').body.decode().count('憑證狀態：已暫禁') == 2
    assert 'proof' not in Client(ra).url


def status_codes(folder, ra):
    ra.admin('slip-issue', '--site', 'bts', '--account', 'bts1', '--password-env', 'RA_PW', env={'RA_PW': 'SlipPw9'})
    client = Client(ra, 'bts')

    def host():
        client.login('bts1', 'First123')
        return tuple(client.get(client.url['certificates']).json['certificates'][0]['host_status'].values())

    client.login('bts1', 'First123')
    good = client.post(client.url['eligibility'], {'slip_password': 'SlipPw9'}).json['id']
    cert = client.order_files([Key(folder)], eligibility=good).json['certificates'][0]
    assert host() == (0, '有效憑證')
    end = cert['not_after']
    year, day = int(end[:4]), end[8:]
    before = f'{year}-{int(end[5:7]) - 1:02}-{day}'  # the RA starts in March, so this month exists
    ra.admin('clock', '--now', before[:11] + '00:00:00Z')
    assert host() == (0, '有效憑證'), 'a few hours before the last month'
    ra.admin('clock', '--now', before)
    assert host() == (31, '即將到期'), 'the last month, its first second included'
    ra.admin('clock', '--now', f'{year}-{end[5:8]}{int(day[:2]) + 1:02}T00:00:00Z')
    assert host() == (32, '已過期')
    ra.admin('revoke', '--certificate', cert['id'])
    assert host() == (34, '已廢止')


def kept_answers(folder, ra):
    """They end after the time that is announced; those of orders do not."""
    client = Client(ra, 'post')
    key, order_key = str(uuid.uuid4()), str(uuid.uuid4())

    def change(telephone):
        assert client.login('P-3', 'First123').status == 201
        return client.post(client.url['profile_data'], {'telephone': telephone}, key=key)

    client.login('P-3', 'First123')
    client.post(client.url['password'], {'old_password': 'First123', 'new_password': 'Fourth44'})
    client.login('P-3', 'Fourth44')
    client.post(client.url['password'], {'old_password': 'Fourth44', 'new_password': 'First123'})
    ra.admin('clock', '--now', '2027-03-01T08:00:00Z')
    assert change('1').json['telephone'] == '1' and change('2').problem == 'idempotency-key-reused'
    body = client.order_body([k.csr(client.subject()) for k in (Key(folder), Key(folder))], None)
    first = client.post(client.url['orders'], body, key=order_key)
    ra.admin('clock', '--now', '2027-03-02T07:59:00Z')
    assert change('1').headers['Idempotency-Replayed'] == 'true'
    ra.admin('clock', '--now', '2027-03-02T08:05:00Z')
    assert client.directory['limits']['idempotency_s'] == 86400
    again = change('2')
    assert again.json['telephone'] == '2' and 'Idempotency-Replayed' not in again.headers
    again = client.post(client.url['orders'], body, key=order_key)
    assert again.body == first.body and again.headers['Idempotency-Replayed'] == 'true'


def hostile_profiles(folder, _):
    """Settings that would make people's keys into CAs, or read sections of OpenSSL's settings, do not load."""
    source = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sites.conf'), encoding='utf-8').read()
    for key, value in (('key_usage', 'keyCertSign'), ('key_usage', '@other'), ('key_usage', 'digitalSignature,cRLSign'),
                       ('key_usage', 'nosuch'), ('ext_key_usage', 'anyExtendedKeyUsage'), ('ext_key_usage', '1.2.3')):
        own = write(folder, 'own.conf', re.sub(rf'(?m)^{key} = .*', f'{key} = {value}', source, count=1).encode())
        done = subprocess.run([f'{BUILD}/twca-ra', '--dir', folder + '/other', '--sites', own],
                              stderr=subprocess.PIPE, timeout=60)
        assert done.returncode != 0 and key in done.stderr.decode(), (value, done.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        ra = Ra(os.path.join(folder, 'ra'))
        ra.register('tipo1', 'bb02', site='tipo', options=['--keep-password'])
        ra.register('post2', site='post', cn='P-2', name='王<b>&小明')
        ra.register('post3', site='post', cn='P-3')
        ra.register('bts1', site='bts')
        tipo(folder, ra)  # at the machine's time: OpenSSL has no other for OCSP
        ra.admin('clock', '--now', '2027-03-15T08:00:00Z')
        for step in (proof, status_codes, kept_answers, hostile_profiles):
            step(folder, ra)
            print('ok', step.__name__, flush=True)
        assert ra.stop() == 0


main()
