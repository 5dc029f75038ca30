"""Runs schemathesis on our OpenAPI file and on that of the Open Inference Protocol: no 5xx answer.

schemathesis has an environment of its own; the second file comes from its repository
(kserve/open-inference-protocol, specification/protocol/open_inference_rest.yaml, Apache-2.0).

    uv venv /tmp/schemas && uv pip install -p /tmp/schemas schemathesis
    okng serve MODEL --no-auth --port 8000 &
    PATH=/tmp/schemas/bin:$PATH
    python benchmarks/server/schemas.py http://localhost:8000 schemathesis open_inference_rest.yaml

The exit code is 1 after a 5xx answer.
"""

import argparse
import subprocess
import sys


def run(tool: str, file: str, base: str, examples: int, seed: int) -> int:
    """Run it on one file; the exit code of schemathesis."""
    command = [
        tool, "run", file, "--url", base, "--checks", "not_a_server_error",
        "--max-examples", str(examples), "--seed", str(seed), "--phases", "coverage,fuzzing",
        "--request-timeout", "20",
    ]  # fmt: skip
    print(" ".join(command), flush=True)
    return subprocess.run(command, check=False).returncode


def main() -> int:
    """Run it on both files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", help="address of the station")
    parser.add_argument("schemathesis", help="the program")
    parser.add_argument("protocol", nargs="?", help="open_inference_rest.yaml")
    parser.add_argument("--examples", type=int, default=30, help="of each operation")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    files = [f"{given.base}/api/v1/openapi.json", *([given.protocol] if given.protocol else [])]
    codes = [
        run(given.schemathesis, file, given.base, given.examples, given.seed) for file in files
    ]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
