"""The first model of a station that is started without one, as a container in a cloud is."""

from pathlib import Path

from okng.config import StationSettings
from okng.config.station import FollowAs
from okng.connect.following.contents import shown
from okng.connect.following.offers import checked, offered
from okng.connect.following.state import Followed, followed, remember, temporary
from okng.connect.operator_log import log
from okng.errors import ConfigError, ConnectError, ModelFileError
from okng.station.library import FOLDER, Library
from okng.wording import mark


def first_model(settings: StationSettings) -> Path:
    """The model of a station that is started without one: the followed one, in its own folder.

    Where the address cannot be reached, it is the one that was followed before.

    Raises:
        ConfigError: no model is followed, either.
        ConnectError: it cannot be fetched, and none was before.
        ModelFileError: what the address offers cannot be used, and nothing was fetched before.
    """
    if settings.models.follow is None:
        raise ConfigError("No model is given", where="models", hint="Give one, or `models.follow`.")
    folder, url = settings.station.folder / FOLDER, settings.models.follow
    library, taken = Library(folder), followed(folder, url)
    # a followed shadow is not released: what decides stays
    if taken.live and settings.models.follow_as is FollowAs.SHADOW:
        return _before(library, taken)
    try:
        with temporary(folder) as place:
            offer = offered(settings.models, taken.version if taken.live else "", place)
            if offer is None:
                return _before(library, taken)
            file = checked(offer, settings.models, place / "unpacked")
    except (ConnectError, ModelFileError) as exc:
        if not taken.live:
            raise
        log.warning(mark("The followed model is not taken"), url=shown(url), fault=exc.what,
                    next=exc.hint)  # fmt: skip
        return _before(library, taken)
    path = library.store(file)
    remember(folder, Followed(url=url, version=offer.version, live=file.digest))
    return path


def _before(library: Library, taken: Followed) -> Path:
    """The file that was fetched before."""
    return library.store(library.held(taken.live))
