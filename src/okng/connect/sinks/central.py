"""The chain of a station to a central server: every row with its number and hash, photos by digest.

The server holds the same chain, so it is verified there as at the station. What the server has is
asked for at each connection: a server that was put back to an older state gets what it has lost. A
link that is down for a week costs nothing but the week: rows wait in the records of the station,
and rules of retention wait for them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import httpx2
from pydantic import Field

from okng.config.sections import Duration
from okng.connect.contracts import Around, ChainSink, Finding, SinkSettings, Takes
from okng.connect.credentials import secret
from okng.connect.tls import certificate_fault, client_context
from okng.error_codes import Code
from okng.errors import ConnectError, OkngError
from okng.records import InspectionRow
from okng.records.outbox import Begin, ChainRow
from okng.records.photos import PhotoStore
from okng.records.transfer.collecting import placed

_LOGIN = frozenset({401, 403})


class CentralSettings(SinkSettings):
    """A server that holds the records of many stations."""

    kind: ClassVar[str] = "central"
    takes: ClassVar[Takes] = Takes.CHAIN
    at_once: ClassVar[int] = 200

    begin: Begin = Field(
        Begin.FIRST, description="A chain is verified from its first row, so it begins there."
    )
    url: str = Field(pattern=r"^https?://[^\s@/]+/?$", description="Address of the server.")
    key_file: Path | None = Field(None, description="File with the API key of the server.")
    key_env: str | None = Field(None, description="Variable with the API key of the server.")
    photo_store: str | None = Field(
        None, description="Folder or fsspec URL of the station's photos; none are sent without."
    )
    ca_file: Path | None = Field(
        None, description="Certificates that are trusted; those of the system if not given."
    )
    timeout: Duration = Field(30.0, gt=0, le=300, description="Time for one request.")

    def check(self, around: Around) -> list[Finding]:
        """Ask the server what it has of this station."""
        sink = CentralSink(self, around)
        try:
            seq = sink.open()
        finally:
            sink.close()
        return [Finding("server", self.url), Finding("rows", str(seq))]

    def sink(self, around: Around) -> ChainSink:
        """The sink."""
        return CentralSink(self, around)


class CentralSink:
    """Sends rows and photos.

    Args:
        settings: of the server.
        around: the station.
    """

    def __init__(self, settings: CentralSettings, around: Around) -> None:
        self._settings, self._station = settings, around.station
        self._base = f"/api/v1/chains/{quote(around.station, safe='')}"
        where = settings.photo_store
        self._photos = None if where is None else PhotoStore(where)
        self._http: httpx2.Client | None = None

    def open(self) -> int:
        """Connect, and ask for the last row that the server has."""
        settings = self._settings
        key = secret(settings.key_file, settings.key_env, "API key")
        encrypted = settings.url.startswith("https:")
        self._http = httpx2.Client(
            base_url=settings.url,
            headers={} if key is None else {"authorization": f"Bearer {key}"},
            timeout=settings.timeout,
            verify=client_context(settings.ca_file) if encrypted else False,
            follow_redirects=False,
            trust_env=False,
        )
        return int(self._asked("GET", self._base)["seq"])

    def send(self, rows: Sequence[ChainRow]) -> None:
        """Send photos first, then their rows."""
        if not rows:
            self._asked("GET", self._base)
            return
        self._send_photos([row.row for row in rows if isinstance(row.row, InspectionRow)])
        body = {"rows": [placed(self._station, row)._asdict() for row in rows]}
        self._asked("POST", f"{self._base}/rows", json=body)

    def close(self) -> None:
        """Close the connections."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def _send_photos(self, rows: Sequence[InspectionRow]) -> None:
        places = sorted({row.photo_place for row in rows if row.photo_place is not None})
        if self._photos is None or not places:
            return
        answer = self._asked("POST", f"{self._base}/photos/missing", json={"places": places})
        for place in answer["places"]:
            try:
                content = self._photos.get(place)
            except OkngError:
                continue  # a rule has deleted it: its row is sent all the same
            self._asked("PUT", f"{self._base}/photos", content=content, params={"place": place})

    def _asked(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        if self._http is None:
            raise ConnectError("The sink is not open", where=self._settings.url)
        try:
            response = self._http.request(method, path, **given)
        except httpx2.TransportError as exc:
            raise certificate_fault(exc, self._settings.url) or ConnectError(
                f"The server does not answer: {str(exc) or exc.__class__.__name__}",
                where=self._settings.url, hint="Check the network, and that the server runs.",
            ) from exc  # fmt: skip
        if not response.is_success:
            raise self._fault(response)
        return dict(response.json()) if response.content else {}

    def _fault(self, response: httpx2.Response) -> ConnectError:
        """A chain has no gap, so no row is ever set aside: the sink waits until it is mended."""
        try:
            detail = str(response.json().get("detail", ""))
        except (ValueError, AttributeError):
            detail = ""
        what = detail or f"The server answered with {response.status_code}"
        code = Code.CONNECT_LOGIN if response.status_code in _LOGIN else Code.CONNECT_FAILED
        if response.status_code == 409:
            code = Code.RECORDS_CONFLICT
        pause = response.headers.get("retry-after", "")
        return ConnectError(
            what, where=self._settings.url, code=code,
            hint="See the log of the server; rows wait in the records of the station.",
            retry_after=float(pause) if pause.isdecimal() else None,
        )  # fmt: skip
