"""Texts of the library name settings; the command line shows its flags."""

import typer
from typer.testing import CliRunner

from okng.cli.exits import reported
from okng.cli.flags import with_flags
from okng.cli.help_levels import Verb
from okng.config import command
from okng.errors import ConfigError


def test_settings_become_flags() -> None:
    """By the tree of settings; other code in backticks stays."""
    text = "Take `training.folds` never or `model.name` cnn, see `okng train` and `photo`."

    assert (
        with_flags(text) == "Take --part-folds never or --model cnn, see `okng train` and `photo`."
    )


def test_arguments_of_the_verb_become_flags_in_its_errors() -> None:
    """Where, allowed and hint; an argument that the verb lacks stays as it is."""
    app = typer.Typer()

    @app.command(cls=Verb)
    @reported
    def verb(robust: bool = typer.Option(False, "--robustness")) -> None:
        raise ConfigError(
            "Wrong", where="`robust`, `data.ok`", allowed="no `robust`", hint="See `resume`."
        )

    shown = CliRunner().invoke(app, []).stderr

    assert "where: --robustness, --ok\n" in shown
    assert "allowed: no --robustness\n" in shown
    assert "next: See `resume`." in shown


def test_command_of_a_report_has_flags() -> None:
    """The library names settings; the reader of a report types a command."""
    assert command("okng evaluate M NEW", out="proof", require_escape="1%") == (
        "okng evaluate M NEW --out proof --require-escape 1%"
    )
