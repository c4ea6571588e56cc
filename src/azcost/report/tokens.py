"""The answer of `azcost tokens` as a document: what to buy, what it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.money import Money
from azcost.optimise.self_host import UTILISATIONS, SelfHost
from azcost.optimise.token_plans import TokenAnswer
from azcost.optimise.token_routes import Routed
from azcost.optimise.token_units import Way
from azcost.pricing.models import SKU_CODES
from azcost.pricing.ptu import QUOTED
from azcost.pricing.rows import Purchase
from azcost.report import token_charts, token_facts
from azcost.report.document import Code, Document, Part, Table
from azcost.token_load import MINUTES_PER_DAY
from azcost.units import plain

_HOURS = 60
# From so much more on, a multiple says more than a percentage.
_MANY = 9.0


def document(
    answer: TokenAnswer, routes: Sequence[Routed] = (), hosted: SelfHost | None = None
) -> Document:
    """Everything in reading order: verdict, load, ways, what-ifs, pictures."""
    deployment = answer.question.deployment
    parts: list[Part] = [_load(answer), _ways(answer)]
    if answer.held_out:
        parts.append(_held_out(answer))
    if routes:
        parts.append(_routes(answer, routes))
    if hosted:
        parts += [_hosting(hosted), _break_even(hosted), _by_use(hosted)]
    parts += token_charts.charts(answer)
    if answer.best.ptus:
        parts.append(_deploy(answer))
    return Document(
        title=f"Tokens of {answer.load.name}: {deployment.model}, {deployment.scope}, "
        f"{deployment.region}",
        verdict=" ".join(_verdict(answer, hosted)),
        parts=tuple(parts),
        notes=tuple(dict.fromkeys(_notes(answer, routes, hosted))),
        facts=token_facts.facts(answer, routes, hosted),
    )


def _verdict(answer: TokenAnswer, hosted: SelfHost | None) -> Iterator[str]:
    best, base = answer.best, answer.pay_as_you_go
    if best.ptus:
        words = f"{best.name} ({best.ptus} PTUs), spilling over to pay-as-you-go"
        words = words[0].upper() + words[1:]
        yield f"{words}: {best.cost} a month{_at(best)}, {_in_words(best, base)} by the token."
        if best.commitment:
            term = "a month" if best.months == 1 else f"{best.months} months"
            yield f"It commits you to {best.commitment} in {term}."
        yield from _honest(answer)
    elif best.name != base.name and best.cost.amount < base.cost.amount:
        name = best.name[0].upper() + best.name[1:]
        yield f"{name}: {best.cost} a month, {_in_words(best, base)} without batch."
        yield _no_units(answer)
    else:
        yield f"Pay as you go: {base.cost} a month."
        yield _no_units(answer)
    if hosted:
        yield _hosting_verdict(answer, hosted)
    load = answer.load
    if load.first and load.minutes < MINUTES_PER_DAY:
        yield f"All this if every hour were like these {load.minutes} minutes."


def _no_units(answer: TokenAnswer) -> str:
    sized = [way for way in answer.ways if way.sized_for == "peak"]
    if not sized:
        return "Nothing is known about PTUs for it."
    cheapest = min(sized, key=lambda way: way.cost.amount)
    return (
        f"No number of PTUs is cheaper; sizing for the peak ({cheapest.ptus} PTUs) would cost "
        f"{cheapest.cost} {cheapest.name.removeprefix('PTUs ')}"
        f"{_at(cheapest)}, {_in_words(cheapest, answer.pay_as_you_go)}."
    )


def _honest(answer: TokenAnswer) -> Iterator[str]:
    """What a saving is worth that was chosen on the very load it is scored on."""
    tried = {one.name: one for one in answer.held_out}
    for name, one in tried.items():
        if answer.best.name.endswith(name):
            chosen = f"Chosen on the first {_days(one.train_days)} alone, {one.ptus} PTUs"
            after = f"on the {_days(one.test_days)} after"
            if one.saving < 0:
                yield f"{chosen} cost {_percent(-one.saving)} more {after}: do not commit yet."
            else:
                yield f"{chosen} save {_percent(one.saving)} {after}."
            return
    yield "Chosen and scored on the same load: the saving is an upper bound."


def _hosting_verdict(answer: TokenAnswer, hosted: SelfHost) -> str:
    way = min(
        (way for way in hosted.ways if way.purchase is not Purchase.SPOT),
        key=lambda way: way.machine.amount,
        default=hosted.ways[0],
    )
    name = answer.pay_as_you_go.name
    enough = way.break_even[name]
    start = f"A {hosted.host.size} of your own ({way.purchase})"
    if enough is None:
        return f"{start} never beats tokens by the token at your throughput."
    return (
        f"{start} beats tokens by the token from {_millions(enough)} a month; this load "
        f"has {_millions(answer.monthly_tokens)} and needs {hosted.machines} for its peak: "
        f"{way.cost} a month."
    )


def _load(answer: TokenAnswer) -> Table:
    load = answer.load
    read_, cached = load.input.sum(), load.cached.sum()
    hours = load.minutes / _HOURS
    span = f"{hours:,.1f} hours" if load.minutes < MINUTES_PER_DAY else f"{hours / 24:,.1f} days"
    rows = [
        ("requests a month", _count(answer.monthly_requests)),
        ("input tokens a month", _count(load.monthly(read_))),
        ("  of them from the cache", f"{cached / read_:.1%}" if read_ else "-"),
        ("output tokens a month", _count(load.monthly(load.output.sum()))),
        ("span", f"{span}{' from ' + load.first.isoformat(' ', 'minutes') if load.first else ''}"),
    ]
    if answer.sizing:
        demand, tpm = answer.sizing.demand, answer.sizing.facts.tpm_per_ptu
        mean, peak = float(demand.mean()), float(demand.max())
        rows += [
            ("normalised tokens a minute, mean", f"{mean:,.0f} = {mean / tpm:,.2f} PTUs"),
            ("  in the busiest minute", f"{peak:,.0f} = {peak / tpm:,.2f} PTUs"),
            ("  peak / mean", f"{peak / mean:.2f}" if mean else "-"),
        ]
    return Table(title="The load", columns=("", "value"), rows=tuple(rows))


def _ways(answer: TokenAnswer) -> Table:
    rows: list[tuple[str, ...]] = []
    rules: list[int] = []
    kind = "cost"
    for way in answer.ways:
        if way.sized_for != kind:
            rules.append(len(rows) - 1)
            kind = way.sized_for
        rows.append(_way(way, answer))
    return Table(
        title="Ways to buy it, each with the best number of PTUs; below, sized for the peak",
        columns=(
            "way", "PTUs", f"{answer.prices.input.currency} per month", "against",
            "per 1,000 requests", "per 1M tokens", "PTU use", "pays from", "spills", "committed",
            "price",
        ),
        rows=tuple(rows),
        left=(0, 10),
        rules=tuple(rules),
    )  # fmt: skip


def _way(way: Way, answer: TokenAnswer) -> tuple[str, ...]:
    return (
        f"{way.name}, for the peak" if way.sized_for == "peak" else way.name,
        (f"{way.ptus:,}" if way.ptus else "none pay") if way.break_even is not None else "-",
        f"{way.cost.amount:,.2f}",
        "" if way is answer.pay_as_you_go else _against(way, answer.pay_as_you_go),
        *token_facts.outcomes(way.cost, answer),
        _share(way.used),
        _pays(way.break_even),
        _share(way.spilled),
        f"{way.commitment.amount:,.0f}" if way.commitment else "-",
        way.fidelity,
    )


def _held_out(answer: TokenAnswer) -> Table:
    first = answer.held_out[0]
    return Table(
        title=f"Chosen on the first {_days(first.train_days)}, scored on the "
        f"{_days(first.test_days)} after",
        columns=("way", "PTUs", "saves", "best in hindsight"),
        rows=tuple(
            (one.name, f"{one.ptus:,}", _percent(one.saving), _percent(one.hindsight))
            for one in answer.held_out
        ),
    )


def _routes(answer: TokenAnswer, routes: Sequence[Routed]) -> Table:
    base = answer.pay_as_you_go
    rows = [(f"all to {answer.question.deployment.model}", base.cost, "")]
    for one in routes:
        route = one.route
        verb = "cascade: all to" if route.cascade else "route:"
        rest = f", {1 - route.share:.0%} asked again" if route.cascade else ""
        share = "" if route.cascade else f"{route.share:.0%} to "
        against = f"{float(one.cost.amount / base.cost.amount) - 1:+.1%}"
        rows.append((f"{verb} {share}{route.model}{rest}", one.cost, against))
    quality = ["-", *(_quality(one) for one in routes)]
    return Table(
        title="Other models, by the token",
        columns=("what if", "per month", "against", "per 1,000 requests", "your quality figures"),
        rows=tuple(
            (name, f"{cost.amount:,.2f}", against, token_facts.outcomes(cost, answer)[0], said)
            for (name, cost, against), said in zip(rows, quality, strict=True)
        ),
        left=(0, 4),
    )


def _quality(one: Routed) -> str:
    ours, theirs = one.quality
    if one.by_chance is None or ours is None or theirs is None:
        return "not given: measure both models on your own sample"
    return f"{plain(ours)} and {plain(theirs)}; split blindly {plain(round(one.by_chance, 4))}"


def _hosting(hosted: SelfHost) -> Table:
    return Table(
        title=f"Self-hosting on {hosted.machines} x {hosted.host.size}, sized for the busiest "
        f"minute, {hosted.used:.1%} busy",
        columns=("bought as", "per month", "per GPU-hour", "per used GPU-hour"),
        rows=tuple(
            (
                way.purchase.value,
                f"{way.cost.amount:,.2f}",
                _fine(way.gpu_hour),
                _fine(way.used_gpu_hour),
            )
            for way in hosted.ways
        ),
    )


def _break_even(hosted: SelfHost) -> Table:
    return Table(
        title="Tokens a month from which one machine costs less; a full one does "
        f"{_millions(hosted.full)}",
        columns=("than", *(f"bought as {way.purchase}" for way in hosted.ways)),
        rows=tuple(
            (name, *(_or_never(way.break_even[name]) for way in hosted.ways))
            for name in hosted.ways[0].break_even
        ),
    )


def _by_use(hosted: SelfHost) -> Table:
    return Table(
        title=f"One machine per 1M tokens, by how busy it is at your "
        f"{plain(hosted.host.tokens_per_second)} tokens per second",
        columns=("bought as", *(f"{share:.0%}" for share in UTILISATIONS)),
        rows=tuple(
            (way.purchase.value, *(_fine(cost) for cost in way.per_million)) for way in hosted.ways
        ),
    )


def _deploy(answer: TokenAnswer) -> Code:
    deployment = answer.question.deployment
    sku = SKU_CODES[deployment.where, "provisioned"]
    return Code(
        title="Deploy first, reserve after: capacity is not promised",
        text=(
            "az cognitiveservices account deployment create \\\n"
            "  --resource-group RESOURCE_GROUP --name ACCOUNT \\\n"
            f"  --deployment-name {deployment.model.lower().replace('.', '-')}-ptu "
            "--model-format OpenAI \\\n"
            f"  --model-name {deployment.model} --model-version VERSION \\\n"
            f"  --sku-name {sku} --sku-capacity {answer.best.ptus}"
        ),
    )


def _notes(answer: TokenAnswer, routes: Sequence[Routed], hosted: SelfHost | None) -> Iterator[str]:
    yield from _about_the_load(answer)
    yield from _about_units(answer)
    price = answer.prices.input
    yield f"token prices: {price.fidelity}, seen {price.observed_on} by {price.source}"
    if routes:
        yield (
            "routes assume that both models read and write as many tokens; nobody but you can "
            "say what quality is lost"
        )
    if hosted:
        yield (
            "self-hosting is machines alone, all month: no disks, no spare capacity, no people; "
            "the throughput is your own figure, and a model that you can host is another model"
        )
        if hosted.unpriced:
            yield (
                f"{hosted.host.size} has no recorded price in {hosted.host.region} as "
                f"{', '.join(hosted.unpriced)}"
            )
        if any(way.purchase is Purchase.SPOT for way in hosted.ways):
            yield "spot machines can be taken away at any time: not for what must answer"
    yield from answer.notes


def _about_the_load(answer: TokenAnswer) -> Iterator[str]:
    load = answer.load
    if load.first:
        yield "a month is 730 hours like those of the trace; a quiet minute counts"
    if load.first and load.minutes < MINUTES_PER_DAY:
        yield (
            "the trace is shorter than a day: nights and weekends, which PTUs bill too, are not "
            "in it"
        )
    saved = answer.uncached.amount - answer.pay_as_you_go.cost.amount
    if saved:
        yield (
            f"the prompt cache saves {saved:,.2f} of {answer.uncached} by the token; cached "
            "tokens are part of the input, and PTUs carry them for nothing"
        )


def _about_units(answer: TokenAnswer) -> Iterator[str]:
    if answer.sizing is None or not answer.ptu_prices:
        return
    facts = answer.sizing.facts
    yield (
        "what PTUs do not take spills over by the minute, at the standard price and with the "
        "same cache hits; the service counts in seconds, so a little more spills"
    )
    yield "the best number of PTUs is chosen on the load that it is scored on (hindsight)"
    for price in answer.ptu_prices:
        if price.fidelity == QUOTED:
            yield (
                f"PTUs {price.name}: {price.bill(1)} a month each is quoted by a third party "
                f"({price.source}), not recorded: check it in the portal"
            )
    yield (
        f"a PTU of {facts.model} does {facts.tpm_per_ptu:,} input tokens a minute, an output "
        f"token counts as {facts.output_ratio}; {facts.minimum} at least, in steps of "
        f"{facts.increment} ({facts.source}, {facts.observed_on})"
    )


def _at(way: Way) -> str:
    return "" if way.fidelity == "recorded" else f" (at {way.fidelity} prices)"


def _against(way: Way, base: Way) -> str:
    change = _change(way, base)
    return f"{change:+.1%}" if change < _MANY else f"x {change + 1:,.0f}"


def _in_words(way: Way, base: Way) -> str:
    change = _change(way, base)
    if change >= _MANY:
        return f"{change + 1:,.0f} times {base.cost}"
    return f"{abs(change):.1%} {'more' if change > 0 else 'less'} than {base.cost}"


def _change(way: Way, base: Way) -> float:
    return float(way.cost.amount / base.cost.amount) - 1 if base.cost.amount else 0.0


def _days(days: float) -> str:
    return "day" if days == 1 else f"{days:.1f} days".replace(".0 ", " ")


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _pays(use: float | None) -> str:
    return f"never ({use:.0%})" if use is not None and use > 1 else _share(use)


def _count(amount: Decimal) -> str:
    return f"{amount:,.0f}"


def _or_never(amount: Decimal | None) -> str:
    return "never" if amount is None else _millions(amount)


def _millions(amount: Decimal) -> str:
    return f"{amount / 1_000_000:,.1f}M"


def _fine(cost: Money | None) -> str:
    return "-" if cost is None else f"{cost.amount:,.4f}"
