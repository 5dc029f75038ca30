"""The Open Inference Protocol, version 2, with the binary tensor extension.

Texts in bodies follow kserve/open-inference-protocol and Triton's extension_binary_data.
"""
