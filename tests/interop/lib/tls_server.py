# SPDX-License-Identifier: Apache-2.0
"""A TLS server on loopback that demands a client certificate and shows its subject.

Usage: tls_server.py KEY CERTIFICATE CLIENT-CA tls1.3|tls1.2|tls1.3-ec
Prints its port, then one line a connection: the version and subject, or the TLS error. Ends when
its standard input does. With tls1.2 it takes only PKCS#1 v1.5 signatures from the client, so that
both paddings are met (tls1.3 allows only PSS); with tls1.3-ec it takes ECDSA only."""

import os
import pathlib
import socket
import ssl
import sys
import tempfile
import threading

CONFIG = """openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = system
[system]
ClientSignatureAlgorithms = {algorithms}
"""
ALGORITHMS = {"tls1.2": "RSA+SHA256:RSA+SHA384:RSA+SHA512",
              "tls1.3": "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512",
              "tls1.3-ec": "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512"}
VERSIONS = {"tls1.2": ssl.TLSVersion.TLSv1_2, "tls1.3": ssl.TLSVersion.TLSv1_3,
            "tls1.3-ec": ssl.TLSVersion.TLSv1_3}


def with_algorithms(version):
    """Start again with an OpenSSL configuration: Python has no call for these algorithms."""
    if os.environ.get("OPENSSL_CONF", "").endswith("tls_server.cnf"):
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tls-server-"))
    config = folder / "tls_server.cnf"
    config.write_text(CONFIG.format(algorithms=ALGORITHMS[version]))
    os.environ["OPENSSL_CONF"] = str(config)
    os.execv(sys.executable, [sys.executable, *sys.argv])


def serve_one(context, raw):
    raw.settimeout(60)
    try:
        with context.wrap_socket(raw, server_side=True) as stream:
            while b"\r\n\r\n" not in stream.recv(16384):
                pass
            pairs = [pair for part in stream.getpeercert()["subject"] for pair in part]
            subject = ", ".join("=".join(pair) for pair in pairs)
            text = f"{stream.version()} subject: {subject}"
            page = f"<html><title>seen</title><body id='seen'>{text}</body></html>".encode()
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store"
                           b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                           % (len(page), page))
            print(text, flush=True)
    except (ssl.SSLError, OSError) as error:
        print(f"error: {error}", flush=True)


def main():
    key, certificate, authority, version = sys.argv[1:]
    with_algorithms(version)
    config = pathlib.Path(os.environ["OPENSSL_CONF"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    config.unlink()
    config.parent.rmdir()
    context.minimum_version = context.maximum_version = VERSIONS[version]
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=serve_one, args=(context, raw), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


main()
