"""Settings of a PLC in `station.toml`: one module for each carrier, which loads its library."""
