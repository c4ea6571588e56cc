"""A mail server on loopback: TLS, AUTH, and all that a server may do to a client."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "azcost", "correct horse"


class Mailbox:
    """Keeps what it takes; `behaviour` is what it does when a mail comes."""

    def __init__(self, behaviour: str = "take") -> None:
        self.behaviour = behaviour
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.tries = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.behaviour == "unknown recipient":
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.tries += 1
        if self.behaviour == "hang up":
            server.transport.close()
            return "421 gone"
        if self.behaviour == "slow":
            await asyncio.sleep(3)
        if self.behaviour == "busy once" and self.tries == 1:
            return "451 come again"
        if self.behaviour == "refuse":
            return "554 no mail from you"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=POLICY)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> Any:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


@contextmanager
def serving(mailbox: Mailbox, context: ssl.SSLContext, security: str) -> Iterator[int]:
    """The port of a server with a login; over TLS, by STARTTLS, or as clear text without one."""
    how: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0, "ready_timeout": 10}
    login = {"authenticator": _login, "auth_required": True}
    if security == "tls":
        how |= {"ssl_context": context, "auth_require_tls": False, **login}
    elif security == "starttls":
        how |= {"tls_context": context, "require_starttls": True, **login}
    controller = _Controller(mailbox, **how)
    controller.start()
    try:
        yield controller.bound
    finally:
        controller.stop()


class _Controller(Controller):
    @property
    def bound(self) -> int:
        assert self.server is not None
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    def _trigger_server(self) -> None:
        self.port = self.bound
        super()._trigger_server()
