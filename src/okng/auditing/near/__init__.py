"""Search for photos that show one part."""
