#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The log tells each request and the instance of each refusal, and holds no secret."""
import os
import tempfile

from client import Client, Ra


def main():
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, 'log')
        ra = Ra(os.path.join(folder, 'ra'), '--log', log)
        ra.register('log1', 'aa01')
        client = Client(ra)
        captcha = client.captcha()
        refused = client.login('log1', 'Wrong\n999', captcha)
        client.first_login('log1')
        token = client.token
        client.send('GET', ra.base + 'nosuch%0aline', right=False)
        other = Client(ra)
        assert ra.stop() == 0
        text = open(log, encoding='ascii').read()
        lines = [line.split(' ') for line in text.splitlines()]
        assert all(len(line) == 7 for line in lines), text
        assert {line[1] for line in lines} == {'conn=1', 'conn=2'} and other.connections == 1
        hit = [line for line in lines if line[5] == refused.json['instance']]
        assert len(hit) == 1 and hit[0][2:5] == ['POST', '/v1/fine/sessions', '401']
        assert hit[0][6] == 'log1'
        for secret in ('First123', 'Second456', 'Wrong', token, captcha['answer'], captcha['id']):
            assert secret not in text, secret


main()
