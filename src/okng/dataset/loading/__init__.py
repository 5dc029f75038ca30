"""Folders and tables as users have them -> photos with labels."""
