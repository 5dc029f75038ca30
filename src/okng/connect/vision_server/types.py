"""Classes of the structures of OPC 40100-1: asyncua makes them as it loads the nodeset."""

from typing import Any

from asyncua import ua

vision: Any = ua
"""`vision.ResultDataType` and others; there once `address_space.build` has run in this process."""
