"""Routes of the pages about accounts: one file for each."""
