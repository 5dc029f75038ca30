"""The command line: one file per verb. Only here do errors become exit codes."""
