"""Errors -> exit codes and one clear message on stderr."""

import errno
import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from okng.cli.flags import with_flags
from okng.errors import ConfigError, DatasetError, ModelFileError, OkngError

EXIT_CODES: dict[type[OkngError], int] = {
    ConfigError: 2,
    DatasetError: 3,
    ModelFileError: 4,
    OkngError: 5,
}
INTERRUPTED = 130
P = ParamSpec("P")


def exit_code(error: OkngError) -> int:
    """The code of the nearest class in the error tree."""
    return next(EXIT_CODES[cls] for cls in type(error).__mro__ if cls in EXIT_CODES)


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Wrap a verb so that what goes wrong ends in one message and an exit code."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except OkngError as error:
            _fail(with_flags(error.message), exit_code(error))
        except KeyboardInterrupt:
            _fail(
                "Stopped. What was done so far is kept: the same command goes on with an audit "
                "or a study, --resume with a run.",
                INTERRUPTED,
            )
        except ModuleNotFoundError as error:
            _fail(_missing(error), 5)
        except ImportError as error:
            _fail(f"A library cannot be loaded: {error}\n  next: check memory and installation.", 5)
        except MemoryError:
            _fail(_NO_MEMORY, 5)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader, like `head`, has seen enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(0) from None
            _fail(_system(error), 5)

    return wrapper


_NO_MEMORY = (
    "Memory does not suffice\n  next: close other programs, or take a smaller --image-size, "
    "--batch-size or --memory-limit-gb; --resume continues a run."
)


def _fail(message: str, code: int) -> None:
    typer.echo(f"okng: {message}", err=True)
    raise typer.Exit(code)


def _missing(error: ModuleNotFoundError) -> str:
    return (
        f"This needs {error.name}, which is not installed\n"
        "  next: pip install 'okng[train]' for training and evaluation"
    )


def _system(error: OSError) -> str:
    where = f"\n  where: {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}\n  next: check free space and permissions."
