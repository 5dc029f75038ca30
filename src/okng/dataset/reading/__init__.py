"""Tables as people write them: text, separators, and the files that they name."""
