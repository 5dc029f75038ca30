"""What an inference request asks for: photos, and outputs in JSON or as bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from okng.serve.oip.bodies import Parts, wrong
from okng.serve.oip.tensors import encoded_photos, pixel_photos

OUTPUTS = ("verdict", "defect_score", "probabilities", "class", "unfamiliarity", "inspection_id")
_Parameters = Annotated[
    dict[StrictStr, StrictStr | StrictInt | StrictFloat | StrictBool | None], Field(default={})
]


class _Input(BaseModel):
    name: StrictStr
    # At most 8 dimensions, 8 inputs and 20 outputs: more can only be an attack.
    shape: list[StrictInt] = Field(max_length=8)
    datatype: StrictStr
    parameters: _Parameters
    data: Any = None


class _Output(BaseModel):
    name: StrictStr
    parameters: _Parameters


class _Document(BaseModel):
    id: StrictStr | None = Field(None, max_length=200)
    parameters: _Parameters
    inputs: list[_Input] = Field(min_length=1, max_length=8)
    outputs: list[_Output] | None = Field(None, max_length=20)


@dataclass(frozen=True)
class Asked:
    """An inference request.

    Attributes:
        id: to be echoed; None without one.
        photos: bytes of image files.
        outputs: name -> whether it is answered as bytes.
        about: parameters that are texts, such as `serial`.
    """

    id: str | None
    photos: list[bytes]
    outputs: Mapping[str, bool]
    about: Mapping[str, str] = field(default_factory=dict)


def asked_of(parts: Parts, *, most: int, pixels: float) -> Asked:
    """Read a request.

    Args:
        parts: of its body.
        most: photos, at most.
        pixels: of one photo, at most.

    Raises:
        StationError: it does not follow the protocol, or asks for what is not offered.
    """
    document = _document(parts.document)
    (given,) = _inputs(document)
    tensor = _Tensor(given, parts.tensors)
    if given.name == "photo":
        photos = pixel_photos(given.shape, tensor.data, most=most, pixels=pixels)
    else:
        photos = encoded_photos(given.shape, tensor.data, most=most)
    # serial, batch and the like
    about = {k: v for k, v in document.parameters.items() if isinstance(v, str)}
    return Asked(document.id, photos, _outputs(document), about)


def _document(value: Any) -> _Document:
    try:
        return _Document.model_validate(value)
    except ValidationError as exc:
        first = exc.errors()[0]
        # the first fault alone: a body of faults would make an answer of faults
        place = ".".join(str(part) for part in first["loc"]) or "the request"
        raise wrong(f"{place[:100]}: {first['msg']}") from exc


def _inputs(document: _Document) -> list[_Input]:
    names = [each.name for each in document.inputs]
    types = {"photo": "UINT8", "photo_bytes": "BYTES"}
    if len(names) != 1 or names[0] not in types:
        raise wrong(
            f"The inputs are {', '.join(names)[:200]}",
            "Give one input: photo (UINT8 [N,H,W,3]) or photo_bytes (BYTES [N]).",
        )
    given = document.inputs[0]
    if given.datatype != types[given.name]:
        raise wrong(f"{given.name} is {types[given.name]}, not {given.datatype[:20]!r}")
    return [given]


class _Tensor:
    """The data of an input: a list of JSON, or bytes."""

    def __init__(self, given: _Input, behind: bytes) -> None:
        size = given.parameters.get("binary_data_size")
        if size is None:
            # An own header with bytes behind the JSON, and no input that takes them.
            if behind:
                raise wrong(f"{len(behind)} bytes follow the JSON part, and belong to no input")
            if not isinstance(given.data, list):
                raise wrong(f"{given.name} has no data")
            self.data: list[Any] | bytes = given.data
            return
        if given.data is not None:
            raise wrong(f"{given.name} has data and binary_data_size")
        if type(size) is not int or size != len(behind):  # `type`, since True is an int
            raise wrong(f"binary_data_size is {size!r}, and {len(behind)} bytes follow the JSON")
        self.data = behind


def _outputs(document: _Document) -> dict[str, bool]:
    # tritonclient sends it where no outputs are named (facts.md 1.2)
    all_binary = document.parameters.get("binary_data_output", False)
    if type(all_binary) is not bool:
        raise wrong("binary_data_output is true or false")
    if document.outputs is None:
        return dict.fromkeys(OUTPUTS, all_binary)
    wanted: dict[str, bool] = {}
    for output in document.outputs:
        if output.name not in OUTPUTS:
            raise wrong(
                f"There is no output {output.name[:60]!r}", f"Ask for {', '.join(OUTPUTS)}."
            )
        if output.name in wanted:
            raise wrong(f"The output {output.name} is asked for twice")
        # an extension of Triton: the classes in order of score
        if "classification" in output.parameters:
            raise wrong("classification is not offered", "Ask for class and probabilities.")
        binary = output.parameters.get("binary_data", all_binary)
        if type(binary) is not bool:
            raise wrong("binary_data is true or false")
        wanted[output.name] = binary
    return wanted
