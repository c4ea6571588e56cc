"""Logs, alerts and keys."""

from __future__ import annotations

from terraform.cases import Planned
from terraform.lines import Line, NotModelled, Translation, lines


def log_analytics_workspace(it: Planned) -> Translation:
    spec = {
        "kind": "log_analytics",
        "region": it["location"],
        "analytics_gb": 1,
        "basic_gb": 1,
        "long_term_gb": 1,
        "queried_gb": 1,
        "search_job_gb": 1,
        "exported_gb": 1,
        "restores": 1,
    }
    charges = {
        "Log data ingestion": "Analytics Logs Data Ingestion",
        "Log data export": "Log Analytics data export Data Exported",
        "Basic log data ingestion": "Basic Logs Data Ingestion",
        "Basic log search queries": "Search Queries Scanned",
        "Archive data": "Data Archive",
        "Archive data restored": "Data Restore",
        "Archive data searched": "Search Jobs Scanned",
    }
    yield from lines(spec, charges)
    yield NotModelled("Sentinel data ingestion", "what Microsoft Sentinel charges")


def application_insights(it: Planned) -> Translation:
    spec = {
        "kind": "application_insights",
        "region": it["location"],
        "type": "classic",  # the only one that Infracost knows
        "data_gb": 1,
        "retention_days": 120,
    }
    yield Line("Data ingested", spec, "Enterprise Overage Data")
    yield Line("Data retention (* days)", spec, "Data Retention")


def monitor_action_group(it: Planned) -> Translation:
    where = {"kind": "azure_monitor", "region": it.follow("resource_group_name")["location"]}
    spec = {
        **where,
        "emails": 1,
        "push_notifications": 1,
        "webhooks": 1,
        "secure_webhooks": 1,
        "itsm_events": 1,
    }
    charges = {
        "Email notifications (*)": "Emails",
        "ITSM connectors (*)": "Notifications ITSM Connector Create/Update Event",
        "Push notifications (*)": "Notifications Push Notification",
        "Secure web hooks (*)": "Notifications Secure web hook",
        "Web hooks (*)": "Notifications Web hook",
    }
    yield from lines(spec, charges)
    for part, block, field in (
        ("SMS messages", "sms_receiver", "sms"),
        ("Voice calls", "voice_receiver", "voice_calls"),
    ):
        for code in {receiver["country_code"] for receiver in it.blocks(block)}:
            called = {**where, "country_code": code, field: 1}
            yield Line(f"{part}/Country code {code} (*)", called, "*")


def key_vault_key(it: Planned) -> Translation:
    vault = it.follow("key_vault_id")
    spec = {
        "kind": "key_vault",
        "region": vault["location"],
        "tier": vault["sku_name"].title(),
        "operations": 1,
        "advanced_operations": 1,
        "secret_renewals": 1,
    }
    yield Line("Secrets operations", spec, "Operations")
    yield Line("Storage key rotations", spec, "Secret Renewal")
    of_key = "Operations" if it["key_size"] == 2048 else "Advanced Key Operations"
    yield Line("*-protected keys", spec, of_key, unit="10K transactions")
    if not it["key_type"].endswith("HSM"):
        return
    spec |= {"hsm_rsa_2048_keys": 1, "hsm_advanced_keys": 1}
    rsa_2048 = "Premium HSM-protected RSA 2048-bit key"
    yield Line("HSM-protected keys", spec, rsa_2048, unit="months")
    for tier, number in enumerate(("first 250", "next 1250", "next 2500", "over 4000")):
        advanced = "Premium HSM-protected Advanced Key"
        yield Line(f"HSM-protected keys ({number})", spec, advanced, tier=tier)
