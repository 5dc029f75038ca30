"""The memory of a simulated PLC as OPC UA tags."""

from asyncua import Server, ua
from asyncua.common.callback import CallbackType, ServerItemCallback
from asyncua.common.node import Node

from okng.connect.plc.carriers.tags import TYPES, input_name, output_name
from okng.connect.plc.layout import INPUTS, OUTPUTS, Kind
from okng.connect.plc.signals import Inputs, Outputs
from okng.testing.line.plc.plc_memory import nothing

PREFIX = "ns=2;s=okng."


class ServingTags:
    """A PLC that is an OPC UA server.

    Args:
        port: that it listens on.
    """

    def __init__(self, port: int) -> None:
        self.written = nothing
        self._port = port
        self._server = Server()
        self._inputs: dict[str, Node] = {}
        self._nodes: dict[str, Node] = {}
        self._seen = Inputs()
        self._latest = Outputs()

    async def open(self) -> None:
        """Listen."""
        server = self._server
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self._port}")
        await self.secure(server)
        index = await server.register_namespace("urn:okng:simulated-plc")
        folder = await server.nodes.objects.add_folder(index, "okng")
        for table, nodes, name in (
            (INPUTS, self._inputs, input_name),
            (OUTPUTS, self._nodes, output_name),
        ):
            for item in table:
                empty = "" if item.kind is Kind.TEXT else 0
                node = ua.NodeId.from_string(f"ns={index};s=okng.{name(item.name)}")
                variable = await folder.add_variable(node, item.name, empty, TYPES[item.kind])
                await variable.set_writable(nodes is self._nodes)
                nodes[item.name] = variable
        await server.start()
        server.subscribe_server_callback(CallbackType.PostWrite, self._happened)

    async def secure(self, server: Server) -> None:
        """Accept everybody, without encryption."""
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])

    def _happened(self, event: ServerItemCallback, _service: object) -> None:
        if event.is_external:
            data = {name: self._value(node) for name, node in self._nodes.items()}
            self._latest = Outputs.of(**data)
            self.written()

    async def read(self) -> Outputs:
        """Tags that the station wrote."""
        return self.outputs()

    def outputs(self) -> Outputs:
        """The same."""
        return self._latest

    def _value(self, node: Node) -> int:
        variant = self._server.read_attribute_value(node.nodeid).Value
        return 0 if variant is None else int(variant.Value)

    async def write(self, inputs: Inputs) -> None:
        """Tags that the station reads: texts first, then the control word."""
        for item in reversed(INPUTS):
            value = getattr(inputs, item.name)
            if value != getattr(self._seen, item.name):
                data = ua.DataValue(ua.Variant(value, TYPES[item.kind]))
                await self._server.write_attribute_value(self._inputs[item.name].nodeid, data)
        self._seen = inputs

    async def close(self) -> None:
        """Stop listening."""
        await self._server.stop()
