"""The machine that a certificate or a benchmark was made on."""

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from okng.certification.certificate import Machine
from okng.inference.processors import cores

_PACKAGES = ("okng", "onnxruntime", "openvino", "numpy", "simplejpeg", "pillow")


def this_machine() -> Machine:
    """CPU, cores, system, and versions of what computes."""
    return Machine(
        cpu=_cpu(),
        cores=cores(),
        system=f"{platform.system()} {platform.machine()}",
        versions=_versions(),
    )


def _cpu() -> str:
    with suppress(OSError):  # of Linux alone
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    there = {}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            there[package] = version(package)
    return there
