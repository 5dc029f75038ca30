"""The handler of an AWS Lambda function: `okng.serve.aws_lambda.handler`.

AWS asks for it in the init phase, where more of the processor is given than later: the model is
loaded then, and a first photo judged. An import alone loads nothing, so that tools can read this.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from okng.serve.aws_lambda.function import Function

    handler: Function

__all__ = ["handler"]


def __getattr__(name: str) -> object:
    """The handler, made when it is first asked for."""
    if name != "handler":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from okng.serve.aws_lambda.function import made_once  # noqa: PLC0415 - loads the model

    return made_once()
