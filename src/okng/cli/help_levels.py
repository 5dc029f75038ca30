"""How a verb shows its help: what most people need first, everything with `--help-all`."""

from typing import Any

import typer
from typer.core import TyperCommand

from okng.cli.flags import flags_of

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


class Verb(TyperCommand):
    """A command whose switches show no type: `<bool>` behind each of them is noise."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for parameter in self.params:
            if getattr(parameter, "is_flag", False):
                parameter.metavar = ""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; its errors and sentences name its own flags."""
        options = {p.name: p.opts[0] for p in self.params if p.param_type_name == "option"}
        with flags_of(options):
            return super().invoke(ctx)

    def get_help_option(self, ctx: Any) -> Any:
        """The switch `--help`, which shows no type either."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.metavar = ""
        return option


def show_all(context: typer.Context, asked: bool) -> None:
    """Print the help with every option, and end: the callback of `--help-all`."""
    if not asked or context.resilient_parsing:
        return
    for parameter in context.command.params:
        parameter.hidden = False  # type: ignore[attr-defined]
    typer.echo(context.get_help())
    raise typer.Exit
