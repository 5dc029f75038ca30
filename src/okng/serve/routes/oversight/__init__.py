"""Routes of those who watch over a station: master parts, bypass, camera."""
