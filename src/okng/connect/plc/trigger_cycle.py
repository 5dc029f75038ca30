"""The trigger's half of the handshake: ready, trigger, its acknowledgement, the end of exposure."""

from dataclasses import dataclass


@dataclass(slots=True)
class TriggerCycle:
    """Levels of the trigger. A trigger is a rise that was seen while `ready` stood at the PLC.

    Attributes:
        armed: the trigger was seen low since the last rise. False at the start, so a level that
            is left over from before is no trigger.
        acknowledged: the trigger that is high was taken.
        exposing: number of the part whose photo is not taken yet; 0 if none.
        exposed: the photo of the last part is taken.
        missed: a trigger was missed since the last one that was taken.
        missed_count: modulo 65536.
    """

    armed: bool = False
    acknowledged: bool = False
    exposing: int = 0
    exposed: bool = False
    missed: bool = False
    missed_count: int = 0

    def rises(self, trigger: bool) -> bool:
        """Whether the trigger rose; to be called once for each reading of the inputs."""
        if not trigger:
            self.armed, self.acknowledged = True, False
            return False
        rose, self.armed = self.armed, False
        return rose

    def take(self, number: int) -> None:
        """The trigger is taken: its part is in front of the camera."""
        self.acknowledged, self.exposing = True, number
        self.exposed = self.missed = False

    def miss(self) -> None:
        """The trigger came while not ready. It is not acknowledged, however long it is held."""
        self.missed = True
        self.missed_count = (self.missed_count + 1) % 65536

    def end_exposure(self, number: int) -> None:
        """The photo of this part is taken, or never will be: the part may move."""
        if number == self.exposing:
            self.exposing, self.exposed = 0, True

    @property
    def free(self) -> bool:
        """Whether the next part may come: the trigger is low, and the camera has its photo."""
        return self.armed and not self.exposing

    def clear(self) -> None:
        """Forget the part in front of the camera. The count of missed triggers stays."""
        self.armed = self.acknowledged = self.exposed = self.missed = False
        self.exposing = 0
