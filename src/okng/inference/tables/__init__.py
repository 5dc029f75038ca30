"""Verdicts as tables: rows, CSV, JSON lines, workbooks, pandas."""
