"""Networks and their layers: what is exported, and what is trained."""
