"""Disjoint sets (union-find): which nodes are connected by the links added so far."""

from collections.abc import Iterable
from typing import Generic, TypeVar

Node = TypeVar("Node", int, tuple[str, str], tuple[int, str])


class DisjointSets(Generic[Node]):
    """Sets of connected nodes; the smallest node of a set is its representative.

    A node is stored from its first link on, so a million photos without a link cost nothing.
    `scipy.cluster.hierarchy.DisjointSet` stores every node at once and does not let the caller
    choose the representative; besides, a data set does not require scipy.
    """

    def __init__(self) -> None:
        self._parents: dict[Node, Node] = {}

    def find(self, node: Node) -> Node:
        """The representative of the set that holds `node`; the node itself where it is alone."""
        while (parent := self._parents.get(node, node)) != node:
            # Path halving: each step skips a node, which keeps later searches short.
            self._parents[node] = node = self._parents.get(parent, parent)
        return node

    def merge(self, nodes: Iterable[Node]) -> None:
        """Make one set of all sets that hold one of `nodes`."""
        representatives = {self.find(node) for node in nodes}
        if len(representatives) > 1:
            self._parents.update(dict.fromkeys(representatives, min(representatives)))
