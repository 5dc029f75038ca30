"""A line whose broker, database, PLC and process end at random."""
