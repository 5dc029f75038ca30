"""The states of a vision system (OPC 40100-1, 8.2 and 8.3), without OPC UA.

Preoperational is passed by itself: a station is ready once it runs. Single jobs are pipelined: the
system is ready again once the photo is taken, before its result is there.
"""

from enum import IntEnum
from threading import RLock


class State(IntEnum):
    """Numbers of VisionStateMachineType."""

    PREOPERATIONAL = 1
    HALTED = 2
    ERROR = 3
    OPERATIONAL = 4


class Mode(IntEnum):
    """Numbers of VisionAutomaticModeStateMachineType."""

    INITIALIZED = 5
    READY = 6
    SINGLE = 7
    CONTINUOUS = 8


STATE_NAMES = {
    State.PREOPERATIONAL: "Preoperational",
    State.HALTED: "Halted",
    State.ERROR: "Error",
    State.OPERATIONAL: "Operational",
}
MODE_NAMES = {
    Mode.INITIALIZED: "Initialized",
    Mode.READY: "Ready",
    Mode.SINGLE: "SingleExecution",
    Mode.CONTINUOUS: "ContinuousExecution",
}


class Machine:
    """The two state machines. Each method returns whether the change was allowed, and made."""

    def __init__(self) -> None:
        self._lock = RLock()
        self.state = State.PREOPERATIONAL
        self.mode = Mode.INITIALIZED

    def select_automatic(self) -> bool:
        """Preoperational -> Operational, ready."""
        return self._change(State.PREOPERATIONAL, State.OPERATIONAL, Mode.READY)

    def halt(self) -> bool:
        """Operational or Preoperational or Error -> Halted."""
        with self._lock:
            if self.state is State.HALTED:
                return False
            self.state, self.mode = State.HALTED, Mode.INITIALIZED
            return True

    def reset(self) -> bool:
        """Any state -> Preoperational."""
        with self._lock:
            self.state, self.mode = State.PREOPERATIONAL, Mode.INITIALIZED
            return True

    def start(self, mode: Mode) -> bool:
        """Ready -> SingleExecution or ContinuousExecution."""
        with self._lock:
            if self.state is not State.OPERATIONAL or self.mode is not Mode.READY:
                return False
            self.mode = mode
            return True

    def end(self, *modes: Mode) -> bool:
        """One of these executions -> Ready: stopped, aborted, or done."""
        with self._lock:
            if self.mode not in modes:
                return False
            self.mode = Mode.READY
            return True

    def _change(self, old: State, new: State, mode: Mode) -> bool:
        with self._lock:
            if self.state is not old:
                return False
            self.state, self.mode = new, mode
            return True
