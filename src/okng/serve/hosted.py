"""What stations in the container of a cloud share: the platform checks who asks, and has the disk.

SageMaker and Lambda let nobody through that they do not know, and all requests come from one
address, so a station in them has no login and no limit for one client.
"""

from pathlib import Path
from typing import Any

from okng.config.station import ServerSection, StationSection

MODEL = "OKNG_MODEL"
"""The environment variable with the model file, or the folder of its run."""
_FOLDER = Path("/tmp/okng-station")  # noqa: S108 - the one place of a container that is writable


def behind_platform(given: ServerSection, **own: Any) -> ServerSection:
    """Settings of a server that only the platform reaches.

    Args:
        given: by file, variables and flags.
        **own: further settings of the platform.
    """
    open_to_it = {
        "no_auth": True,
        "trusted_hosts": "*",
        "rate_limit": "1000000/second",
        "client_queue": given.queue,
    }
    return given.model_copy(update=open_to_it | own)


def on_platform(given: StationSection) -> StationSection:
    """The station, with a folder that can be written to where none is set."""
    if "folder" in given.model_fields_set:
        return given
    return given.model_copy(update={"folder": _FOLDER})
