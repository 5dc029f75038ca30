"""Carriers: Modbus TCP, S7 and OPC UA. Each loads one library."""
