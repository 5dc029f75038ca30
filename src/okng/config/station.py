"""Settings of a station, one class per table of `okng.toml`."""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from okng.config.choices import Runtime
from okng.config.sections import Duration, Section
from okng.wording import Language


class Store(StrEnum):
    """Which photos a station stores."""

    ALL = "all"
    REJECTED = "rejected"
    NONE = "none"


class OnFailure(StrEnum):
    """What a station does whose check with master parts failed or is overdue."""

    WARN = "warn"
    BLOCK = "block"


class RecordsFailure(StrEnum):
    """What a station does while the database is locked, down or full."""

    REFUSE = "refuse"
    SPOOL = "spool"


class FollowAs(StrEnum):
    """What becomes of a model that a station follows."""

    SHADOW = "shadow"
    LIVE = "live"


class MetricsReaders(StrEnum):
    """Who may read the metrics of a station."""

    OPEN = "open"
    LOCAL = "local"
    KEY = "key"


class StationSection(Section):
    """Which station this is."""

    name: str = Field(
        "station-1", min_length=1, max_length=100, description="Name of the station, on record."
    )
    product: str | None = Field(None, max_length=200, description="Product that is inspected.")
    folder: Path = Field(
        Path("station"),
        description="Folder for records, photos and keys of the station.",
        json_schema_extra={"flag": "--data"},
    )
    shifts: str = Field(
        "06:00,14:00,22:00", description="Start of each shift, in local time, by commas."
    )
    language: Language = Field(Language.EN, description="Language of the pages, if not chosen.")


