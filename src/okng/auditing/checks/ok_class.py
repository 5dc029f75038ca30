"""The OK class, where it was recognised by its name."""

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset.classes import OkChoice
from okng.wording import sentence


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
    result = sentence("ok_class", name=ok_class, others=others, number=len(others))
    return Finding.of("ok_class", Severity.NOTICE, result)
