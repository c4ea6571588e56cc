"""Azure on loopback: a proxy that answers for every host itself, over TLS.

What runs is what runs in production: requests goes through HTTPS_PROXY to
management.azure.com, login.microsoftonline.com and so on, and trusts REQUESTS_CA_BUNDLE.
No host but this one is ever reached, and `asked` has everything that would have been sent.
"""

from __future__ import annotations

import base64
import datetime
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ARM = "management.azure.com"
TENANT = "11111111-2222-4333-8444-555555555555"
HOSTS = (
    ARM, "management.chinacloudapi.cn", "management.usgovcloudapi.net",
    "login.microsoftonline.com", "login.chinacloudapi.cn", "login.microsoftonline.us",
    "*.metrics.monitor.azure.com", "*.metrics.monitor.azure.cn", "*.metrics.monitor.azure.us",
    "evil.example.com", "localhost", "graph.microsoft.com", "mail.europe.communication.azure.com",
)  # fmt: skip
PRINCIPAL = {
    "AZURE_TENANT_ID": TENANT,
    "AZURE_CLIENT_ID": "99999999-2222-4333-8444-555555555555",
    "AZURE_CLIENT_SECRET": "not-a-secret",
    "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",
}


class Ticket:
    """A login that gives the token that the server wants."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(f"token-for-{scopes[0]}", int(time.time()) + 3600)


@dataclass
class Asked:
    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """A status and a JSON body; `raw` is sent instead of it, `cut` ends it that early."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int | None = None

    def bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body).encode()


def error(status: int, code: str, message: str = "no", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": {"code": code, "message": message}}, named)


Reply = Callable[[Asked], Answer]


@dataclass
class Azure:
    """Replies by a pattern of `METHOD host/path`, the latest first; `once` come before them."""

    asked: list[Asked] = field(default_factory=list)
    replies: list[tuple[re.Pattern[str], Reply]] = field(default_factory=list)
    once: list[tuple[re.Pattern[str], Answer]] = field(default_factory=list)
    port: int = 0

    def reply(self, pattern: str, reply: Reply | Answer | dict[str, Any]) -> None:
        if isinstance(reply, dict):
            reply = Answer(body=reply)
        answer = (lambda _, fixed=reply: fixed) if isinstance(reply, Answer) else reply
        self.replies.insert(0, (re.compile(pattern, re.I), answer))

    def first(self, pattern: str, *answers: Answer) -> None:
        """Answer the first requests that fit with these, one each."""
        self.once.extend((re.compile(pattern, re.I), one) for one in answers)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        line = f"{asked.method} {asked.host}{asked.path}"
        if asked.host.startswith("login."):
            return _token(asked)
        if asked.path == "/msi/token":  # a managed identity, at IDENTITY_ENDPOINT
            token = f"token-for-{asked.query['resource']}/.default"
            return Answer(body={"access_token": token, "expires_on": "4102444800"})
        wanted = f"Bearer {_audience(asked.host)}"
        if asked.headers.get("authorization") != wanted:
            return error(401, "InvalidAuthenticationToken", "the audience is another")
        for number, (pattern, answer) in enumerate(self.once):
            if pattern.search(line):
                del self.once[number]
                return answer
        for pattern, reply in self.replies:
            if pattern.search(line):
                return reply(asked)
        return error(404, "NotFound", line)

    def lines(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked if "login." not in one.host]


def _audience(host: str) -> str:
    """The token that a host wants: what `_token` gave for its scope."""
    if "metrics" in host:
        host = host.partition(".")[2]
    if host.endswith("communication.azure.com"):
        host = "communication.azure.com"
    audience = host.replace("management.usgov", "management.core.usgov")
    return f"token-for-https://{audience}/.default"


def _token(asked: Asked) -> Answer:
    root = f"https://{asked.host}/{TENANT}"
    if asked.path.endswith("openid-configuration"):
        return Answer(
            body={
                "token_endpoint": f"{root}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
                "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "issuer": f"{root}/v2.0",
            }
        )
    sent = {name: found[0] for name, found in parse_qs(str(asked.body)).items()}
    if asked.path.endswith("/devicecode"):
        where = {"verification_uri": "https://microsoft.com/devicelogin", "user_code": "F7K9"}
        code = f"code-for-{sent['scope']}"
        return Answer(body={**where, "device_code": code, "expires_in": 900, "interval": 1})
    if asked.path.endswith("/token"):
        asked_for = sent.get("scope") or sent["device_code"].removeprefix("code-for-")
        scope = next(word for word in asked_for.split() if word.startswith("https:"))
        token = {"token_type": "Bearer", "expires_in": 3600, "access_token": f"token-for-{scope}"}
        return Answer(body=token | (_of_a_person(sent["client_id"]) if _is_person(sent) else {}))
    return Answer(body={"tenant_discovery_endpoint": f"{root}/.well-known/openid-configuration"})


def _is_person(sent: dict[str, str]) -> bool:
    return "device_code" in sent or "refresh_token" in sent


def _of_a_person(client: str) -> dict[str, str]:
    """What comes beside the token when somebody logs in, so that nobody is asked twice."""
    claims = {
        "aud": client, "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0", "tid": TENANT,
        "sub": "jo", "oid": "jo", "preferred_username": "jo@example.com",
        "iat": int(time.time()), "exp": int(time.time()) + 3600,
    }  # fmt: skip
    parts = ({"alg": "none"}, claims, "")
    info = {"uid": "jo", "utid": TENANT}
    return {
        "refresh_token": "again",
        "id_token": ".".join(_base64(part) for part in parts),
        "client_info": _base64(info),
    }


def _base64(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    azure: Azure
    tls: ssl.SSLContext
    tunnel = ""

    def do_CONNECT(self) -> None:
        self.tunnel = self.path.partition(":")[0]
        self.close_connection = False  # requests asks by HTTP/1.0
        self.send_response(200)
        self.end_headers()
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = self.tunnel or "plain"
        answer = self.azure.answer(
            Asked(self.command, host, unquote(url.path), query, headers, body)
        )
        sent = answer.bytes()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent[: answer.cut])
        self.close_connection = answer.cut is not None

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
            self.connection.close()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Azure, dict[str, str]]]:
    """Azure, and the environment that leads to it; `folder` takes the certificate."""
    azure = Azure()
    authority = folder / "ca.pem"
    context = certificate(authority, folder / "key.pem")
    handler = type("Handler", (_Handler,), {"azure": azure, "tls": context})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    azure.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    environment = {
        "HTTPS_PROXY": f"http://127.0.0.1:{azure.port}",
        "https_proxy": f"http://127.0.0.1:{azure.port}",
        "NO_PROXY": "",
        "no_proxy": "",
        "REQUESTS_CA_BUNDLE": str(authority),
    }
    try:
        yield azure, environment
    finally:
        server.shutdown()
        server.server_close()


def certificate(file: Path, key_file: Path) -> ssl.SSLContext:
    """One certificate for all hosts, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "azure on loopback")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in HOSTS]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context
