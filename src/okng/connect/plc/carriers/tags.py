"""OPC UA tags: their node ids and types, and how values are packed for a PLC."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from asyncua import ua

from okng.connect.plc.layout import INPUTS, OUTPUTS, Field, Kind
from okng.connect.plc.signals import Outputs
from okng.errors import ConfigError

TYPES = {
    Kind.UINT16: ua.VariantType.UInt16,
    Kind.UINT32: ua.VariantType.UInt32,
    Kind.TEXT: ua.VariantType.String,
}


class Tag(NamedTuple):
    """One tag.

    Attributes:
        field: of the table.
        node: its node id.
        written: the station writes it.
    """

    field: Field
    node: ua.NodeId
    written: bool

    @property
    def type(self) -> ua.VariantType:
        """Built-in type of its value."""
        return TYPES[self.field.kind]


class Tags(NamedTuple):
    """All tags, in the order of the table."""

    inputs: tuple[Tag, ...]
    outputs: tuple[Tag, ...]


def input_name(name: str) -> str:
    """Name of an input's tag; `product_index` is an input and an output."""
    return f"in.{name}"


def output_name(name: str) -> str:
    """Name of an output's tag."""
    return f"out.{name}"


REQUIRED = ("in.control", "out.trigger_number", "out.result_number", "out.status")
"""Tags that no PLC can do without; each of the others can be left out."""


def tags_of(prefix: str, nodes: Mapping[str, str]) -> Tags:
    """Tags by a common beginning of their node ids, or by node ids of their own.

    Args:
        prefix: `ns=2;s=okng.`; the names `in.control`, `out.status` follow it.
        nodes: name -> node id, where it differs; empty for a tag that the PLC does not have.

    Raises:
        ConfigError: a node id is none, a name is not in the table, or a tag is needed.
    """
    inputs = {input_name(item.name): item for item in INPUTS}
    outputs = {output_name(item.name): item for item in OUTPUTS}
    _demand(nodes, {*inputs, *outputs})
    places = {name: nodes.get(name, prefix + name) for name in (*inputs, *outputs)}
    return Tags(
        tuple(_tag(item, places[name], False) for name, item in inputs.items() if places[name]),
        tuple(_tag(item, places[name], True) for name, item in outputs.items() if places[name]),
    )


def _demand(nodes: Mapping[str, str], names: Collection[str]) -> None:
    unknown = [f"there is no tag {name}" for name in sorted(set(nodes) - set(names))]
    missing = [f"{name} is needed" for name in REQUIRED if nodes.get(name) == ""]
    if unknown or missing:
        hint = f"the names are {', '.join(sorted(names))}"
        raise ConfigError.gather([*unknown, *missing], where="nodes", hint=hint)


def _tag(item: Field, node: str, written: bool) -> Tag:
    try:
        return Tag(item, ua.NodeId.from_string(node), written)
    except (ua.UaError, ValueError) as error:
        raise ConfigError(
            f"{node!r} is no node id of OPC UA", where="nodes", allowed="ns=2;s=okng.in.control"
        ) from error


def packed(tag: Tag, outputs: Outputs) -> ua.DataValue:
    """The value of an output. It has no time stamp: many PLCs refuse values with one."""
    return ua.DataValue(ua.Variant(int(getattr(outputs, tag.field.name)), tag.type))
