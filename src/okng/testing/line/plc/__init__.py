"""A simulated PLC with the whole handshake, over Modbus, S7 and OPC UA."""
