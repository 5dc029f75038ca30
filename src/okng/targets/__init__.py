"""Targets: a model file in the form that another program wants. No torch."""

from okng.targets.bundle import Bundle, write_bundle
from okng.targets.openvino_ir import write_openvino

__all__ = ["Bundle", "write_bundle", "write_openvino"]
