"""A PLC as a trigger: its triggers become shots, and what became of a part goes back to it."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from uuid import uuid4

from okng.connect.contracts import Shot
from okng.connect.part import Outcome
from okng.connect.plc.answers import signal_of
from okng.connect.plc.carrier import Carrier
from okng.connect.plc.handshake import Counts, Handshake, Rules, Taken
from okng.connect.plc.part_numbers import first_number
from okng.connect.plc.session import Session


class PlcTrigger:
    """Triggers of a PLC. Every opening is a session of its own.

    Verdicts of an earlier session never reach the PLC; it rejects their parts.

    Args:
        carrier: makes a carrier that is not open yet.
        rules: of the handshake.
        products: names, in the order of their `product_index`, from 1.
    """

    def __init__(
        self, carrier: Callable[[], Carrier], rules: Rules, products: Sequence[str] = ()
    ) -> None:
        self._carrier = carrier
        self._rules = rules._replace(products=len(products))
        self._products = (None, *products)
        self._session: Session | None = None
        self._missed = count(1)

    def open(self) -> None:
        """Connect and clear the outputs.

        Raises:
            ConnectError: the PLC cannot be reached now.
        """
        before = self._session
        self._end_session()
        first = first_number(time.time()) if before is None else before.next_number
        self._session = session = Session(self._carrier(), Handshake(first, self._rules))
        session.open()

    def shots(self) -> Iterator[Shot]:
        """Parts as the PLC triggers for them, until `close`; also those that it triggers too early.

        Raises:
            ConnectError: the connection is lost.
        """
        session, key = self._session, uuid4().hex
        while session is not None and (taken := session.next()) is not None:
            yield self._shot(session, taken, key)

    def close(self) -> None:
        """End `shots`, from any thread; the PLC sees `online` fall."""
        self._end_session()

    @property
    def counts(self) -> Counts:
        """What went wrong since the last opening."""
        return self._session.counts if self._session is not None else Counts(0, 0, 0, 0)

    def _shot(self, session: Session, taken: Taken, key: str) -> Shot:
        def answered(outcome: Outcome) -> None:
            session.answered(taken.number, signal_of(outcome))

        name = str(taken.number) if taken.number else f"missed-{next(self._missed)}"
        return Shot(
            key=f"plc-{key}-{name}",
            exposed=partial(session.exposed, taken.number),
            answered=answered,
            serial=taken.serial or None,
            batch=taken.batch or None,
            product=self._products[taken.product_index],
            deadline_s=session.rest_s(taken),
            fault=session.fault(taken),
        )

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
