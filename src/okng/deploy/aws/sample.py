"""A sample photo, its verdict here, and the comparison with that of a deployment."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from okng.error_codes import Code
from okng.errors import DeployError
from okng.inference import Inspector

SCORE_TOLERANCE = 1e-3
"""Difference of defect scores that another CPU may bring; far above what one of another kind does.

The verdict must be equal whatever the scores are.
"""
MEDIA = {
    b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"BM": "image/bmp",
    b"II*\x00": "image/tiff", b"MM\x00*": "image/tiff",
}  # fmt: skip
"""First bytes of a file -> its media type."""


class Sample(NamedTuple):
    """A photo that is judged here and there.

    Attributes:
        path: of the file.
        content: its bytes.
    """

    path: Path
    content: bytes

    @property
    def media_type(self) -> str:
        """Media type of the content, by its first bytes."""
        kinds = (kind for start, kind in MEDIA.items() if self.content.startswith(start))
        return next(kinds, "application/octet-stream")

    @property
    def gigabytes(self) -> float:
        """Size, in GB of 1e9 bytes."""
        return len(self.content) / 1e9


class Answer(NamedTuple):
    """What was said of the sample photo.

    Attributes:
        verdict: OK, NG, REVIEW or ERROR.
        class_name: the likeliest class.
        defect_score: in [0, 1].
        model_digest: SHA-256 of the model file that decided, in hex.
        seconds: from the request to the verdict; without the network where it was judged here.
    """

    verdict: str
    class_name: str
    defect_score: float
    model_digest: str
    seconds: float


def read_sample(path: Path) -> Sample:
    """Read a sample photo.

    Raises:
        OSError: it cannot be read.
    """
    return Sample(path, path.read_bytes())


def judge_here(model: Path, sample: Sample) -> Answer:
    """Judge the sample photo on this machine; the second time counts, when all is loaded.

    Raises:
        DeployError: the photo has no verdict.
    """
    inspector = Inspector(model)
    inspector.engine.inspect(sample.path)
    inspection = inspector.engine.inspect(sample.path)
    verdict = inspection.verdict
    if verdict.error:
        raise DeployError(
            f"The sample photo cannot be judged: {verdict.error}",
            where=sample.path,
            hint="Give another `photo`, such as one of the run's test photos.",
            code=Code.PHOTO_OTHER,
        )
    return Answer(verdict.verdict.value, verdict.class_name, verdict.defect_score,
                  inspector.digest, inspection.latency_ms / 1000)  # fmt: skip


def read_answer(body: bytes, seconds: float, where: str) -> Answer:
    """Read the answer of a station.

    Raises:
        DeployError: it is none.
    """
    try:
        document: Any = json.loads(body)
        return Answer(str(document["verdict"]), str(document["class"]),
                      float(document["defect_score"]), str(document["model_digest"]),
                      seconds)  # fmt: skip
    except (ValueError, KeyError, TypeError) as exc:
        raise DeployError(
            f"The answer is no verdict: {body[:200].decode('utf-8', 'replace')}",
            where=where,
            hint="Look into the log group of the deployment; --delete removes it.",
        ) from exc


def compare(here: Answer, there: Answer, where: str) -> None:
    """Refuse a deployment that judges the sample photo in another way than this machine.

    Raises:
        DeployError: model file, verdict or class differ, or the scores by more than
            `SCORE_TOLERANCE`.
    """
    pairs = (
        ("the model file", here.model_digest, there.model_digest),
        ("the verdict", here.verdict, there.verdict),
        ("the class", here.class_name, there.class_name),
    )
    different = [f"{what} is {ours} here and {theirs} there"
                 for what, ours, theirs in pairs if ours != theirs]  # fmt: skip
    if not abs(here.defect_score - there.defect_score) <= SCORE_TOLERANCE:
        scores = f"{here.defect_score:.6f} here and {there.defect_score:.6f} there"
        different.append(f"the defect score is {scores}")
    if different:
        raise DeployError(
            f"The deployment gives another verdict than this machine: {'; '.join(different)}",
            where=where,
            hint="Do not use it. It stays, so that you can look into it; --delete removes it.",
            code=Code.CLOUD_OTHER_VERDICT,
        )
