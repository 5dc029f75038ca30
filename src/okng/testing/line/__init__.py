"""A simulated line for tests and demonstrations: cameras, PLCs, brokers."""
