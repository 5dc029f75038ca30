"""Plans, verdicts and leftovers of a deployment, in lines for a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from okng.wording import mark, number, phrase, translated

if TYPE_CHECKING:
    from okng.deploy.aws.costs import Line
    from okng.deploy.aws.deploying import Deployed
    from okng.deploy.aws.leftovers import Leftover
    from okng.deploy.aws.plan import Plan
    from okng.deploy.aws.sample import Answer

_CENT = 0.005
"""US dollars below which a figure gets more digits."""


def plan_lines(made: "Plan", name: str, region: str, here: "Answer | None") -> Iterator[str]:
    """What would be created, and what it costs."""
    yield phrase("deployment {name} in {region}", name=name, region=region)
    yield phrase("model {digest}", digest=made.archive.model_digest)
    text = mark("model.tar.gz {digest}, {size:.2f} MB")
    yield phrase(text, digest=made.archive.digest, size=len(made.archive.content) / 1e6)
    if here is not None:
        yield phrase("verdict of the sample photo here: {verdict}", verdict=_shown(here))
    for stack in made.stacks:
        text = mark("stack {name}, of {template}: {number} resources")
        count = len(stack.resources)
        yield phrase(text, name=stack.name, template=stack.template, number=count)
        for kind, times in Counter(each.kind for each in stack.resources).items():
            yield f"  {times} x {kind}"
    yield from _cost_lines(made, region)
    yield phrase("Nothing was created. Without --plan it is.")


def _cost_lines(made: "Plan", region: str) -> Iterator[str]:
    cost = made.cost
    yield phrase("a month at rest: {usd:.2f} USD", usd=cost.rest_usd)
    yield from _table(cost.rest)
    yield phrase("1,000 photos: {usd} USD", usd=_usd(cost.photos_usd))
    yield from _table(cost.photos)
    yield phrase("Prices of {region}, without tax and free tier:", region=cost.region)
    if cost.region != region:
        text = mark("  those of {region} differ, often by a fifth; give a file of yours: --prices")
        yield phrase(text, region=region)
    yield from (f"  {source}" for source in cost.sources)


def verdict_lines(deployed: "Deployed") -> Iterator[str]:
    """What the deployment said of the sample photo, and how to reach it."""
    for name, value in deployed.outputs.items():
        yield f"{name:<16} {value}"
    if deployed.here is None:
        return
    yield phrase("verdict here:  {verdict}", verdict=_shown(deployed.here))
    if deployed.there is None:
        yield phrase("The deployment takes no photo yet: see its page of the documentation.")
        return
    text = mark("verdict there: {verdict}, after {ms:.0f} ms")
    yield phrase(text, verdict=_shown(deployed.there), ms=1000 * deployed.there.seconds)
    yield phrase("The verdicts are equal.")


def leftover_lines(left: Sequence["Leftover"]) -> Iterator[str]:
    """What a removal left."""
    if left:
        yield phrase("What stays:")
    for each in left:
        yield f"  {phrase(each.what, name=each.name)}"


def _table(lines: Sequence["Line"]) -> Iterator[str]:
    yield from (f"  {_usd(line.usd):>10}  {translated(line.what)}" for line in lines)


def _usd(amount: float) -> str:
    return number(amount, ".2f" if amount >= _CENT else ".6f")


def _shown(answer: "Answer") -> str:
    text = mark("{verdict}, class {name}, defect score {score:.6f}")
    return phrase(text, verdict=answer.verdict, name=answer.class_name, score=answer.defect_score)
