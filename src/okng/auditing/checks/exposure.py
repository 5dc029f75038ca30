"""Photos that are blurred, too dark or too bright compared with the rest."""

import numpy as np
import numpy.typing as npt

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import Finding, Severity
from okng.wording import sentence

_FAR = 5.0  # robust standard deviations: of normal values, one in 1.7 million is beyond
_CLIPPED = 0.1  # fraction of black or white pixels below which an outlier does not matter
_FEWEST = 20  # photos from which a median absolute deviation is stable enough


class Exposure(Check):
    """Outliers of sharpness, and of the fraction of black or white pixels."""

    id = "exposure"
    needs = (Need.FACTS,)

    def run(self, evidence: Evidence) -> CheckResult[None]:
        """One notice for each kind of outlier."""
        paths = np.array([photo.path for photo in evidence.measured()])
        if len(paths) < _FEWEST:
            return CheckResult()
        blurred = _robust(np.log(evidence.column("sharpness") + 1e-6)) < -_FAR
        outliers = {"blurred": paths[blurred]}
        for name, code in (("dark", "darker"), ("bright", "brighter")):
            clipped = evidence.column(name)
            outliers[code] = paths[(clipped > _CLIPPED) & (_robust(clipped) > _FAR)]
        return CheckResult(
            [_finding(code, photos.tolist()) for code, photos in outliers.items() if len(photos)]
        )


def _finding(code: str, photos: list[str]) -> Finding:
    result = sentence(code, photos=len(photos))
    return Finding.of("exposure", Severity.NOTICE, result, photos=photos)


def _robust(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Distance from the median in robust standard deviations.

    The median absolute deviation times 1.4826 estimates the standard deviation of normal values.
    """
    middle = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - middle))
    return np.asarray((values - middle) / max(float(spread), 1e-3))
