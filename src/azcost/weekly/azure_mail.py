"""Sending by Azure: Microsoft Graph as a user, or Communication Services (ACS) Email.

Both take a token of the login that is there, so that no password is kept anywhere.
https://learn.microsoft.com/graph/api/user-sendmail (a message in MIME, base64)
https://learn.microsoft.com/rest/api/communication/email/email/send
"""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from azcost.errors import AzcostError
from azcost.weekly.smtp import NotSent

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.rest import HttpRequest

GRAPH = "graph.microsoft.com"
ACS_DOMAIN = ".communication.azure.com"
ACS_VERSION = "2023-03-31"


def graph(mail: EmailMessage, credential: TokenCredential) -> None:
    """Send as the user that the mail is from; needs Mail.Send. Raises NotSent."""
    from azure.core.rest import HttpRequest

    sender = quote(str(mail["From"]))
    request = HttpRequest(
        "POST",
        f"https://{GRAPH}/v1.0/users/{sender}/sendMail",
        content=base64.b64encode(mail.as_bytes(policy=SMTP)),
        headers={"Content-Type": "text/plain"},
    )
    _send(GRAPH, f"https://{GRAPH}/.default", credential, request)


def acs(mail: EmailMessage, credential: TokenCredential, host: str) -> None:
    """Send by a Communication Services resource; `host` is NAME.REGION.communication.azure.com.

    Raises AzcostError for another host, and NotSent.
    """
    from azure.core.rest import HttpRequest

    if not host.endswith(ACS_DOMAIN) or "/" in host:
        raise AzcostError(f"{host} is no host of Communication Services: *{ACS_DOMAIN}.")
    request = HttpRequest(
        "POST", f"https://{host}/emails:send?api-version={ACS_VERSION}", json=_acs_body(mail)
    )
    _send(host, "https://communication.azure.com/.default", credential, request)


def _acs_body(mail: EmailMessage) -> dict[str, Any]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {
        "senderAddress": str(mail["From"]),
        "headers": {
            name: str(mail[name]) for name in ("Message-ID", "References", "List-Unsubscribe")
        },
        "content": {
            "subject": str(mail["Subject"]),
            "plainText": plain.get_content() if plain else "",
            "html": html.get_content() if html else "",
        },
        "recipients": {"to": [{"address": one.strip()} for one in str(mail["To"]).split(",")]},
        "attachments": [
            {
                "name": one.get_filename() or "report.html",
                "contentType": one.get_content_type(),
                "contentInBase64": base64.b64encode(
                    one.get_payload(decode=True) or b""  # type: ignore[arg-type]
                ).decode(),
            }
            for one in mail.iter_attachments()
        ],
    }


def _send(host: str, scope: str, credential: TokenCredential, request: HttpRequest) -> None:
    from azure.core import PipelineClient
    from azure.core.exceptions import AzureError
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy, UserAgentPolicy

    # No retry: a mail that may have been sent is not sent again.
    policies = [UserAgentPolicy("azcost"), BearerTokenCredentialPolicy(credential, scope)]
    client: PipelineClient[Any, Any] = PipelineClient(f"https://{host}", policies=policies)
    try:
        answer = client.send_request(request)
    except AzureError as error:
        raise NotSent(f"{host} was not reached: {error.message[:200]}") from error
    if answer.status_code not in (200, 202):
        raise NotSent(f"{host} refused the mail: {answer.status_code} {answer.text()[:300]}")
