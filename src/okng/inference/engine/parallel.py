"""Batches of a sequence that are inspected at the same time, in order.

One batch on all cores leaves them waiting for each other at the end of every layer, and for a core
that another program has taken. Several batches, each on a core of its own, do not wait.
"""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future

from okng.inference.engine.loaded import LoadedModel
from okng.inference.engine.read_ahead import BATCH_PIXELS, WAITING_PIXELS, Batch, Readers
from okng.inference.frames import Frame
from okng.inference.inspection import Inspection

Inspected = tuple[Batch, list[Inspection]]
_Running = tuple[Batch, Future[list[Inspection]]]


def inspect_batches(
    batches: Iterable[Batch], model: LoadedModel, pool: Readers, *, heatmap: bool
) -> Generator[Inspected, None, None]:
    """Inspect batches in the threads of the pool.

    Closing the generator drops the batches that wait; those that run end by themselves.

    Args:
        batches: each may be emptied once the next one is asked for.
        model: inspects up to `model.runs` of them at the same time.
        pool: of as many threads as cores.
        heatmap: also compute heatmap and evidence.

    Returns:
        Each batch with its inspections, in order. It is emptied when the next one is asked for.
    """
    running: deque[_Running] = deque()
    try:
        for batch in batches:
            own = batch.copy()
            while running and not _fits(own, [other for other, _ in running]):
                yield from _first(running)
            job = pool.submit(model.inspect, own, heatmap=heatmap, parallel=True)
            running.append((own, job))
            # One more than can run, so that no core waits while the first is being used.
            while len(running) > model.runs:
                yield from _first(running)
        while running:
            yield from _first(running)
    finally:
        for _, job in running:
            job.cancel()


def _first(running: deque[_Running]) -> Generator[Inspected, None, None]:
    batch, job = running.popleft()
    yield batch, job.result()
    batch.clear()


def _fits(batch: Batch, others: Iterable[Batch]) -> bool:
    """Whether there is memory for a batch beside others.

    Photos to be shown count with all their pixels. Older files resize in their graph, and compute
    with the pixels of whole photos.
    """
    frames = [photo for each in (batch, *others) for photo in each if isinstance(photo, Frame)]
    computed = sum(frame.pixels[..., 0].size for frame in frames)
    return computed <= BATCH_PIXELS and sum(frame.held for frame in frames) <= WAITING_PIXELS
