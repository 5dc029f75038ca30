"""The run folder: its file names, how it is opened, who works in it, and how far the work is."""
