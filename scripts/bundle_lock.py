"""Takes the requirements of `okng bundle` out of the lock of the line.

Usage: bundle_lock.py [--check]

Writes src/okng/targets/files/requirements.txt: onnxruntime, numpy and Pillow with all that they
need. With --check nothing is written; the exit code is 1 when the file is not up to date.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from split_lock import blocks, name

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src" / "okng" / "targets" / "files" / "requirements.txt"
WANTED = frozenset({"onnxruntime", "numpy", "pillow"})
_HEAD = "# Taken from requirements/base.txt by scripts/bundle_lock.py. Do not edit.\n"


def bundle_lock(lock: str) -> str:
    """The requirements of the packages in `WANTED`, and of those that they bring."""
    every = blocks(lock)
    needed = set(WANTED)
    # Each requirement names after "via" those that want it.
    while more := {name(b) for b in every if name(b) not in needed and _by(b) & needed}:
        needed |= more
    return _HEAD + "".join(f"{_plain(b)}\n" for b in every if name(b) in needed)


def _by(block: str) -> set[str]:
    """Packages that want this one."""
    remarks = " ".join(re.findall(r"^\s+#\s*(.*)$", block, flags=re.MULTILINE))
    return set(re.findall(r"[a-z0-9][a-z0-9-]*", remarks.removeprefix("via")))


def _plain(block: str) -> str:
    """Without remarks."""
    return "\n".join(line for line in block.splitlines() if not line.lstrip().startswith("#"))


def main() -> None:
    """Run the script."""
    text = bundle_lock((ROOT / "requirements" / "base.txt").read_text(encoding="utf-8"))
    if "--check" in sys.argv:
        sys.exit(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
