"""Fakes and rows for tests of records, stations and their accounts."""
