"""What runs in a worker: it holds an open engine and judges batches of addresses."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from okng.config import Runtime
from okng.inference.cluster.addresses import is_url
from okng.inference.cluster.remote import fetch
from okng.inference.cluster.rows import schema_of, table_of
from okng.inference.engine import InspectionEngine
from okng.inference.frames import ReadError
from okng.inference.inspection import Inspection
from okng.modelfile import ModelFile

if TYPE_CHECKING:
    import pyarrow as pa

_FETCHERS = 8  # threads; a request to a store of objects takes some 20 to 100 ms, mostly waiting


class Judge:
    """Judges photos; one is made in each worker and lives as long as that.

    Args:
        file: the model file, so that no node needs its path.
        runtime: what runs the network.
        threads: CPU threads of the network.
    """

    def __init__(self, file: ModelFile, runtime: Runtime, threads: int) -> None:
        # A worker has as many cores as threads: further readers would only take turns with it.
        self._engine = InspectionEngine(file, runtime=runtime, threads=threads, readers=threads)
        self._engine.open()
        self._schema = schema_of(file.metadata.classes)

    def __call__(self, batch: Mapping[str, npt.NDArray[np.generic]]) -> "pa.Table":
        """The rows of a batch, one per photo, in order.

        Args:
            batch: `path`: addresses (N,), see `okng.inference.cluster.addresses`.
        """
        return table_of(self.inspect([str(each) for each in batch["path"]]), self._schema)

    def inspect(self, addresses: Sequence[str]) -> list[Inspection]:
        """One inspection per address, in order; a photo that cannot be read is an ERROR."""
        inspected: dict[str, Inspection] = {}
        local = [address for address in addresses if not is_url(address)]
        for address, each in zip(local, self._engine.inspect_all(local), strict=True):
            inspected[address] = each.inspection
        remote = [address for address in addresses if is_url(address)]
        if remote:
            inspected |= self._inspect_remote(remote)
        return [inspected[address] for address in addresses]

    def _inspect_remote(self, urls: Sequence[str]) -> dict[str, Inspection]:
        with ThreadPoolExecutor(_FETCHERS) as pool:
            contents = dict(zip(urls, pool.map(fetch, urls), strict=True))
        refused = {url: each for url, each in contents.items() if isinstance(each, ReadError)}
        photos = {url: each for url, each in contents.items() if isinstance(each, bytes)}
        faults = self._engine.pin().inspect(list(refused.values()), heatmap=False)
        fetched = self._engine.inspect_all(list(photos.values()))
        results = dict(zip(refused, faults, strict=True))
        for url, each in zip(photos, fetched, strict=True):
            verdict = replace(each.inspection.verdict, path=url)
            results[url] = replace(each.inspection, verdict=verdict)
        return results
