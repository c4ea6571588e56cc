"""Sending by SMTP: TLS from the start or by STARTTLS, with a login where one is given."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from typing import Literal

import msgspec

from azcost.errors import AzcostError

Security = Literal["starttls", "tls", "none"]
_SECONDS = 30.0
_TRIES = 3


class NotSent(AzcostError):
    """A mail was not taken; the message says by whom and why."""

    exit_code = 3


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server; `password` is never shown."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


def send(
    mail: EmailMessage,
    server: Server,
    *,
    sleep: Callable[[float], object],
    notice: Callable[[str], object],
    seconds: float = _SECONDS,
) -> None:
    """Hand a mail to a server, again where it was busy or away.

    Raises NotSent when it was refused or not reached. A connection that ends after the mail
    was sent and before the answer leaves that open, and is not tried again.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            _once(mail, server, seconds)
        except (smtplib.SMTPException, OSError) as error:
            if attempt == _TRIES or not _is_passing(error):
                raise NotSent(_said(error, server)) from error
            notice(f"{server.host} did not take the mail, waiting: {_short(error)}")
            sleep(2.0**attempt)
        else:
            return


def _once(mail: EmailMessage, server: Server, seconds: float) -> None:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=seconds, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    with connection:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        refused = connection.send_message(mail)
    if refused:
        names = ", ".join(refused)
        raise NotSent(f"{server.host} sent the mail, but not to {names}: check these addresses.")


def _is_passing(error: Exception) -> bool:
    """Whether it may be over soon: codes 4xx, and a server that was not reached."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return False
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _ in error.recipients.values())
    return isinstance(error, OSError) and not isinstance(error, ssl.SSLError)


def _said(error: Exception, server: Server) -> str:
    where = f"{server.host}:{server.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{where} refused the login of {server.user}: check user and password."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"{where} hung up: whether it took the mail is not known."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{where} does not offer what was asked for ({_short(error)}): see --security."
    return f"{where} did not take the mail: {_short(error)}"


def _short(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"it refuses {', '.join(error.recipients)}"
    if isinstance(error, smtplib.SMTPResponseException):
        detail = error.smtp_error
        said = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
        return f"{error.smtp_code} {said[:200]}"
    return str(error)[:200] or type(error).__name__
