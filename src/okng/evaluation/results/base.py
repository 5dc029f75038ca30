"""The base of all result models, and the rate with its interval.

A model is frozen. A field with the default None is left out of the file while it is None: the key
is absent where there was nothing to compute. A field without a default is always written, None as
`null`.
"""

import types
from collections.abc import Iterable
from typing import Any, Self, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from okng.wording import Language, Sentence, language, render

TOLERANT = {"tolerant": True}
"""Validation context for files of other versions: unknown keys are dropped, and a key that the
version did not have yet reads as None where None is allowed."""


class Result(BaseModel):
    """A part of `metrics.json`, `compare.json` or another file of results."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _tolerate(cls, values: Any, info: ValidationInfo) -> Any:
        if not isinstance(values, dict) or not (info.context or {}).get("tolerant"):
            return values
        names = {*cls.model_fields, *(f.alias for f in cls.model_fields.values() if f.alias)}
        known = {name: value for name, value in values.items() if name in names}
        missing = [
            name
            for name, field in cls.model_fields.items()
            if name not in known and field.is_required() and _may_be_none(field.annotation)
        ]
        return known | dict.fromkeys(missing)

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        fields = type(self).model_fields
        return {
            name: value
            for name, value in handler(self).items()
            if value is not None or fields[name].is_required()
        }

    def plain(self) -> dict[str, Any]:
        """The content as it is written: text, numbers, lists and objects."""
        return self.model_dump(mode="json")

    @classmethod
    def of_plain(cls, values: object) -> Self:
        """Read what this version or an older one has written.

        Raises:
            ValueError: a value has the wrong type.
        """
        return cls.model_validate(values, context=TOLERANT)


class Message(Result):
    """One sentence as data: `okng.wording` renders it in a language."""

    code: str = Field(description="which sentence")
    values: dict[str, Any] = Field(description="its numbers and names")

    @property
    def sentence(self) -> Sentence:
        """The same for layers that know no results."""
        return Sentence(self.code, self.values)

    def text(self) -> str:
        """The sentence in the chosen language."""
        return render(self.code, self.values)


def message(code: str, **values: object) -> Message:
    """A sentence as data; a value may be a message itself.

    Args:
        code: see `okng.wording.templates`.
        **values: what the placeholders of its sentence need.
    """
    plain = {n: v.plain() if isinstance(v, Message) else v for n, v in values.items()}
    return Message(code=code, values=plain)


def english(messages: Iterable[Message]) -> tuple[str, ...]:
    """The sentences in English, as files hold them beside the codes."""
    with language(Language.EN):
        return tuple(each.text() for each in messages)


class Worded(Result):
    """A section with conclusions, as codes with numbers and as English sentences."""

    messages: tuple[Message, ...] | None = Field(
        None, description="the conclusions as `code` and `values`; absent in older files"
    )
    sentences: tuple[str, ...] = Field((), description="the conclusions in English")

    @model_validator(mode="before")
    @classmethod
    def _put_into_english(cls, values: Any) -> Any:
        if not isinstance(values, dict) or "sentences" in values or "messages" not in values:
            return values
        return {**values, "sentences": english(values["messages"])}


class Rate(Result):
    """A share of photos with its 95 % interval.

    Where there was nothing to count, `value`, `low` and `high` are `null`, `n` is 0, and `method`
    gives the reason. With a value and no ends there were too few parts for an interval.
    """

    value: float | None = Field(description="share, in [0, 1]; a coefficient lies in [-1, 1]")
    low: float | None = Field(description="lower end of the 95 % interval")
    high: float | None = Field(description="upper end of the 95 % interval")
    n: int = Field(description="photos it was counted on")
    method: str = Field(description="how the interval was computed, or why there is none")


class UpperRate(Rate):
    """A rate of errors with its one-sided upper bound."""

    upper_one_sided: float | None = Field(
        description="one-sided 95 % upper bound at the effective number of parts; `null` where no "
        "photo was counted"
    )


class LowerRate(Rate):
    """A rate of correct verdicts with its one-sided lower bound."""

    lower_one_sided: float | None = Field(
        description="one-sided 95 % lower bound at the effective number of parts; `null` where no "
        "photo was counted"
    )


class Difference(Result):
    """The difference of two figures, the second minus the first, with its 95 % interval."""

    value: float = Field(description="difference, in [-1, 1]")
    low: float | None = Field(description="lower end of the 95 % interval")
    high: float | None = Field(description="upper end of the 95 % interval")
    n: int = Field(description="photos it was counted on")
    method: str = Field(description="how the interval was computed, or why there is none")


class Spread(Result):
    """A range of values."""

    low: float = Field(description="lower end")
    high: float = Field(description="upper end")


class Amount(Result):
    """Photos, and the parts that they show."""

    photos: int = Field(description="photos")
    parts: int = Field(description="parts they show, as far as known")


def with_upper(rate: Rate, bound: float | None) -> UpperRate:
    """The rate with its one-sided upper bound."""
    return UpperRate(**dict(rate), upper_one_sided=bound)


def with_lower(rate: Rate, bound: float | None) -> LowerRate:
    """The rate with its one-sided lower bound."""
    return LowerRate(**dict(rate), lower_one_sided=bound)


def _may_be_none(annotation: Any) -> bool:
    union = get_origin(annotation) in {Union, types.UnionType}
    return annotation is Any or (union and type(None) in get_args(annotation))
