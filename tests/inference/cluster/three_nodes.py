"""Judges photos on a cluster of three node processes, one of which is killed in the middle.

python three_nodes.py MODEL PHOTOS OUT
"""

import sys
import threading
import time
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from okng.inference.cluster import Workers, find_addresses, judge_on_cluster


def main(model: str, photos: str, out: str) -> None:
    """Print how many nodes are alive at the end."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    doomed, _other = (cluster.add_node(num_cpus=1) for _ in range(2))
    ray.init(cluster.address, log_to_driver=False, logging_level="error")
    killing = threading.Thread(target=_kill, args=(cluster, doomed, Path(out) / "verdicts"))
    killing.start()
    judge_on_cluster(model, find_addresses([photos]).photos, out, workers=Workers(2),
                     progress=False)  # fmt: skip
    killing.join()
    print("alive", sum(node["Alive"] for node in ray.nodes()))
    ray.shutdown()
    cluster.shutdown()


def _kill(cluster: Cluster, node: object, verdicts: Path) -> None:
    """Kill all processes of a node once the first rows are written."""
    while not list(verdicts.glob("*.parquet")):
        time.sleep(0.05)
    print("killed after", len(list(verdicts.glob("*.parquet"))), "files", flush=True)
    cluster.remove_node(node, allow_graceful=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
