"""Jobs that OPC UA clients start at the station's own server (a sink of kind `opcua-server`)."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from okng.config import Duration
from okng.connect.contracts import Around, Finding, Shot, Trigger, TriggerSettings
from okng.connect.part import Outcome
from okng.connect.vision_server.jobs import Job, Jobs


class OpcUaServerTriggerSettings(TriggerSettings):
    """StartSingleJob and StartContinuous of the station's OPC UA server."""

    kind: ClassVar[str] = "opcua-server"

    server: str = Field(
        "opcua-server", max_length=100, description="Name of the sink that is the server."
    )
    every: Duration = Field(
        1.0, ge=0.001, le=3600, description="Time between two photos of StartContinuous."
    )

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - the sink checks the server
        """Its server is checked as a sink."""
        return [Finding("trigger", f"jobs of {self.server}")]

    def trigger(self, around: Around) -> Trigger:
        """The trigger; it takes no jobs yet."""
        return OpcUaServerTrigger(around.shared.get(Jobs, self.server, Jobs), self.every)


class OpcUaServerTrigger:
    """Each job is one part, and each photo of a continuous one.

    Args:
        jobs: shared with the server.
        every_s: between two photos of a continuous job.
    """

    def __init__(self, jobs: Jobs, every_s: float) -> None:
        self._jobs = jobs
        self._every_s = every_s

    def open(self) -> None:
        """Take jobs from now on; before, the server refuses them."""
        self._jobs.attach()

    def shots(self) -> Iterator[Shot]:
        """Photos to take, until `close`."""
        while (job := self._jobs.next(self._every_s)) is not None:
            yield self._shot(job)

    def close(self) -> None:
        """Take no more jobs."""
        self._jobs.detach()

    def _shot(self, job: Job) -> Shot:
        def exposed() -> None:
            if self._jobs.progress is not None:
                self._jobs.progress.acquired(job)

        def answered(outcome: Outcome) -> None:
            if self._jobs.progress is not None:
                self._jobs.progress.answered(job, outcome)

        asked = job.asked
        return Shot(job.key, exposed, answered, serial=asked.part, product=asked.product)
