"""The nodes of the server: types of OPC 40100-1, and one vision system."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import NamedTuple

from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server

MACHINE_VISION = "http://opcfoundation.org/UA/MachineVision"
_SYSTEM_TYPE, _MACHINE_TYPE, _MODE_TYPE = 1003, 1017, 1021
_MANAGEMENT_TYPE, _FOLDER_TYPE = 1007, 1016
_RESULT, _SYSTEM_STATE = 3006, 3024  # data types


class VisionNodes(NamedTuple):
    """Nodes of the vision system.

    Attributes:
        vision: index of the namespace of OPC 40100-1.
        system: the object of VisionSystemType.
        machine: its state machine.
        automatic: the state machine of its automatic mode.
        results: its result management.
        latest: the variable with the last result.
    """

    vision: int
    system: Node
    machine: Node
    automatic: Node
    results: Node
    latest: Node

    def event(self, number: int) -> ua.NodeId:
        """A type of OPC 40100-1."""
        return ua.NodeId(ua.Int32(number), ua.Int16(self.vision))


async def build(server: Server, uri: str, name: str) -> VisionNodes:
    """Load the types, and make one vision system of this name."""
    source = files("okng.connect.vision_server") / "nodeset/Opc.Ua.MachineVision.NodeSet2.xml"
    with as_file(source) as path:
        await server.import_xml(str(path))
    await server.load_data_type_definitions()
    vision = await server.get_namespace_index(MACHINE_VISION)
    own = await server.register_namespace(uri)
    make = _Maker(own, vision)
    system = await server.nodes.objects.add_object(
        own, name, make.kind(_SYSTEM_TYPE), instantiate_optional=False
    )
    machine = await system.get_child(path_of(vision, ["VisionStateMachine"]))
    automatic = await make.thing(machine, "AutomaticModeStateMachine", _MODE_TYPE)
    results = await make.thing(system, "ResultManagement", _MANAGEMENT_TYPE)
    folder = await make.thing(results, "Results", _FOLDER_TYPE)
    latest = await make.structure(folder, ua.QualifiedName("LatestResult", ua.UInt16(own)), _RESULT)
    await make.structure(system, make.name("SystemState"), _SYSTEM_STATE)
    return VisionNodes(vision, system, machine, automatic, results, latest)


class _Maker(NamedTuple):
    """Makes nodes whose ids are the server's own, and whose names are those of OPC 40100-1."""

    own: int
    vision: int

    async def thing(self, holder: Node, name: str, number: int) -> Node:
        """An object of a type, with its mandatory nodes: optional ones have nothing behind them."""
        return await holder.add_object(
            self._id(), self.name(name), self.kind(number), instantiate_optional=False
        )

    async def structure(self, holder: Node, name: ua.QualifiedName, number: int) -> Node:
        """A variable that holds a structure."""
        nothing = ua.Variant(None, ua.VariantType.ExtensionObject)
        return await holder.add_variable(self._id(), name, nothing, datatype=self.kind(number))

    def kind(self, number: int) -> ua.NodeId:
        """A type of OPC 40100-1."""
        return ua.NodeId(ua.Int32(number), ua.Int16(self.vision))

    def _id(self) -> ua.NodeId:
        return ua.NodeId(ua.Int32(0), ua.Int16(self.own))  # 0: the server chooses one

    def name(self, name: str) -> ua.QualifiedName:
        """A name of OPC 40100-1."""
        return ua.QualifiedName(name, ua.UInt16(self.vision))


async def states(server: Server, nodes: VisionNodes) -> dict[str, ua.NodeId]:
    """The nodes of all states by their name, as the types have them."""
    named: dict[str, ua.NodeId] = {}
    for number in (_MACHINE_TYPE, _MODE_TYPE):
        for child in await server.get_node(nodes.event(number)).get_children():
            named[str((await child.read_browse_name()).Name)] = child.nodeid
    return named


def path_of(vision: int, names: Sequence[str]) -> list[str]:
    """Names of OPC 40100-1 as a path below a node."""
    return [f"{vision}:{name}" for name in names]
