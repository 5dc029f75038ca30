"""Suffixes of image files: formats that can be read, and formats that cannot."""

PHOTO_SUFFIXES = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo",
        ".png", ".apng", ".bmp", ".dib", ".tif", ".tiff", ".webp",
        ".avif", ".heic", ".heif", ".hif",
        ".pgm", ".ppm", ".pnm", ".pbm",
    }
)  # fmt: skip
"""Suffixes, in lower case, of the files that are read; HEIC needs the extra `heic`."""

RAW_SUFFIXES = frozenset(
    {
        ".raw", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf",
        ".rw2", ".raf", ".pef", ".srw", ".3fr", ".iiq", ".x3f", ".rwl", ".kdc", ".dcr", ".erf",
    }
)  # fmt: skip
"""Suffixes of raw sensor data."""

UNREAD_PHOTO_SUFFIXES = RAW_SUFFIXES | frozenset(
    {
        ".gif", ".jp2", ".j2k", ".jpf", ".jpx", ".jpm", ".j2c", ".jpc", ".jls", ".jxl", ".jxr",
        ".wdp", ".hdp", ".avifs", ".heics", ".psd", ".psb", ".tga", ".exr", ".hdr", ".pfm",
        ".pcx", ".ras", ".sgi", ".dds", ".fits", ".fit", ".fts", ".dcm", ".dicom", ".dc3", ".pam",
    }
)  # fmt: skip
"""Suffixes of photos that cannot be read: each file is listed as unreadable, with the reason."""
