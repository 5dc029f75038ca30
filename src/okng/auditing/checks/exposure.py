"""Photos that are blurred, too dark or too bright beside the others."""

import numpy as np
import numpy.typing as npt

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity, count_of

_FAR = 5.0  # robust standard deviations
_CLIPPED = 0.1
_FEWEST = 20


def check(evidence: Evidence) -> list[Finding]:
    """Outliers of sharpness, and photos clipped much more than usual."""
    paths = np.array([photo.path for photo in evidence.measured()])
    if len(paths) < _FEWEST:
        return []
    blurred = _robust(np.log(evidence.column("sharpness") + 1e-6)) < -_FAR
    found = {"blurred": paths[blurred]}
    for name, word in (("dark", "too dark"), ("bright", "too bright")):
        share = evidence.column(name)
        found[word] = paths[(share > _CLIPPED) & (_robust(share) > _FAR)]
    return [
        Finding(
            check="exposure",
            severity=Severity.NOTICE,
            what=f"{count_of(len(photos), 'photo is', 'photos are')} {word} beside the others.",
            advice="Take them again if a person cannot judge them; leave them in if the line will "
            "bring such photos.",
            photos=photos.tolist(),
        )
        for word, photos in found.items()
        if len(photos)
    ]


def _robust(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Distance from the median in units of the median absolute deviation, scaled to sigma."""
    middle = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - middle))
    return np.asarray((values - middle) / max(float(spread), 1e-3))
