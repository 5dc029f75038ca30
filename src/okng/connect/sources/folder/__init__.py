"""Hot folder: photos that arrive as files, from a camera, a robot or another program."""

from okng.connect.sources.folder.settings import After, FolderSettings, Until

__all__ = ["After", "FolderSettings", "Until"]
