"""A model file as the page of models shows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from okng.modelfile import ModelFile
from okng.verdict import OperatingPoint
from okng.wording import mark

_RATES = (
    ("escape_rate", mark("Escapes in the test: defective parts with OK")),
    ("overkill_rate", mark("Overkill in the test: good parts with NG")),
    ("accuracy", mark("Right verdicts in the test")),
)


class ShownRate(NamedTuple):
    """A rate of the test with its 95 % interval; shares in [0, 1].

    Attributes:
        title: in English; marked for translation.
        value: in the test.
        low: lower end.
        high: upper end.
        n: parts or photos that it rests on.
    """

    title: str
    value: float
    low: float
    high: float
    n: int


class ShownModel(NamedTuple):
    """A model.

    Attributes:
        name: at this station.
        is_shadow: whether it does not decide.
        digest: SHA-256 of its file.
        signer: public key of its signature; empty without one.
        sealed: whether its file contains its own digest, which was checked.
        classes: that it tells apart.
        ok_class: the good one; None without one.
        point: threshold and band.
        rates: of its test.
        created: when the file was made.
        backbone: network.
        licence: of its weights.
        dataset: digest of the photos of its training.
    """

    name: str
    is_shadow: bool
    digest: str
    signer: str
    sealed: bool
    classes: Sequence[str]
    ok_class: str | None
    point: OperatingPoint
    rates: Sequence[ShownRate]
    created: datetime
    backbone: str
    licence: str
    dataset: str

    @classmethod
    def of(cls, name: str, file: ModelFile, *, is_shadow: bool = False) -> "ShownModel":
        """What a model file states of itself."""
        data = file.metadata
        return cls(
            name, is_shadow, file.digest, file.signer, file.sealed, data.classes, data.ok_class,
            data.operating_point, _rates(data.metrics), data.created, data.backbone,
            data.weights_licence, data.dataset_digest,
        )  # fmt: skip


def _rates(metrics: Mapping[str, Any]) -> list[ShownRate]:
    given = ((title, metrics.get(name)) for name, title in _RATES)
    return [
        ShownRate(title, rate["value"], rate["low"], rate["high"], rate["n"])
        for title, rate in given
        if rate is not None and rate.get("value") is not None
    ]
