"""Azure Monitor: alert rules, the notifications that they send, and metrics of one's own.

Prices: https://azure.microsoft.com/pricing/details/monitor/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import Count, Operations
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import Quantity, months, units


class LogAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """Log search alert rules that are evaluated equally often."""

    frequency_minutes: Literal["1", "5", "10", "15"] = "5"
    """Minutes between evaluations; 15 also for every longer time."""
    rules: Count = Decimal(1)
    """How many rules."""
    additional_time_series: Count = Decimal(0)
    """Time series that all of them watch beyond one each, when split by dimensions."""


class AzureMonitor(Resource, frozen=True, kw_only=True):
    """Alerts, notifications and metrics; logs are `log_analytics`.

    Platform metrics cost nothing. What Azure gives everybody (ten metric time series,
    1,000 e-mails ...) is a tier of its price rows, so two of these resources count it
    twice: put a team's alerts into one.
    """

    kind: ClassVar[str] = "azure_monitor"

    metric_alert_time_series: Count = Decimal(0)
    """Time series watched by metric alerts: each rule's resources times dimension values."""
    dynamic_threshold_time_series: Count = Decimal(0)
    """How many of them have a dynamic threshold, which costs as much again."""
    log_alerts: tuple[LogAlerts, ...] = ()
    """Log search alert rules, by frequency."""
    emails: Operations = Decimal(0)
    """E-mails a month."""
    push_notifications: Operations = Decimal(0)
    """Push notifications a month, to the Azure mobile app."""
    sms: Operations = Decimal(0)
    """Text messages a month."""
    voice_calls: Operations = Decimal(0)
    """Voice calls a month."""
    country_code: Annotated[str, Meta(max_length=4)] = "1"
    """The country code that messages and calls go to: `1` is the USA, `49` Germany."""
    webhooks: Operations = Decimal(0)
    """Web hook calls a month."""
    secure_webhooks: Operations = Decimal(0)
    """Secure web hook calls a month."""
    itsm_events: Operations = Decimal(0)
    """Events a month that an ITSM connector creates or updates."""
    metric_samples: Operations = Decimal(0)
    """Samples of custom and Prometheus metrics ingested in a month."""
    prometheus_samples_queried: Operations = Decimal(0)
    """Samples that Prometheus queries process in a month."""

    def __post_init__(self) -> None:
        """Refuse what a bill could not tell apart, and a part that is more than the whole."""
        frequencies = [alerts.frequency_minutes for alerts in self.log_alerts]
        if len(set(frequencies)) < len(frequencies):
            raise ValueError(
                "`log_alerts`: list each `frequency_minutes` once and add its rules up"
            )
        if self.dynamic_threshold_time_series > self.metric_alert_time_series:
            raise ValueError(
                "`dynamic_threshold_time_series` are among the `metric_alert_time_series`: give "
                "at least as many of those"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield whatever there is any of."""
        for sku, meter, quantity in (*self._alerts(), *self._notifications(), *self._metrics()):
            if quantity.amount:
                yield Charge(meter, quantity, self._meter(sku, meter))

    def _alerts(self) -> Iterator[tuple[str, str, Quantity]]:
        yield "Alerts", "Alerts Metric Monitored", months(self.metric_alert_time_series)
        yield "Alerts", "Alerts Dynamic Threshold", months(self.dynamic_threshold_time_series)
        for alerts in self.log_alerts:
            every = f"Monitored at {alerts.frequency_minutes} Minute Frequency"
            yield "Alerts", f"Alerts System Log {every}", months(alerts.rules)
            yield "Alerts", f"Alerts Resource {every}", months(alerts.additional_time_series)

    def _notifications(self) -> Iterator[tuple[str, str, Quantity]]:
        code = self.country_code
        sms = f"SMS Country Code {code}"
        voice = "Voice Calls" if code == "1" else f"Voice Calls Voice Call Country Code {code}"
        yield "Emails", "Emails", units(self.emails)
        yield "Notifications", "Notifications Push Notification", units(self.push_notifications)
        yield sms, f"{sms} Notification", units(self.sms)
        yield "Voice Calls", voice, units(self.voice_calls)
        yield "Notifications", "Notifications Web hook", units(self.webhooks)
        yield "Notifications", "Notifications Secure web hook", units(self.secure_webhooks)
        itsm = "Notifications ITSM Connector Create/Update Event"
        yield "Notifications", itsm, units(self.itsm_events)

    def _metrics(self) -> Iterator[tuple[str, str, Quantity]]:
        ingested, queried = "Metrics ingestion", "Prometheus Metrics Queries"
        yield ingested, f"{ingested} Metric samples", units(self.metric_samples)
        yield queried, f"{queried} Metric samples", units(self.prometheus_samples_queried)

    def _meter(self, sku: str, meter: str) -> Meter:
        return Meter(
            service="Azure Monitor",
            region=self.region,
            product="Azure Monitor",
            sku=sku,
            meter=meter,
        )
