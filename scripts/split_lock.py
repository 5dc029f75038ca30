"""Splits a lock for `TORCH_BACKEND`: PyTorch comes from its own index, the rest from the lock.

Usage: split_lock.py LOCK REST

Prints the requirements of torch and torchvision, and writes to REST the lock without them and
without the GPU libraries that only PyPI's build of torch wants.
"""

import re
import sys
from pathlib import Path

TORCH = ("torch", "torchvision")
GPU_ONLY = re.compile(r"^(nvidia-|cuda-|triton$)")


def blocks(lock: str) -> list[str]:
    """The requirements of a lock, each with its hashes and remarks."""
    return re.findall(r"^[A-Za-z0-9][^\n]*(?:\n[ \t]+[^\n]*)*", lock, flags=re.MULTILINE)


def name(block: str) -> str:
    """Name of the package of a requirement."""
    return re.split(r"[=\[ ;]", block, maxsplit=1)[0].lower()


def split(lock: str) -> tuple[list[str], str]:
    """The pins of PyTorch, and the lock without them and without GPU libraries."""
    found = blocks(lock)
    pins = [block.split()[0] for block in found if name(block) in TORCH]
    rest = [b for b in found if name(b) not in TORCH and not GPU_ONLY.match(name(b))]
    return pins, "\n".join(rest) + "\n"


def main() -> None:
    """Run the script."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pins, rest = split(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(rest, encoding="utf-8")
    print(*pins)


if __name__ == "__main__":
    main()
