"""Errors -> exit codes and one clear message on stderr."""

import errno
import functools
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NoReturn, ParamSpec

import typer

from okng.cli.console import ProgressForm, write_line
from okng.cli.flags import with_flags
from okng.cli.signals import Terminated, ending_on_sigterm
from okng.error_codes import Code
from okng.errors import OkngError, outcome
from okng.events.json_lines import line
from okng.events.kinds import JobEnded, Status

INTERRUPTED = 130  # 128 and the number of the signal, as a shell counts
TERMINATED = 143
_FAILED = outcome(OkngError).exit_code
P = ParamSpec("P")


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Wrap a verb so that what goes wrong ends in one message and an exit code.

    The message goes to stderr, as the last event where progress is JSON. With `--json`, stdout gets
    it as one JSON object with its code.
    """

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        fail = functools.partial(_fail, command.__name__, kwargs)
        try:
            with ending_on_sigterm():
                command(*args, **kwargs)
        except OkngError as error:
            fail(error.message, outcome(type(error)).exit_code, error.code)
        except KeyboardInterrupt as error:
            exit_code = TERMINATED if isinstance(error, Terminated) else INTERRUPTED
            fail(_STOPPED, exit_code, Code.INTERRUPTED)
        except ModuleNotFoundError as error:
            fail(_missing(error), _FAILED, Code.LIBRARY_MISSING)
        except ImportError as error:
            fail(_not_loaded(error), _FAILED, Code.LIBRARY_MISSING)
        except MemoryError:
            fail(_NO_MEMORY, _FAILED, Code.MEMORY)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader, like `head`, has seen enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(0) from None
            fail(_system(error), _FAILED, Code.SYSTEM)

    return wrapper


_STOPPED = (
    "Interrupted; progress is saved. Repeat the command to continue an audit or a study; add "
    "--resume to continue a run."
)
_NO_MEMORY = (
    "Memory does not suffice\n  next: close other programs, or take a smaller --image-size, "
    "--batch-size or --memory-limit-gb; --resume continues a run."
)


def _fail(
    verb: str, options: Mapping[str, object], message: str, exit_code: int, code: Code
) -> NoReturn:
    shown = with_flags(message)
    if options.get("as_json"):
        error = {"code": code.value, "message": shown, "exit_code": exit_code}
        typer.echo(json.dumps({"error": error}, ensure_ascii=False))
    if options.get("form") is ProgressForm.JSONL:
        status = Status.INTERRUPTED if code is Code.INTERRUPTED else Status.FAILED
        write_line(line(JobEnded(verb, status, code, shown), datetime.now(UTC)))
    else:
        typer.echo(f"okng: {shown}", err=True)
    raise typer.Exit(exit_code)


def _not_loaded(error: ImportError) -> str:
    return f"A library cannot be loaded: {error}\n  next: check memory and installation."


_EXTRAS = {
    **dict.fromkeys(("fastapi", "starlette", "uvicorn", "structlog", "limits", "argon2", "h11",
                     "httptools", "multipart", "prometheus_client"), ("serve", "a station")),
    **dict.fromkeys(("sqlalchemy", "alembic"), ("records", "records")),
    **dict.fromkeys(("boto3", "botocore"), ("aws", "deployments to AWS")),
    "psycopg": ("postgres", "records in PostgreSQL"),
    "httpx2": ("client", "the client of a station"),
    **dict.fromkeys(("watchfiles", "paho", "asyncua", "pymodbus", "snap7", "fsspec"),
                    ("line", "the line around a station")),
}  # fmt: skip
"""Which extra brings a package, and what for; all others come with that of training."""


def _missing(error: ModuleNotFoundError) -> str:
    package = (error.name or "").partition(".")[0]
    extra = _EXTRAS.get(package, ("train", "training and evaluation"))
    return (
        f"This needs {error.name}, which is not installed\n"
        f"  next: pip install 'okng[{extra[0]}]' for {extra[1]}"
    )


def _system(error: OSError) -> str:
    where = f"\n  where: {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}\n  next: check free space and permissions."
