"""Key vaults: operations, HSM-protected keys, and renewals and rotations that run by themselves.

Prices: https://azure.microsoft.com/pricing/details/key-vault/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import Count, Operations
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import units


class KeyVault(Resource, frozen=True, kw_only=True):
    """A vault for secrets, keys and certificates.

    Operations are priced per 10,000 and billed in parts of that, as a cost export bills
    0.0001 of the "10K" meter of Defender for Key Vault. Azure's calculator rounds them up.
    Left out: managed HSM pools and dedicated HSMs.
    """

    kind: ClassVar[str] = "key_vault"

    tier: Literal["Standard", "Premium"] = "Standard"
    """The pricing tier; only Premium holds HSM-protected keys."""
    operations: Operations = Decimal(0)
    """A month's operations on secrets, certificates and RSA 2,048-bit keys."""
    advanced_operations: Operations = Decimal(0)
    """A month's operations on other keys: RSA 3,072 and 4,096-bit, elliptic curves."""
    certificate_renewals: Count = Decimal(0)
    """Certificates renewed in a month at a certificate authority."""
    key_rotations: Count = Decimal(0)
    """Keys rotated in a month by a rotation policy."""
    secret_renewals: Count = Decimal(0)
    """Storage account keys renewed in a month by the vault."""
    hsm_rsa_2048_keys: Count = Decimal(0)
    """HSM-protected RSA 2,048-bit keys in use; every version in use is a key."""
    hsm_advanced_keys: Count = Decimal(0)
    """HSM-protected keys of other types in use; every version in use is a key."""

    def __post_init__(self) -> None:
        """Refuse HSM keys where Azure sells none."""
        if self.tier == "Standard" and self.hsm_rsa_2048_keys + self.hsm_advanced_keys:
            raise ValueError("HSM-protected keys need `tier: Premium`")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield what is counted; none of it is billed by time."""
        counted = {
            "Operations": self.operations,
            "Advanced Key Operations": self.advanced_operations,
            "Certificate Renewal Request": self.certificate_renewals,
            "Automated Key Rotation": self.key_rotations,
            "Secret Renewal": self.secret_renewals,
            "Premium HSM-protected RSA 2048-bit key": self.hsm_rsa_2048_keys,
            "Premium HSM-protected Advanced Key": self.hsm_advanced_keys,
        }
        for name, amount in counted.items():
            if amount:
                # `product` keeps the Dedicated HSM out, which shares service and SKU.
                meter = Meter(
                    service="Key Vault",
                    region=self.region,
                    product="Key Vault",
                    sku=self.tier,
                    meter=name,
                )
                yield Charge(name, units(amount), meter)
