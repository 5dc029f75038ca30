"""Out-of-distribution detection: how far a photo lies from the training photos."""
