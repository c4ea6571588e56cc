"""Who asks: the credentials of azure-identity, for the right cloud."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from azcost.arm.clouds import Cloud

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


class Login(StrEnum):
    """How to log in.

    `default` is Microsoft's DefaultAzureCredential: a service principal in AZURE_TENANT_ID,
    AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, a workload or managed identity, `az login`.
    """

    DEFAULT = "default"
    DEVICE_CODE = "device-code"


def credential(cloud: Cloud, login: Login, say: Callable[[str], None]) -> TokenCredential:
    """A credential for a cloud; `say` is called with the instructions of a device code.

    Raises LoginError when the environment holds half of a service principal.
    """
    from azure.identity import DefaultAzureCredential, DeviceCodeCredential

    from azcost.arm.failures import LoginError

    # Its warnings would go to stderr; what matters of them is in the error that follows.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    if login is Login.DEVICE_CODE:
        return DeviceCodeCredential(
            authority=cloud.login,
            prompt_callback=lambda uri, code, _: say(f"Open {uri} and enter the code {code}."),
        )
    try:
        return DefaultAzureCredential(
            authority=cloud.login,
            exclude_shared_token_cache_credential=True,
            exclude_visual_studio_code_credential=True,
            exclude_broker_credential=True,
        )
    except ValueError as error:
        raise LoginError(
            f"The login in the environment is not complete: {error}. It is AZURE_TENANT_ID, "
            "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; without them, az login is used."
        ) from error
