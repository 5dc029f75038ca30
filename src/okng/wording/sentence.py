"""A sentence as data: what layers below the results hand on instead of text."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from okng.wording.languages import Language, language
from okng.wording.rendering import render


class Sentence(NamedTuple):
    """A code of `okng.wording.templates` with the values of its placeholders."""

    code: str
    values: Mapping[str, Any]

    def text(self) -> str:
        """The sentence in the chosen language."""
        return render(self.code, self.values)

    def english(self) -> str:
        """The sentence in English, as files hold it beside the code."""
        with language(Language.EN):
            return self.text()


def sentence(code: str, **values: object) -> Sentence:
    """A sentence as data.

    Args:
        code: see `okng.wording.templates`.
        **values: what its placeholders need: text, numbers, lists of those.
    """
    return Sentence(code, values)
