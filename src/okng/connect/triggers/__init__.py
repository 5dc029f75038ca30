"""What signals that a part is in front of the camera: time, MQTT, HTTP."""
