"""Brokers, receivers and networks with faults, on loopback."""
