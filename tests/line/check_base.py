"""Judges photos with the base wheel, without torch. Usage: check_base.py FOLDER."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

folder = Path(sys.argv[1])
model = folder / "run" / "inspector.onnx"
okng = Path(sys.executable).with_name("okng")


def call(*arguments: object, code: int = 0) -> str:
    """Run okng and check its exit code."""
    done = subprocess.run([okng, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != code or "Traceback" in done.stderr:
        sys.exit(f"okng {arguments} gave {done.returncode}, not {code}:\n{done.stderr}")
    return done.stdout


def require(fact: bool, what: str) -> None:
    """Stop when something is not as it should be."""
    if not fact:
        sys.exit(f"Not so: {what}")


for absent in ("torch", "lightning", "timm", "pandas", "sklearn", "matplotlib"):
    require(importlib.util.find_spec(absent) is None, f"{absent} is absent")
rows = call("predict", model, folder / "photos", "--format", "jsonl", "--quiet").splitlines()
require({json.loads(row)["verdict"] for row in rows} <= {"OK", "NG"}, "every photo has a verdict")
require(len(rows) == 40, "all 40 photos are judged")
call("predict", model, folder / "odd", "--quiet", "--heatmaps", folder / "maps", code=3)
require(len(list((folder / "maps").glob("*.png"))) == 4, "four odd photos have a heatmap")
require(json.loads(call("info", model, "--json"))["ok_class"] == "ok", "info tells the OK class")
found = json.loads(call("audit", folder / "photos", "--json", "--quiet", "--out", folder / "audit"))
require(found["exact_duplicates"] == [], "equal photos are looked for without the extra")
require("near_duplicates" in found["summary"]["not_checked"], "what was left out is told")
refused = call("train", folder / "photos", "--out", folder / "again", code=5)
print("The base wheel judges photos without torch.")
