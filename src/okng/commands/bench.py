"""`bench`: how fast model files judge these photos on this machine."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from okng import modelfile
from okng.benchmark import Benchmark, Candidate, measure
from okng.config import Runtime
from okng.errors import ConfigError
from okng.events import Progress, watched
from okng.inference.paths import find_named
from okng.inference.sessions import named_runtime, runtimes_at_hand

_MOST = 256
"""Different photos; those of a folder are much alike in size and format."""


def bench(
    model: Path | str,
    photos: Path | str | Iterable[Path | str],
    *,
    against: Sequence[Path | str] = (),
    runtimes: Sequence[Runtime | str] = (),
    threads: int | None = None,
    seconds: float = 10.0,
    progress: Progress | bool | None = None,
) -> Benchmark:
    """Time a model file on every runtime, from file to verdict, and where the time goes.

    Args:
        model: the model file, or the folder of its run.
        photos: files, folders or patterns; the first 256 are taken, as often as the time allows.
        against: further model files, timed in turn with it, such as one in int8.
        runtimes: to be timed; all that are installed when left out.
        threads: CPU threads of a runtime; all cores when left out.
        seconds: for each model file and runtime, about.
        progress: receives the progress; None shows it on stderr, False shows nothing.

    Raises:
        ConfigError: a runtime is unknown, or the time is no time.
        DatasetError: no photo was found, or none can be read.
        ModelFileError: a file is not a model file of okng, or cannot be run.

    Example:
        >>> okng.bench("inspector.onnx", "photos/").rows[0].latency.p99  # doctest: +SKIP
        14.2
    """
    if not 0 < seconds < 86_400:
        raise ConfigError(f"{seconds:g} s cannot be spent", where="`seconds`", allowed="0 to 86400")
    named = [named_runtime(name) for name in runtimes] or runtimes_at_hand()
    files = {str(path): modelfile.read(modelfile.located(path)) for path in (model, *against)}
    paths = [photo.path for photo in find_named(photos).photos[:_MOST]]
    candidates = [
        Candidate(name, file, runtime, threads) for name, file in files.items() for runtime in named
    ]
    return measure(candidates, paths, seconds, watched(progress))