class ServerSection(Section):
    """Who may ask, and how much."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    no_auth: bool = Field(
        False, description="No keys and no login; only on 127.0.0.1, for trying out."
    )
    trusted_hosts: str = Field(
        "", description="Host names that are served, by commas; those of this machine if empty."
    )
    forwarded_from: str = Field(
        "", description="Addresses of proxies whose forwarded headers are used, by commas."
    )
    tls_cert: Path | None = Field(None, description="Certificate file for HTTPS.")
    tls_key: Path | None = Field(None, description="Private key of the certificate.")
    session_idle: Duration = Field(
        8 * 3600.0, gt=0, description="Time without use after which a login ends, such as 8h."
    )
    session_longest: Duration = Field(
        16 * 3600.0, gt=0, description="Time after which a login ends in any case."
    )
    queue: int = Field(64, ge=1, le=10_000, description="Photos that may wait for the model.")
    client_queue: int = Field(
        32, ge=1, le=10_000, description="Photos of one client that may wait for the model."
    )
    rate_limit: str = Field(
        "6000/minute", description="Requests of one client, as in 100/second or 6000/minute."
    )
    metrics: MetricsReaders = Field(
        MetricsReaders.LOCAL,
        description="Who reads /metrics without a key or login: everybody (open), programs on this "
        "machine (local), or nobody (key).",
    )
    timeout: Duration = Field(10.0, gt=0, description="Time within which a photo is answered.")
    stop_timeout: Duration = Field(
        30.0, gt=0, description="Time to finish accepted photos after a stop."
    )
    body_mb: float = Field(40.0, gt=0, description="Size of a request's body, in MB, at most.")
    pixels_mp: float = Field(60.0, gt=0, description="Size of a photo, in megapixels, at most.")


class ModelsSection(Section):
    """Which models judge."""

    shadow: Path | None = Field(
        None, description="Model file that judges and is stored, and does not decide."
    )
    runtime: Runtime = Field(Runtime.ONNXRUNTIME, description="Engine that runs the network.")
    threads: int | None = Field(None, ge=1, description="CPU threads of each session.")
    sessions: int | None = Field(
        None,
        ge=1,
        le=64,
        description="Batches that are judged at once, each in a session of its own; left open, a "
        "photo alone gets all cores, and under load each core judges a batch.",
    )
    follow: str | None = Field(
        None,
        min_length=1,
        max_length=1000,
        pattern=r"^(https?|s3|file)://[^\s]+$",
        description="Address that the station fetches new models from: https, s3 or file; a model "
        "file, a model.tar.gz, or a .json that names one with its sha256.",
    )
    follow_as: FollowAs = Field(
        FollowAs.SHADOW, description="A followed model judges as the shadow, or live."
    )
    follow_every: Duration = Field(
        60.0, ge=1, le=86_400, description="Time between two looks at the address, such as 5min."
    )
    follow_sha256: str | None = Field(
        None, pattern=r"^[0-9a-fA-F]{64}$", description="SHA-256 that the followed model must have."
    )
    follow_key: Path | None = Field(
        None, description="Public key that must have signed the followed model (`okng sign`)."
    )

    @model_validator(mode="after")
    def _proven(self) -> Self:
        plain = self.follow is not None and self.follow.startswith("http://")
        if plain and self.follow_sha256 is None and self.follow_key is None:
            raise ValueError("follow by http:// needs follow_key or follow_sha256; else use https")
        if self.follow and self.follow_as is FollowAs.SHADOW and self.shadow is not None:
            raise ValueError("shadow and follow_as = shadow name two shadows; leave one out")
        return self


class RecordsSection(Section):
    """What is stored, and for how long."""

    database: str | None = Field(
        None, description="File or URL of the database; records.sqlite in the folder if not given."
    )
    no_records: bool = Field(False, description="Store nothing; verdicts are only answered.")
    photos: Store = Field(Store.ALL, description="Which photos are stored.")
    photo_store: str | None = Field(
        None, description="Folder or fsspec URL for photos; photos/ in the folder if not given."
    )
    on_failure: RecordsFailure = Field(
        RecordsFailure.SPOOL,
        description="While the database is locked, down or full: refuse photos, or spool verdicts "
        "into a file that is written to the database when it is back.",
        json_schema_extra={"flag": "--records-on-failure"},
    )
    sign_every: int = Field(
        1000, ge=1, description="The head of the chain is signed after this many rows."
    )
    heads_to: Path | None = Field(
        None,
        description="Folder on another machine that gets the signed heads; who changes the "
        "database must not be able to write there.",
    )
    keep_days: int | None = Field(None, ge=1, description="Days that OK parts stay on record.")
    keep_rejected_days: int | None = Field(
        None, ge=1, description="Days that NG, REVIEW and ERROR stay on record."
    )
    photos_gb: float | None = Field(
        None, gt=0, description="Photos beyond this many GB are deleted, oldest OK parts first."
    )


class MastersSection(Section):
    """When the station is checked with master parts."""

    every: Duration | None = Field(
        None, gt=0, description="Time between two checks, such as 8h; never, if not given."
    )
    at_shift_start: bool = Field(
        False, description="A check is due at the start of each shift of `station.shifts`."
    )
    on_failure: OnFailure = Field(
        OnFailure.WARN, description="A failed or overdue check warns, or blocks the station."
    )
    # At 1.1 times the brightness 8 % of castings are called unfamiliar, at 1.3 times 72 %.
    light_tolerance: float = Field(
        0.10, gt=0, le=1, description="Share by which the brightness of a master part may change."
    )
    # Noise of the sensor and JPEG move the sharpness by less.
    focus_tolerance: float = Field(
        0.30, gt=0, le=1, description="Share by which the sharpness of a master part may change."
    )
    # Training moves photos by as much.
    shift_tolerance: float = Field(
        0.03, gt=0, le=0.5,
        description="Share of the photo's side by which a master part may lie elsewhere.",
    )  # fmt: skip


class DriftSection(Section):
    """When the station reports that photos are no longer those of before."""

    watch: bool = Field(
        True,
        description="Measure light, focus and place of each part, and report changes.",
        json_schema_extra={"flag": "--drift-alarm"},
    )
    learned_parts: int = Field(
        1000,
        ge=200,
        le=100_000,
        description="First parts: what is in control is learned from them.",
    )
    false_alarm_parts: float = Field(
        1_000_000.0,
        ge=10_000,
        description="Parts between two false alarms, on average, at least; with more of them a "
        "real change is found later.",
    )


class StationSettings(BaseModel):
    """The settings tree of `okng serve`, one table of `okng.toml` per field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    station: StationSection = StationSection()
    server: ServerSection = ServerSection()
    models: ModelsSection = ModelsSection()
    records: RecordsSection = RecordsSection()
    masters: MastersSection = MastersSection()
    drift: DriftSection = DriftSection()
