"""Promotion of a challenger that has passed the gate, and the way back: each a row on record.

Nothing here judges photos. The library of the station states from then on which file judges. A
station that runs takes it within seconds, see `Changes.follow`; one that does not, at its start.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from sqlalchemy import case, func, select

from okng.error_codes import Code
from okng.errors import ConfigError, MissingError, StationError
from okng.evaluation.results.gate import GateResult
from okng.modelfile import ModelFile
from okng.records import Kind, Records, Role
from okng.records.payloads import ModelChange, Promotion
from okng.records.tables import inspections
from okng.station.clock import entry_now
from okng.station.library import Library
from okng.station.logbook import entries_of_kind

RULE = "rule:gate"
"""Who promotes where no person does."""


class Candidate(NamedTuple):
    """A challenger that is to be promoted.

    Attributes:
        champion: file that decides now; None where the station alone has it.
        challenger: file that is to decide.
        gate: verdict of the gate on both.
        report: bytes of `gate.json`, whose digest goes on record.
    """

    champion: ModelFile | None
    challenger: ModelFile
    gate: GateResult
    report: bytes


class GateReport(NamedTuple):
    """The verdict of the gate on a challenger, as its run folder has it.

    Attributes:
        gate: what the gate found.
        report: bytes of its `gate.json`.
    """

    gate: GateResult
    report: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read `gate.json`.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no verdict of the gate.
        """
        report = path.read_bytes()
        return cls(GateResult.of_plain(json.loads(report)), report)

    def is_for(self, live: str) -> bool:
        """Whether it passed, beside the model of this digest."""
        return self.gate.passed and self.gate.champion == live


class ShadowRun(NamedTuple):
    """What a challenger did as the shadow of a station.

    Attributes:
        parts: inspections that it judged beside the live model.
        differing: of these, those with another verdict.
    """

    parts: int
    differing: int


