"""What `verify` gives: faults, and what is proven."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What is wrong with a row."""

    CHANGED = "changed"
    MISSING = "missing"
    DOUBLED = "doubled"
    CUT = "cut"
    RECOMPUTED = "recomputed"
    UNSEALED = "unsealed"
    POINTER = "pointer"


TEXTS = {
    FaultKind.CHANGED: "was changed, or the row before it was",
    FaultKind.MISSING: "is missing, and no rule of retention deleted it",
    FaultKind.DOUBLED: "is there twice",
    FaultKind.CUT: "is missing: a signed head proves that the chain was longer",
    FaultKind.RECOMPUTED: "is not the one that was signed: the chain was computed anew",
    FaultKind.UNSEALED: "was deleted, and no deletion on record seals it",
    FaultKind.POINTER: "is not the last row that the station wrote",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad row of a chain.

    Attributes:
        kind: what is wrong.
        seq: number of the row.
        table: where it stands; empty where it is missing.
        id: its identifier; empty where it is missing.
    """

    kind: FaultKind
    seq: int
    table: str = ""
    id: str = ""

    def __str__(self) -> str:
        """A sentence."""
        where = f" ({self.table}, {self.id})" if self.id else ""
        return f"row {self.seq}{where} {TEXTS[self.kind]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainResult:
    """The result for one chain.

    Attributes:
        station: name of the chain.
        rows: that were read, deleted ones included.
        deleted: by rules of retention, each sealed by a deletion on record.
        proven: number up to which a valid signature of a trusted key covers all rows.
        heads: signed heads that agree.
        untrusted: heads that are not counted: the key is not trusted, or the signature not valid.
        fault: the first one; None if there is none.
    """

    station: str
    rows: int
    deleted: int
    proven: int
    heads: int
    untrusted: int
    fault: Fault | None

    @property
    def unproven(self) -> int:
        """Rows at the end that no signature covers."""
        return max(0, self.rows - self.proven)

    def text(self) -> str:
        """What is proven and what is not, in sentences."""
        deleted = f"{self.deleted:,} of them deleted by a rule"
        lines = [f"station {self.station}: {self.rows:,} rows, {deleted}"]
        if self.fault is not None:
            lines.append(f"  NOT INTACT: {self.fault}")
        if self.proven:
            lines.append(
                f"  proven: rows 1 to {self.proven:,} are complete and as they were when they were "
                f"signed ({self.heads:,} signed heads), unless somebody else holds the key"
            )
        else:
            lines.append(
                "  nothing is proven against somebody who computes the whole chain anew: no signed "
                "head of a trusted key"
            )
        if self.unproven and self.fault is None:
            lines.append(
                f"  not proven: the last {self.unproven:,} rows. They are chained, and no "
                "signature covers them: whether rows behind them are missing is not known"
            )
        if self.untrusted:
            lines.append(f"  left out: {self.untrusted:,} heads of other keys or without a valid "
                         "signature")  # fmt: skip
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Verification:
    """The result for all chains of a database."""

    chains: Sequence[ChainResult]

    @property
    def intact(self) -> bool:
        """Whether no chain has a fault."""
        return all(chain.fault is None for chain in self.chains)

    @property
    def proven(self) -> bool:
        """Whether, in addition, signatures cover every row."""
        return self.intact and not any(chain.unproven for chain in self.chains)

    def text(self) -> str:
        """The results of all chains, in sentences."""
        if not self.chains:
            return "no rows on record, and no signed heads"
        return "\n".join(chain.text() for chain in self.chains)
