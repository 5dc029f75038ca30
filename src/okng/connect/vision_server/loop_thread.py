"""An event loop in a thread of its own: asyncua is asynchronous, adapters are not."""

import asyncio
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for other threads until it is stopped."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = Thread(target=self._run, daemon=True, name=name)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Run to its end, and return what it returns.

        Raises:
            TimeoutError: it took longer; it is cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        finally:
            future.cancel()

    def post(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run it some time; from any thread, and returns at once."""
        self._loop.call_soon_threadsafe(lambda: self._keep(self._loop.create_task(work())))

    def stop(self) -> None:
        """End the loop, with all that runs in it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _keep(self, task: "asyncio.Task[None]") -> None:
        """The loop itself holds tasks weakly only."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(_all_cancelled())
        self._loop.close()


async def _all_cancelled() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
