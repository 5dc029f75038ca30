"""Prices of AWS, from one file that has the source and the date of each."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from okng.error_codes import Code
from okng.errors import ConfigError

HOURS = 730
"""Hours of a month, as AWS counts them."""
_FORM = "region, and [[sources]] with name, date and a table of usd, as in okng's own prices.toml"


class Price(NamedTuple):
    """One price.

    Attributes:
        usd: US dollars, for the unit that its name stands for.
        source: where it was read.
        date: of the figure.
    """

    usd: float
    source: str
    date: date


class Prices(NamedTuple):
    """Prices of one region.

    Attributes:
        region: of AWS.
        by_name: such as `ml.c7i.large`.
        path: of the file.
    """

    region: str
    by_name: Mapping[str, Price]
    path: str

    def usd(self, name: str) -> float:
        """The price of that name.

        Raises:
            ConfigError: the file has none.
        """
        if name not in self.by_name:
            family = name.rpartition(".")[0]
            same = [each for each in sorted(self.by_name) if family and each.startswith(family)]
            raise ConfigError(
                f"There is no price of {name}",
                where=self.path,
                allowed=", ".join(same) or None,
                hint="Add it to a copy of the file, and give that as `prices`.",
                code=Code.SETTINGS_INVALID,
            )
        return self.by_name[name].usd

    def used(self, names: Iterator[str]) -> list[Price]:
        """The prices of these names, the oldest first, one for each source."""
        prices = [self.by_name[name] for name in names]
        return sorted({each.source: each for each in prices}.values(), key=lambda each: each.date)


def read_prices(path: Path | None = None) -> Prices:
    """Read prices.

    Args:
        path: of a file; that of okng if not given.

    Raises:
        ConfigError: it cannot be read, or has another form.
    """
    source = path or files("okng.deploy.aws") / "prices.toml"
    try:
        document = tomllib.loads(source.read_text("utf-8"))
        return Prices(str(document["region"]), dict(_prices(document)), str(source))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ConfigError(
            f"The prices cannot be read: {exc}",
            where=source,
            allowed=_FORM,
            hint="Copy okng's own file, and change the figures.",
            code=Code.SETTINGS_UNREADABLE,
        ) from exc


def _prices(document: Mapping[str, Any]) -> Iterator[tuple[str, Price]]:
    for source in document["sources"]:
        if not isinstance(source["date"], date):  # a text in quotes
            raise TypeError(f"{source['date']!r} is no date")
        for name, usd in source["usd"].items():
            yield name, Price(float(usd), str(source["name"]), source["date"])
