"""What Azure can answer instead of what was asked, as errors of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)

from azcost.errors import AzcostError

# A token that is no longer one; whatever else is answered with 401 lacks a role (Cost
# Management says 401 RBACAccessDenied where others say 403).
_EXPIRED = frozenset({
    "InvalidAuthenticationToken", "ExpiredAuthenticationToken", "InvalidAuthenticationTokenTenant",
    "InvalidAuthenticationTokenAudience", "AuthenticationFailedMissingToken",
    "AuthenticationFailedInvalidHeader", "AuthenticationFailed",
})  # fmt: skip
_LONGEST = 300


class ArmError(AzcostError):
    """Azure did not answer what was asked; `status` is 0 when it did not answer at all."""

    exit_code = 3

    def __init__(self, message: str, status: int = 0, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class LoginError(ArmError):
    """Nobody is logged in, or Azure takes the login no longer."""


class Forbidden(ArmError):
    """The login lacks a role for it."""


class Missing(ArmError):
    """There is no such thing."""


class Throttled(ArmError):
    """Azure asks to wait longer than a run does."""


class Unreachable(ArmError):
    """No answer, or none that is whole, after several attempts."""


class CallsSpent(ArmError):
    """The run has made as many requests as it may."""


class NotAllowed(ArmError):
    """A request that this command never makes: a bug of ours, or a link that leads astray."""


def failure(answer: Any, asked: str) -> ArmError:
    """The error that a response other than 2xx stands for; `asked` is what was asked."""
    code, said = _code_and_message(answer.text())
    status = answer.status_code
    message = ", ".join(filter(None, (f"{asked}: HTTP {status} {code}".rstrip(), said)))
    if status == 401 and code in _EXPIRED:
        return LoginError(
            f"Azure does not take the login (any more): {code}. Log in again (az login), and run "
            "this again: what was read already is kept for the day.",
            status,
            code,
        )
    kinds = {401: Forbidden, 403: Forbidden, 404: Missing, 429: Throttled}
    kind = kinds.get(status, Unreachable if status >= 500 else ArmError)
    return kind(message, status, code)


def _code_and_message(text: str) -> tuple[str, str]:
    """Code and message of an error body; Monitor's has no `error` around them."""
    try:
        body: Any = json.loads(text)
    except ValueError:
        return "", " ".join(text.split())[:_LONGEST]
    if not isinstance(body, dict):
        return "", ""
    inner = body.get("error", body)
    if not isinstance(inner, dict):
        return str(inner), str(body.get("error_description", ""))[:_LONGEST]
    message = " ".join(str(inner.get("message") or "").split())
    return str(inner.get("code") or ""), message[:_LONGEST]


@contextmanager
def translated(asked: str) -> Iterator[None]:
    """Turn the errors of Azure's libraries into ours; `asked` says what was asked."""
    try:
        yield
    except ClientAuthenticationError as error:
        if error.response is not None and getattr(error.response, "status_code", 0) == 401:
            raise failure(error.response, asked) from error
        raise LoginError(login_advice(error)) from error
    except HttpResponseError as error:
        if error.response is None or (error.response.status_code or 0) < 300:
            raise Unreachable(f"{asked}: an answer that is not whole") from error
        raise failure(error.response, asked) from error
    except ServiceRequestError as error:
        raise Unreachable(f"{asked}: no connection ({_cause(error)})") from error
    except AzureError as error:
        raise Unreachable(f"{asked}: no whole answer ({_cause(error)})") from error


def login_advice(error: AzureError) -> str:
    """A short text in place of the essay on nine credentials; the last line that says why."""
    lines = [line.strip() for line in str(error.message or error).splitlines()]
    reasons = [line for line in lines if line.startswith("AADSTS") or "AADSTS" in line]
    said = f" Microsoft Entra said: {reasons[0][:_LONGEST]}." if reasons else ""
    return (
        f"No login to Azure was found or taken.{said} Use one of: az login; a service principal in "
        "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; a managed identity; or "
        "--login device-code. azcost doctor says more."
    )


def _cause(error: AzureError) -> str:
    return " ".join(str(error.message).split())[:_LONGEST]
