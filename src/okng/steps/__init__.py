"""Steps that several commands share: each reads and writes files of a run folder."""
