"""The certificate: what was run, on which machine, and which verdicts differ. Data only."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from okng.certification.setups import REFERENCE, Kernels, Setup
from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.files import write_atomic
from okng.verdict import OperatingPoint

SCHEMA = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Part):
    """A photo whose verdict is another one than that of the reference."""

    photo: str = Field(description="its path, below the folder that was given")
    reference: str = Field(description="verdict of the reference, with reason and defect type")
    verdict: str = Field(description="verdict of this setup")
    score: float | None = Field(description="defect score of the reference, in [0, 1]")
    difference: float | None = Field(description="of the scores, in [0, 1]")


class Row(_Part):
    """One setup against the reference."""

    setup: Setup
    photos: int = Field(description="photos that were compared")
    full_batches: int = Field(description="those of them that went through in full batches")
    differing: int = Field(description="photos with another verdict")
    largest_score_difference: FiniteFloat = Field(description="in [0, 1]")
    largest_unfamiliarity_difference: FiniteFloat = Field(description="in [0, 1]")
    worst_photo: str = Field(description="where the scores are farthest apart; empty where equal")
    changed: tuple[Difference, ...] = Field(description="photos with another verdict, the first")


class NotTried(_Part):
    """A runtime or a set of kernels that could not be tried, and why."""

    runtime: Runtime
    kernels: Kernels
    code: str = Field(description="`time`, or the code of an error such as `library.missing`")
    reason: str = Field(description="in English")


class Machine(_Part):
    """Where the certificate was made."""

    cpu: str = Field(description="name of the CPU")
    cores: int = Field(description="cores that the process may use")
    system: str = Field(description="operating system and architecture")
    versions: dict[str, str] = Field(description="version by package")


class Certificate(_Part):
    """The content of `certificate.json`."""

    schema_version: int = SCHEMA
    model: str = Field(description="name of the model")
    model_digest: str = Field(
        description="SHA-256 of the model file, before the digest of this was sealed into it"
    )
    precision: str = Field(description="of the network in the file: float32, int8")
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    okng_version: str
    machine: Machine
    operating_point: OperatingPoint
    reference: Setup = REFERENCE
    photos: int = Field(ge=1, description="photos that were judged in every setup")
    offered: int = Field(description="photos that were given")
    nearest_first: bool = Field(
        description="whether those whose score lies nearest to a limit were taken first"
    )
    unreadable: tuple[str, ...] = Field(description="photos that cannot be read")
    nearest_limit: FiniteFloat | None = Field(
        description="smallest distance of a score to threshold or review band, or of an "
        "unfamiliarity to its limit, in [0, 1]"
    )
    nearest_score: FiniteFloat | None = Field(
        None, description="smallest distance of a score to threshold or review band, in [0, 1]"
    )
    nearest_unfamiliarity: FiniteFloat | None = Field(
        None, description="smallest distance of an unfamiliarity to its limit, in [0, 1]"
    )
    rows: tuple[Row, ...]
    not_tried: tuple[NotTried, ...]

    @property
    def differing(self) -> int:
        """Photos with another verdict, in the setup where they are most."""
        return max((row.differing for row in self.rows), default=0)

    @property
    def largest_difference(self) -> float:
        """Of the defect score, over all setups, in [0, 1]."""
        return max((row.largest_score_difference for row in self.rows), default=0.0)

    @property
    def is_narrow(self) -> bool:
        """Whether a score or an unfamiliarity lies nearer to its limit than setups differ.

        That no verdict differs is then chance: another photo like it may get two.
        """
        unlike = max((row.largest_unfamiliarity_difference for row in self.rows), default=0.0)
        return any(
            nearest is not None and nearest < apart
            for nearest, apart in (
                (self.nearest_score, self.largest_difference),
                (self.nearest_unfamiliarity, unlike),
            )
        )

    @property
    def holds(self) -> bool:
        """Whether no setup gives another verdict."""
        return self.differing == 0

    def to_bytes(self) -> bytes:
        """The file, in UTF-8."""
        return (self.model_dump_json(indent=2) + "\n").encode()

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def write(self, path: Path) -> None:
        """Write the file atomically.

        Raises:
            OkngError: the disk is full, or the path cannot be written.
        """
        write_atomic(path, self.to_bytes())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            ModelFileError: it cannot be read, or is no certificate.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as exc:
            raise ModelFileError(
                "The certificate cannot be read",
                where=path,
                hint="Make it anew: `okng certify MODEL PHOTOS`.",
                code=Code.CERTIFICATE_UNREADABLE,
            ) from exc
