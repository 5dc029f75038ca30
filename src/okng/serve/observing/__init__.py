"""What the server notes of its work: requests, logs, metrics, traces."""
