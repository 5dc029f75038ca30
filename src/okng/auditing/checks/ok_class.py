"""The OK class, where it was recognised by its name."""

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset.classes import OkChoice

_SHOWN = 5  # classes named in one sentence


class OkClass(Check):
    """States the OK class if its name decided: a wrong choice inverts every verdict."""

    id = "ok_class"
    in_summary = False

    def run(self, evidence: Evidence) -> CheckResult[None]:
        """A notice with the OK class and the defective classes."""
        dataset = evidence.dataset
        if dataset.ok_choice is not OkChoice.NAME or dataset.ok_class is None:
            return CheckResult()
        return CheckResult([_finding(dataset.ok_class, dataset.classes)])


def _finding(ok_class: str, classes: tuple[str, ...]) -> Finding:
    others = [name for name in classes if name != ok_class]
    more = f" and {len(others) - _SHOWN} others" if len(others) > _SHOWN else ""
    verb = "count" if len(others) > 1 else "counts"
    return Finding(
        check="ok_class",
        severity=Severity.NOTICE,
        what=f"The class {ok_class!r} is taken as the class of good parts, by its name; "
        f"{', '.join(map(repr, others[:_SHOWN]))}{more} {verb} as defective.",
        advice="If that is wrong, name the class of good parts with `data.ok` NAME.",
    )
