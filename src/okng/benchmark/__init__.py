"""Benchmark: how fast a model file judges a user's photos on the user's machine. No torch."""

from okng.benchmark.measuring import Candidate, measure
from okng.benchmark.results import Benchmark, BenchmarkRow, Latency, Stages

__all__ = ["Benchmark", "BenchmarkRow", "Candidate", "Latency", "Stages", "measure"]
