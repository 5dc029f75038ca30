"""A finding of the audit in words: the result, and what to do about it.

Both are rendered from the same values: the result by the code of the finding, the advice by the
code with `_advice` behind it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from okng.wording.rendering import render

_ADVICE = "_advice"


class Advised(NamedTuple):
    """A result in one sentence, and the advice."""

    what: str
    advice: str


def advised(code: str, values: Mapping[str, Any]) -> Advised:
    """Both sentences in the chosen language.

    Raises:
        KeyError: the code, or a placeholder of its sentences, is not known.
    """
    return Advised(render(code, values), render(f"{code}{_ADVICE}", values))


def finding_in_words(finding: Mapping[str, Any]) -> Advised:
    """A finding of `audit.json` in the chosen language.

    Args:
        finding: with `what` and `advice` in English; `code` and `values` are missing in older
            files, and a later version may have written a code that is not known here.
    """
    try:
        return advised(finding["code"], finding["values"])
    except KeyError:
        return Advised(str(finding["what"]), str(finding["advice"]))
