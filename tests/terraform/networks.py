"""Addresses, gateways and private endpoints."""

from __future__ import annotations

from terraform.cases import Planned
from terraform.lines import Line, Translation, lines


def public_ip(it: Planned) -> Translation:
    spec = {
        "kind": "public_ip",
        "region": it["location"],
        "sku": it["sku"] or "Basic",
        "allocation": it["allocation_method"],
    }
    yield Line("IP address (*)", spec, "*")


def public_ip_prefix(it: Planned) -> Translation:
    # Infracost bills a prefix as one address, so its price is that of one.
    yield Line("IP prefix", {"kind": "public_ip", "region": it["location"], "prefix": True}, "*")


def nat_gateway(it: Planned) -> Translation:
    spec = {"kind": "nat_gateway", "region": it["location"], "data_processed_gb": 1}
    yield from lines(spec, {"NAT gateway": "* NAT gateway", "Data processed": "data processed"})


def private_endpoint(it: Planned) -> Translation:
    spec = {"kind": "private_endpoint", "region": it["location"], "inbound_gb": 1, "outbound_gb": 1}
    yield Line("Private endpoint", spec, "* private endpoint")
    for tier, size in enumerate(("first 1PB", "next 4PB", "over 5PB")):
        yield Line(f"Inbound data processed ({size})", spec, "inbound data", tier=tier)
        yield Line(f"Outbound data processed ({size})", spec, "outbound data", tier=tier)


def virtual_network_gateway(it: Planned) -> Translation:
    spec = {
        "kind": "vpn_gateway",
        "region": it["location"],
        "sku": it["sku"],
        "point_to_site_connections": 129,
        "vnet_to_vnet_gb": 1,
    }
    charges = {
        "VPN gateway (*)": "* VPN gateway",
        "VPN gateway P2S tunnels (over 128)": "point-to-site connections over 128",
        "VPN gateway data tranfer": "data to other networks",  # sic
    }
    yield from lines(spec, charges)
