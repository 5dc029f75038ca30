"""A model file as the page of models shows it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from okng.modelfile import CertificateMark, ModelFile
from okng.station.documents import Document
from okng.station.models import Served
from okng.station.promoting.promotions import GateReport
from okng.verdict import OperatingPoint
from okng.wording import mark

_RATES = (
    ("escape_rate", mark("Escapes in the test: defective parts with OK")),
    ("overkill_rate", mark("Overkill in the test: good parts with NG")),
    ("accuracy", mark("Right verdicts in the test")),
)
_OTHERS = (
    ("recall", mark("Recall: defective parts with NG")),
    ("specificity", mark("Specificity: good parts with OK")),
    ("precision", mark("Precision: defective parts among those with NG")),
    ("f1", mark("F1")),
    ("roc_auc", mark("ROC AUC")),
    ("average_precision", mark("Average precision")),
)


class ShownRate(NamedTuple):
    """A rate of the test with its 95 % interval; shares in [0, 1].

    Attributes:
        title: in English; marked for translation.
        value: in the test.
        low: lower end; None where there are too few parts for an interval.
        high: upper end; likewise.
        n: parts or photos that it rests on.
    """

    title: str
    value: float
    low: float | None
    high: float | None
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
        rates: of its test, those that matter on the line.
        others: further figures of its test.
        documents: that its training left, where its run folder is beside the file.
        certificate: what its file states of it; None without one at this operating point.
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
    others: Sequence[ShownRate]
    documents: Collection[Document]
    certificate: CertificateMark | None
    created: datetime
    backbone: str
    licence: str
    dataset: str

    @classmethod
    def of(
        cls,
        name: str,
        file: ModelFile,
        documents: Collection[Document] = (),
        *,
        is_shadow: bool = False,
    ) -> "ShownModel":
        """What a model file states of itself, and the documents beside it."""
        data = file.metadata
        return cls(
            name, is_shadow, file.digest, file.signer, file.sealed, data.classes, data.ok_class,
            data.operating_point, _rates(_RATES, data.metrics), _rates(_OTHERS, data.metrics),
            documents, data.certificate, data.created, data.backbone, data.weights_licence,
            data.dataset_digest,
        )  # fmt: skip


class ShownGate(NamedTuple):
    """The verdict of the gate on the shadow.

    Attributes:
        passed: whether it passed every check.
        text: the verdict, in the language of the page.
        checks: whether each was passed, and its text.
        replaces: the model at this station whose place it may take; None where it may take none.
    """

    passed: bool
    text: str
    checks: Sequence[tuple[bool, str]]
    replaces: str | None

    @classmethod
    def of(cls, gated: GateReport, live: Sequence[Served]) -> "ShownGate":
        """What the gate found, beside the models that decide."""
        gate = gated.gate
        replaced = [each.name for each in live if gated.is_for(each.engine.digest)]
        checks = [(check.passed, check.message.text()) for check in gate.checks]
        return cls(gate.passed, gate.message.text(), checks, next(iter(replaced), None))


def _rates(titles: Sequence[tuple[str, str]], metrics: Mapping[str, Any]) -> list[ShownRate]:
    given = ((title, metrics.get(name)) for name, title in titles)
    return [
        ShownRate(title, rate["value"], rate["low"], rate["high"], rate["n"])
        for title, rate in given
        if rate is not None and rate.get("value") is not None
    ]
