"""Routes of the pages: one file for each."""
