"""The line around a station: photos come from sources, verdicts go to sinks, a PLC is answered."""
