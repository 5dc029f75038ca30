"""Errors -> exit codes and one clear message on stderr."""

import errno
import functools
import json
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from okng.cli.flags import with_flags
from okng.error_codes import Code
from okng.errors import OkngError, outcome

INTERRUPTED = 130
_FAILED = outcome(OkngError).exit_code
P = ParamSpec("P")


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Wrap a verb so that what goes wrong ends in one message and an exit code.

    The message goes to stderr. With `--json`, stdout gets it as one JSON object with its code.
    """

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        fail = functools.partial(_fail, as_json=bool(kwargs.get("as_json")))
        try:
            command(*args, **kwargs)
        except OkngError as error:
            fail(error.message, outcome(type(error)).exit_code, error.code)
        except KeyboardInterrupt:
            fail(
                "Stopped. What was done so far is kept: the same command goes on with an audit "
                "or a study, --resume with a run.",
                INTERRUPTED,
                Code.INTERRUPTED,
            )
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


_NO_MEMORY = (
    "Memory does not suffice\n  next: close other programs, or take a smaller --image-size, "
    "--batch-size or --memory-limit-gb; --resume continues a run."
)


def _fail(message: str, exit_code: int, code: Code, *, as_json: bool) -> None:
    shown = with_flags(message)
    if as_json:
        error = {"code": code.value, "message": shown, "exit_code": exit_code}
        typer.echo(json.dumps({"error": error}, ensure_ascii=False))
    typer.echo(f"okng: {shown}", err=True)
    raise typer.Exit(exit_code)


def _not_loaded(error: ImportError) -> str:
    return f"A library cannot be loaded: {error}\n  next: check memory and installation."


def _missing(error: ModuleNotFoundError) -> str:
    return (
        f"This needs {error.name}, which is not installed\n"
        "  next: pip install 'okng[train]' for training and evaluation"
    )


def _system(error: OSError) -> str:
    where = f"\n  where: {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}\n  next: check free space and permissions."
