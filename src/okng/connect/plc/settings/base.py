"""What the settings of every PLC have."""

import asyncio
from functools import partial
from typing import Self

from pydantic import Field, model_validator

from okng.config import Duration
from okng.connect.contracts import Around, Finding, TriggerSettings
from okng.connect.plc.carrier import Carrier
from okng.connect.plc.handshake import Rules
from okng.connect.plc.trigger import PlcTrigger


class PlcSettings(TriggerSettings):
    """What every PLC has; each carrier adds its fields."""

    deadline: Duration = Field(
        5.0, gt=0, le=600,
        description="Time from a trigger to its result; then the part is rejected as late.",
    )  # fmt: skip
    heartbeat_timeout: Duration = Field(
        3.0, ge=0, le=60,
        description="Time without a heartbeat after which the PLC is silent; 0 for never.",
    )  # fmt: skip
    products: tuple[str, ...] = Field(
        (), max_length=65535,
        description="Products that the PLC can request; the first one has product_index 1.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _heartbeat_can_be_seen(self) -> Self:
        if 0 < self.heartbeat_timeout < 1.5:
            raise ValueError("the heartbeat changes once a second: give it at least 1.5, or 0")
        if len(set(self.products)) != len(self.products) or "" in self.products:
            raise ValueError("`products` has a name twice, or an empty one")
        return self

    def carrier(self) -> Carrier:
        """A carrier that is not open yet."""
        raise NotImplementedError

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - no station differs here
        """The PLC answers, and all signals are there.

        Raises:
            OkngError: something is missing, refused, or of another type.
        """
        return asyncio.run(self.carrier().check())

    def trigger(self, around: Around) -> PlcTrigger:  # noqa: ARG002 - likewise
        """The trigger; it is not opened yet."""
        rules = Rules(self.deadline, self.heartbeat_timeout)
        return PlcTrigger(partial(type(self).carrier, self), rules, self.products)
