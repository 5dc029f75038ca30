"""Which class was taken for the good one, where nobody named it."""

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset.classes import OkChoice

_SHOWN = 5


def check(evidence: Evidence) -> list[Finding]:
    """The choice, if it rests on a name: wrong, it turns every verdict round."""
    dataset = evidence.dataset
    if dataset.ok_choice is not OkChoice.NAME or dataset.ok_class is None:
        return []
    others = [name for name in dataset.classes if name != dataset.ok_class]
    more = f" and {len(others) - _SHOWN} others" if len(others) > _SHOWN else ""
    verb = "count" if len(others) > 1 else "counts"
    return [
        Finding(
            check="ok_class",
            severity=Severity.NOTICE,
            what=f"The class {dataset.ok_class!r} is taken for the good parts, by its name; "
            f"{', '.join(map(repr, others[:_SHOWN]))}{more} {verb} as defective.",
            advice="If that is wrong, name the class of good parts with `data.ok` NAME.",
        )
    ]
