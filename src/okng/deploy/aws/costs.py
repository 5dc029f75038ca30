"""What a deployment costs: at rest each month, and for 1,000 photos."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from okng.deploy.aws.prices import HOURS, Prices

PHOTOS = 1000
"""Photos that the second figure stands for."""


class Item(NamedTuple):
    """A quantity of something that has a price.

    Attributes:
        what: in English, a text of the catalogue.
        price: its name in the file of prices.
        quantity: in the units of the price; of a month at rest, or for 1,000 photos.
    """

    what: str
    price: str
    quantity: float


class Line(NamedTuple):
    """A line of an estimate: what, and US dollars."""

    what: str
    usd: float


class Estimate(NamedTuple):
    """The cost of a deployment.

    Attributes:
        rest: lines of a month in which no photo comes.
        photos: lines of 1,000 photos.
        sources: of the prices, each with its date, the oldest first.
        region: that the prices are of.
    """

    rest: list[Line]
    photos: list[Line]
    sources: list[str]
    region: str

    @property
    def rest_usd(self) -> float:
        """US dollars of a month at rest."""
        return sum(line.usd for line in self.rest)

    @property
    def photos_usd(self) -> float:
        """US dollars of 1,000 photos."""
        return sum(line.usd for line in self.photos)


def estimate(rest: Sequence[Item], photos: Sequence[Item], prices: Prices) -> Estimate:
    """Price the items of a deployment.

    Raises:
        ConfigError: a price is missing.
    """
    lines = [list(_priced(items, prices)) for items in (rest, photos)]
    used = prices.used(item.price for item in (*rest, *photos) if item.quantity)
    sources = [f"{price.date.isoformat()}: {price.source}" for price in used]
    return Estimate(lines[0], lines[1], sources, prices.region)


def hourly(what: str, price: str, count: float = 1) -> Item:
    """Something that costs by the hour, all month."""
    return Item(what, price, count * HOURS)


def _priced(items: Sequence[Item], prices: Prices) -> Iterator[Line]:
    for item in items:
        if item.quantity:
            yield Line(item.what, item.quantity * prices.usd(item.price))
