#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A person applies from first login to receipt, over one connection, each answer as documented."""
import os
import tempfile

from client import Client, Key, Ra, openssl, sha256

CARD = '15A0B1C2D3E4'


def verify_with_openssl(folder, client, cert):
    chain = client.get(cert['url'], headers={'Accept': 'application/pem-certificate-chain'}).body
    parts = [b'-----BEGIN' + part for part in chain.split(b'-----BEGIN')[1:]]
    assert len(parts) == 3
    names = [os.path.join(folder, name) for name in ('leaf.pem', 'issuing.pem', 'root.pem')]
    for name, part in zip(names, parts):
        open(name, 'wb').write(part)
    crls = os.path.join(folder, 'crls.pem')
    with open(crls, 'wb') as file:
        for url in client.site['crls']:
            file.write(openssl('crl', '-inform', 'DER', data=client.get(url).body))
    openssl('verify', '-x509_strict', '-CAfile', names[2], '-untrusted', names[1], '-CRLfile', crls,
            '-crl_check_all', '-purpose', 'sslclient', names[0])
    text = openssl('x509', '-in', names[0], '-noout', '-text').decode()
    for wanted in ('TLS Web Client Authentication, E-mail Protection', 'CA:FALSE', client.site['crls'][0],
                   'Digital Signature, Non Repudiation, Key Encipherment'):
        assert wanted in text, wanted
    return openssl('pkey', '-pubin', '-outform', 'DER',
                   data=openssl('x509', '-in', names[0], '-noout', '-pubkey'))


def apply(folder, ra):
    client = Client(ra)
    client.first_login('fine1')
    registration = client.get(client.url['registration']).json
    assert registration['cards'] == [{'serial': CARD.lower()}]
    assert client.verify_card(CARD).json['state'] == 'verified'
    key = Key(folder)
    answer = client.order(key, CARD)
    order = answer.json
    assert answer.status == 201 and order['state'] == 'issued'
    assert answer.headers['Location'] == order['url']
    assert order['public_key_sha256'] == [sha256(key.spki)]
    assert client.get(client.url['orders']).json['orders'] == [order]
    verified = client.answer_challenge(key, order, CARD).json
    assert verified['state'] == 'verified'
    cert = order['certificates'][0]
    der = client.get(cert['url'], headers={'Accept': 'application/pkix-cert'}).body
    assert sha256(der) == cert['sha256'] and registration['subject']['text'] == cert['subject']
    assert int(cert['not_after'][:4]) == int(cert['not_before'][:4]) + 2
    assert verify_with_openssl(folder, client, cert) == key.spki
    done = client.post(order['receipt_url'], {
        'certificates': [sha256(der)], 'card_verification': verified['id']}).json
    assert done['state'] == 'acknowledged'
    assert client.get(client.url['certificates']).json['certificates'] == [cert]
    assert client.get(cert['url']).json == cert
    assert len(client.get(client.url['ca_certificates']).json['certificates']) == 2
    assert client.get(client.url['session']).json['state'] == 'active'
    assert client.send('DELETE', client.url['session']).status == 204
    assert client.get(client.url['session']).problem == 'session-required'
    assert client.connections == 1, 'one TLS connection is enough'
    return cert


def main():
    with tempfile.TemporaryDirectory() as folder:
        ra = Ra(os.path.join(folder, 'ra'), new=True)
        ra.register('fine1', CARD)
        slip = ra.admin('slip', '--account', 'fine1')
        assert 'fine1' in slip and 'First123' in slip
        cert = apply(folder, ra)
        assert 'First123' not in ra.admin('slip', '--account', 'fine1')
        assert ra.admin('list').splitlines()[1].endswith('\tactive\t1\tacknowledged')
        ra.admin('revoke', '--certificate', cert['id'])
        client = Client(ra)
        crl = openssl('crl', '-inform', 'DER', '-noout', '-text', data=client.get(client.site['crls'][0]).body)
        assert cert['serial_number'].upper() in crl.decode()
        assert ra.stop() == 0


main()
