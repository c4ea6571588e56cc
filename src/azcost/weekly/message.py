"""The digest as a mail: HTML that mail programs show, its text, and the headers of a thread."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

import css_inline
import jinja2
import msgspec

from azcost import paths
from azcost.advice.ledger import Entry
from azcost.errors import AzcostError
from azcost.incidents import Incident
from azcost.report.anomalies import where, why
from azcost.report.forecast import of_budget
from azcost.report.view import printable
from azcost.weekly.digest import Digest, Owner

# Gmail cuts a message off at 102 KB.
MAX_HTML_BYTES = 80 * 1024
_MAX_TEXT = 80


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends, who gets it, and what it is about; `unsubscribe` is a mail address."""

    sender: str
    to: tuple[str, ...]
    sent: datetime
    report_url: str = ""
    owner: str | None = None


def message_id(digest: Digest, owner: str | None = None) -> str:
    """The same for the same subscriptions, week and owner: what was sent is not sent again."""
    year, week, _ = digest.last_day.isocalendar()
    mine = "" if owner is None else f"-{_hash(owner)}"
    return f"<azcost-{_hash(*sorted(digest.ids))}-{year}-w{week:02}{mine}@azcost>"


def thread_id(digest: Digest) -> str:
    """The id that all weeks of the same subscriptions refer to."""
    return f"<azcost-{_hash(*sorted(digest.ids))}@azcost>"


def _hash(*names: str) -> str:
    """Short, for a header that is folded reads differently; and names may be anything."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


def subject(digest: Digest) -> str:
    """It begins with the number."""
    said = f"{digest.week:,.0f} {digest.currency} last week"
    if digest.change is not None:
        said += f" ({digest.change:+.0%})"
    names = ", ".join(digest.subscriptions[:2])
    more = f" and {len(digest.subscriptions) - 2} more" if len(digest.subscriptions) > 2 else ""
    return printable(f"{said}: {names}{more}")[:200]


def verdict(digest: Digest) -> str:
    """The week in one sentence."""
    said = f"Last week cost {_money(digest.week)} {digest.currency}"
    if digest.change is not None:
        more = "more" if digest.change >= 0 else "less"
        said += f", {abs(digest.change):.0%} {more} than the same days the week before"
    if digest.outlook:
        month = digest.outlook.month
        said += f"; the month ends at {_money(month.expected)}"
        if month.low is not None and month.high is not None:
            said += f" ({_money(month.low)} to {_money(month.high)} in 8 of 10 cases)"
    return f"{said}."


def compose(
    digest: Digest, envelope: Envelope, attachment: tuple[str, bytes] | None = None
) -> EmailMessage:
    """The mail; raises AzcostError for an address that is none, and for one too large."""
    mail = EmailMessage()
    mail["Subject"] = subject(digest)
    mail["From"] = _address(envelope.sender)
    mail["To"] = ", ".join(_address(one) for one in envelope.to)
    mail["Date"] = format_datetime(envelope.sent)
    mail["Message-ID"] = message_id(digest, envelope.owner)
    mail["References"] = thread_id(digest)
    mail["List-Unsubscribe"] = f"<mailto:{_address(envelope.sender)}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    html = page(digest, envelope)
    mail.set_content(text(digest, envelope))
    mail.add_alternative(html, subtype="html")
    if attachment:
        name, content = attachment
        mail.add_attachment(content, maintype="text", subtype="html", filename=name)
    return mail


def page(digest: Digest, envelope: Envelope) -> str:
    """The HTML with its style in every element; raises AzcostError when it is too large."""
    raw = _environment().get_template("mail.html").render(**_said(digest, envelope))
    html = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(raw)
    size = len(html.encode())
    if size > MAX_HTML_BYTES:
        raise AzcostError(f"The mail is {size:,} bytes: more than {MAX_HTML_BYTES:,} get cut off.")
    return html


def text(digest: Digest, envelope: Envelope) -> str:
    """The same without HTML."""
    return _environment().get_template("mail.txt").render(**_said(digest, envelope))


def _said(digest: Digest, envelope: Envelope) -> dict[str, object]:
    mine = _own(digest, envelope.owner)
    counted = mine.findings if mine else digest.counted
    changes = digest.changes
    return {
        "digest": digest,
        "verdict": verdict(digest),
        "bars": _bars(digest.daily),
        "budgets": [of_budget(one, digest.currency, name) for name, one in digest.budgets],
        "news": [_news(one) for one in digest.news],
        "owner": mine,
        "owners": [] if mine else digest.owners[:8],
        "findings": [_finding(one) for one in counted[:5]],
        "saving": digest.advice.saving,
        "appeared": [one.title for one in changes.appeared[:5]] if changes else None,
        "resolved": [one.finding.title for one in changes.resolved[:5]] if changes else None,
        "realised": changes.realised if changes else None,
        "report_url": envelope.report_url,
    }


def _own(digest: Digest, owner: str | None) -> Owner | None:
    if owner is None:
        return None
    return next((one for one in digest.owners if one.name == owner), None)


def _bars(daily: Sequence[float]) -> list[int]:
    """The last two weeks by day as percent of the dearest."""
    most = max(daily, default=0.0) or 1.0
    return [max(1, round(100 * one / most)) for one in daily]


def _news(one: Incident) -> tuple[str, str, str]:
    since = f"since {one.first}" if one.is_open or one.first != one.last else f"on {one.first}"
    return where(one), f"{one.anomaly.kind} of {one.anomaly.impact:+,.0f} {since}", why(one)


def _finding(one: Entry) -> tuple[str, str]:
    amount = f"{one.saving.expected.amount:,.0f}" if one.saving else "?"
    return one.finding.waste.title, amount


def _money(amount: float) -> str:
    return f"{amount:,.0f}"


def _address(text_: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", text_):
        raise AzcostError(f"'{text_}' is no mail address.")
    return text_


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.shipped("reports/templates")),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "short": lambda one: _short(str(one)),
        "money": lambda one: f"{float(one):,.0f}",
    }
    return environment


def _short(text_: str) -> str:
    clean = printable(text_)
    return clean if len(clean) <= _MAX_TEXT else clean[: _MAX_TEXT - 1] + "\N{HORIZONTAL ELLIPSIS}"
