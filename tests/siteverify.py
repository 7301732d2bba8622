"""A server on this machine that speaks the protocol of reCAPTCHA's siteverify, over TLS, and misbehaves when told to."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class SiteVerify:
    """What the server answers, and what it was asked.

    `behaviour` is "protocol" (tokens "good" pass, once), "hang", "html", "empty", "list" or "error".
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.behaviour = "protocol"
        self.asked: list[dict[str, list[str]]] = []
        self.used: set[str] = set()
        self.let_go = threading.Event()
        self.address = ""

    def answer(self, asked: dict[str, list[str]]) -> dict[str, object]:
        """Answer as Google does."""
        token = asked.get("response", [""])[0]
        if asked.get("secret") != [self.secret]:
            return {"success": False, "error-codes": ["invalid-input-secret"]}
        if token in self.used:
            return {"success": False, "error-codes": ["timeout-or-duplicate"]}
        if not token.startswith("good"):
            return {"success": False, "error-codes": ["invalid-input-response"]}
        self.used.add(token)
        return {"success": True, "challenge_ts": "2026-11-25T04:00:00Z", "hostname": "localhost"}


@contextmanager
def site_verify(folder: Path, *, secret: str) -> Iterator[SiteVerify]:
    """Run the server; its certificate is `folder`/cert.pem, which a client must be told to trust.

    Args:
        folder: where key and certificate go.
        secret: the one private key that it knows.
    """
    site = SiteVerify(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            site.asked.append(parse_qs(body, keep_blank_values=True))
            if site.behaviour == "hang":
                site.let_go.wait(30)
                return
            kinds = {"html": b"<!doctype html><p>Sorry", "empty": b"", "list": b"[1]", "error": b"{}"}
            answer = kinds.get(site.behaviour) or (
                b"" if site.behaviour == "empty" else json.dumps(site.answer(site.asked[-1])).encode()
            )
            self.send_response(503 if site.behaviour == "error" else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    site.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        site.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "siteverify")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "cert.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
