"""Stand-ins for AWS on loopback: the emulator of Lambda, S3 by moto, a web server of models."""
