"""Files and folders that operating systems and network drives leave among photos."""

_NAMES = frozenset({
    "@eadir", "@tmp", "@recycle", "@recently-snapshot", "@sharebin", "@transcode", "@__thumb",
    "#recycle", "#snapshot", "~snapshot", "$recycle.bin", "recycler", "recycled", "recycle.bin",
    "system volume information", "lost+found", "lost.dir", "found.000", "__macosx", "__pycache__",
    "thumbs", "thumbs.db", "thumbs.db:encryptable", "ehthumbs.db", "ehthumbs_vista.db",
    "desktop.ini", "network trash folder", "temporary items", "icon\r", "aquota.user",
})  # fmt: skip


def is_system(name: str) -> bool:
    """Whether a name is hidden, or is given by an operating system or a network drive."""
    return name.startswith((".", "~$")) or name.lower() in _NAMES
