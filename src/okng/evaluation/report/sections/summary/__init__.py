"""The first page of a report: the decision, what was tested, and who signs."""