class Promotions:
    """Promotions at one station.

    Args:
        records: of the station.
        library: its model files.
        station: its name.
    """

    def __init__(self, records: Records, library: Library, station: str) -> None:
        self._records, self._library, self._station = records, library, station

    def slot(self, name: str | None) -> str:
        """The name of a model at the station; the only one if none is named.

        Raises:
            MissingError: there is no such model, or there are several and none is named.
        """
        names = self._library.names()
        if name is None and len(names) == 1:
            return names[0]
        if name is None or name not in names:
            raise MissingError(
                f"There is no model {name!r}" if name else "Which model to exchange is not given",
                where=self._station,
                allowed=", ".join(names) or "none: the station has never been started",
                hint="Name one of them with `model`, or start the station once.",
            )
        return name

    def shadow_run(self, digest: str) -> ShadowRun:
        """What a model file did as the shadow."""
        shadow, live = inspections.alias(), inspections.alias()
        query = (
            select(
                func.count(),
                func.coalesce(func.sum(case((shadow.c.verdict != live.c.verdict, 1), else_=0)), 0),
            )
            .select_from(shadow.join(live, shadow.c.live_id == live.c.id))
            .where((shadow.c.role == Role.SHADOW) & (shadow.c.model_digest == digest))
            .where(shadow.c.station == self._station)
        )
        row: Any = self._records.read(query)[0]
        return ShadowRun(int(row[0]), int(row[1]))

    def promote(
        self, slot: str, candidate: Candidate, *, by: str, reason: str, shadow_parts: int = 0
    ) -> Promotion:
        """Let a challenger decide; it is on record when this returns.

        Args:
            slot: name of the model at this station.
            candidate: with the verdict of the gate.
            by: who does it, as `user:NAME`, or `RULE`.
            reason: why; not empty.
            shadow_parts: parts that it must have judged as the shadow.

        Raises:
            StationError: the gate has refused it, or has compared it with another model than that
                which decides, or it has not judged enough parts as the shadow.
            ConfigError: there is no reason.
            RecordsError: it cannot be put on record; nothing changes.
        """
        _check_reason(reason)
        self._check_gate(slot, candidate)
        shadow = self.shadow_run(candidate.challenger.digest)
        if shadow.parts < shadow_parts:
            raise StationError(
                f"The challenger has judged {shadow.parts} parts as the shadow",
                where=slot,
                allowed=f"{shadow_parts} or more",
                hint="Let it judge beside the live model for longer.",
                code=Code.GATE_REFUSED,
            )
        champion = candidate.champion or self._library.held(candidate.gate.champion)
        for file in (champion, candidate.challenger):
            self._library.store(file)  # the champion, too: the way back needs it
        payload = Promotion(
            action="promoted",
            before=champion.digest,
            after=candidate.challenger.digest,
            gate=hashlib.sha256(candidate.report).hexdigest(),
            verdict=candidate.gate.sentence,
            shadow_parts=shadow.parts,
            shadow_differing=shadow.differing,
            reason=reason.strip(),
        )
        self._exchange(slot, payload, by)
        return payload

    def roll_back(self, slot: str, *, by: str, reason: str) -> Promotion:
        """Let the model decide again that the last promotion replaced.

        Raises:
            MissingError: there is no promotion to take back.
            ConfigError: there is no reason.
            RecordsError: it cannot be put on record; nothing changes.
        """
        _check_reason(reason)
        last = self._last(slot)
        if last is None:
            raise MissingError(
                "There is no promotion to roll back", where=slot,
                hint="See the changes on the page of models.",
            )  # fmt: skip
        live = self._library.before(slot)
        if live != last.after:
            raise MissingError(
                "The model was changed after its promotion",
                where=slot,
                allowed=f"the promoted file {last.after}; {live} decides",
                hint="Exchange the model itself, on the page of models or by the API.",
            )
        self._library.held(last.before)  # it must be there, and sound, before anything changes
        payload = Promotion(
            action="rolled-back", before=last.after, after=last.before, gate=last.gate,
            reason=reason.strip(),
        )  # fmt: skip
        self._exchange(slot, payload, by)
        return payload

    def _check_gate(self, slot: str, candidate: Candidate) -> None:
        gate, live = candidate.gate, self._library.before(slot)
        if not gate.passed:
            reasons = " ".join(check.sentence for check in gate.failed)
            raise StationError(
                "The gate has refused the challenger",
                where=slot,
                allowed=f"a challenger that passes every check; {reasons}",
                hint="Review further parts, and retrain.",
                code=Code.GATE_REFUSED,
            )
        if gate.challenger != candidate.challenger.digest:
            raise StationError(
                "The model file is not the one that the gate has judged",
                where=slot,
                allowed=gate.challenger,
                hint="Retrain again: a changed file needs a verdict of its own.",
                code=Code.GATE_REFUSED,
            )
        if live != gate.champion:
            raise StationError(
                "The gate has compared the challenger with another model than the one that decides",
                where=slot,
                allowed=f"a comparison with {live}; it was {gate.champion}",
                hint="Retrain from the run of the model that decides.",
                code=Code.GATE_REFUSED,
            )

    def can_roll_back(self, slot: str) -> bool:
        """Whether the model that decides took its place by the last promotion."""
        last = self._last(slot)
        return last is not None and last.after == self._library.before(slot)

    def _last(self, slot: str) -> Promotion | None:
        """The last promotion; None where there was none, or it was taken back."""
        entries = entries_of_kind(self._records, self._station, Kind.PROMOTION)
        own = [Promotion.of(entry.payload) for entry in entries if entry.subject == slot]
        return own[-1] if own and own[-1].action == "promoted" else None

    def _exchange(self, slot: str, payload: Promotion, by: str) -> None:
        """Put it on record, and only then change which file judges."""
        change = ModelChange(
            role="live", before=payload.before, after=payload.after,
            reason=f"{payload.action}: {payload.reason}",
        )  # fmt: skip
        now = datetime.now(UTC)
        rows = [
            entry_now(now, station=self._station, kind=kind, subject=slot, by=by, payload=content)
            for kind, content in ((Kind.PROMOTION, payload), (Kind.MODEL_CHANGE, change))
        ]
        self._records.append(*rows).result()
        self._library.remember(slot, given=self._library.given(slot), live=payload.after)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ConfigError(
            "There is no reason", where="reason", hint="Write down why.", code=Code.SETTINGS_INVALID
        )
