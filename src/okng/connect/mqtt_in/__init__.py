"""What comes from an MQTT broker: the receiving side of triggers and photos."""
