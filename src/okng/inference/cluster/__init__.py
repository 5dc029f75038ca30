"""Many photos on the workers of a Ray cluster: one row per photo, as a folder of Parquet files.

It judges no differently than the engine, which each worker opens for itself. The extra `okng[ray]`
brings Ray and pyarrow; `okng.inference.cluster.ray_data` is the only module that loads Ray.
"""

from okng.inference.cluster.addresses import Addresses, find_addresses
from okng.inference.cluster.job import ClusterJob, Workers
from okng.inference.cluster.results import Tally
from okng.inference.cluster.run import judge_on_cluster

__all__ = [
    "Addresses",
    "ClusterJob",
    "Tally",
    "Workers",
    "find_addresses",
    "judge_on_cluster",
]
