"""What every page has around its content: navigation, names, banners."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from okng.serve.web.preferences import Preferences
from okng.wording import mark


class Severity(StrEnum):
    """How urgent a banner is: it gets its colour, its sign and its role from it."""

    NOTE = "note"
    WARNING = "warning"
    STOP = "stop"


class Banner(NamedTuple):
    """A line that every page shows at its top.

    Attributes:
        severity: how urgent it is.
        text: in the language of the page.
        link: a page where something can be done about it, or empty.
    """

    severity: Severity
    text: str
    link: str = ""


class Place(NamedTuple):
    """A page in the navigation.

    Attributes:
        path: its address.
        title: in English; marked for translation.
        icon: name in `icons.html.j2`.
    """

    path: str
    title: str
    icon: str


PLACES = (
    Place("/live", mark("Live"), "live"),
    Place("/drop", mark("Drop a photo"), "drop"),
    Place("/inspections", mark("Inspections"), "list"),
    Place("/review", mark("Review"), "review"),
    Place("/figures", mark("Figures"), "chart"),
    Place("/master-parts", mark("Master parts"), "master"),
    Place("/models", mark("Models"), "model"),
    Place("/audit-log", mark("Audit log"), "log"),
    Place("/users", mark("Users and keys"), "users"),
)
"""Pages in the order of the navigation."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has around its content.

    Attributes:
        station: name of the station.
        preferences: language and colours.
        path: address of the page, without query.
        user: name of who is logged in; empty for nobody.
        banners: lines at the top.
        to_review: number of inspections that wait for a person; None where it is not counted.
        has_login: whether people log in at all.
        form_token: of the forms, for browsers that state no origin; empty where nobody logs in.
        has_places: whether the navigation is there; not before a login.
        is_admin: whether the page of users and keys is in the navigation.
    """

    station: str
    preferences: Preferences
    path: str = "/"
    user: str = ""
    banners: tuple[Banner, ...] = field(default=())
    to_review: int | None = None
    has_login: bool = False
    form_token: str = ""
    has_places: bool = True
    is_admin: bool = False
