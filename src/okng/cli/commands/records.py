"""`okng records`: the records of a station, checked, copied, handed on and deleted by rule."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.stations import Config, person, settings_of_station, signed_records

if TYPE_CHECKING:
    from okng.config import StationSettings
    from okng.records import Records

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Heads = Annotated[
    Path | None, typer.Option(help="Folder of signed heads; heads/ of the station if not given.")
]
Key = Annotated[
    list[Path] | None,
    typer.Option(help="Public key that is trusted; that of the station if not given."),
]
Moment = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In local time."),
]


def verify(
    *, config: Config = None, key: Key = None, heads: Heads = None,
    photos: Annotated[
        bool, typer.Option("--with-photos", help="Read every stored photo, too.")
    ] = False,
    as_json: AsJson = False, settings: dict[str, Any],
) -> None:  # fmt: skip
    """Check that records are complete and unchanged, and state what is proven and what is not.

    Take the public key, and the heads, from where they were handed to: whoever can change those in
    the folder of the station can change what is proven by them. Exit code 5 where a row is bad.

    Example: okng records verify --data station --key /mnt/quality/records.pub
    """
    from okng.records.proof import read_heads  # noqa: PLC0415 - brings in the database
    from okng.records.proof.photo_check import check_photos  # noqa: PLC0415
    from okng.records.transfer import check_database, reading, refuse_damaged  # noqa: PLC0415
    from okng.records.upkeep import database_of, heads_folder, photo_store  # noqa: PLC0415

    tree = settings_of_station(config, settings)
    signed = read_heads(heads or heads_folder(tree))
    result = check_database(database_of(tree), signed, _trusted(tree, key))
    stored = None
    if photos:
        with reading(database_of(tree)) as connection:
            stored = check_photos(connection, photo_store(tree))
    if as_json:
        chains = [asdict(chain) | {"unproven": chain.unproven} for chain in result.chains]
        _print({"intact": result.intact, "proven": result.proven, "chains": chains,
                "photos": None if stored is None else asdict(stored)})  # fmt: skip
    else:
        typer.echo(result.text() + (f"\n{stored.text()}" if stored else ""))
    if not result.intact:
        refuse_damaged(result, database_of(tree), brief=True)


def export(
    folder: Annotated[Path, typer.Argument(help="New folder for the tables.")],
    *,
    form: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    since: Moment = None,
    until: Moment = None,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Write the records as tables for other programs: inspections, entries, tombstones.

    No cell of the CSV files runs in a spreadsheet. Without a period the export is whole, and
    okng records import takes it.

    Example: okng records export /tmp/week-14 --since 2026-03-30 --until 2026-04-06
    """
    from okng.records.transfer import ExportFormat, export_database  # noqa: PLC0415
    from okng.records.upkeep import database_of, heads_folder  # noqa: PLC0415

    tree = settings_of_station(config, settings)
    if form not in set(ExportFormat):
        raise typer.BadParameter("csv or parquet", param_hint="--format")
    exported = export_database(
        database_of(tree), folder, ExportFormat(form), heads=heads_folder(tree),
        since_us=_microseconds(since), until_us=_microseconds(until),
    )  # fmt: skip
    for table, rows in exported.rows.items():
        typer.echo(f"{rows:>12,}  {table}")


def import_(
    folder: Annotated[Path, typer.Argument(help="Folder of okng records export.")],
    *, config: Config = None, settings: dict[str, Any],
) -> None:  # fmt: skip
    """Write a whole export into another database, where its chains verify as before.

    A chain that is there already is continued.

    Example: okng records import /tmp/everything --database postgresql://okng@db/plant
    """
    from okng.records.transfer import import_export  # noqa: PLC0415

    with _new_records(settings_of_station(config, settings)) as records:
        imported = import_export(records.engine, folder)
    typer.echo(f"{imported.rows:,} rows written, {imported.known:,} were there already; "
               f"stations: {', '.join(imported.stations)}")  # fmt: skip


def backup(
    folder: Annotated[Path, typer.Argument(help="New folder for the copy.")],
    *, config: Config = None, settings: dict[str, Any],
) -> None:  # fmt: skip
    """Copy the database and its signed heads while the station runs.

    Photos and the private key are not in it: copy the folder of photos by other means.

    Example: okng records backup /mnt/backup/2026-04-06 --data station
    """
    from okng.records.transfer import back_up  # noqa: PLC0415
    from okng.records.upkeep import database_of, heads_folder  # noqa: PLC0415

    tree = settings_of_station(config, settings)
    file = back_up(database_of(tree), folder, heads=heads_folder(tree))
    typer.echo(f"{file}  {file.stat().st_size / 1e6:,.1f} MB")


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of okng records backup.")],
    *, config: Config = None, key: Key = None, settings: dict[str, Any],
) -> None:  # fmt: skip
    """Write a backup into a new database, if it verifies; nothing is overwritten.

    Example: okng records restore /mnt/backup/2026-04-06 --data station
    """
    from okng.records.transfer import restore as restored  # noqa: PLC0415
    from okng.records.upkeep import database_of  # noqa: PLC0415

    tree = settings_of_station(config, settings)
    typer.echo(restored(folder, database_of(tree), trusted=_trusted(tree, key)).text())


def retain(*, config: Config = None, settings: dict[str, Any]) -> None:
    """Apply the rules of retention now; a station applies them every hour by itself.

    Deleted rows leave tombstones, and one entry seals their list.

    Example: okng records retain --data station --keep-days 90 --keep-rejected-days 3650
    """
    from okng.error_codes import Code  # noqa: PLC0415
    from okng.errors import ConfigError  # noqa: PLC0415
    from okng.records.upkeep import photo_store, retain_as_set  # noqa: PLC0415

    tree = settings_of_station(config, settings)
    own = tree.records
    if own.keep_days is None and own.keep_rejected_days is None and own.photos_gb is None:
        raise ConfigError(
            "No rule of retention is set",
            allowed="`records.keep_days`, `records.keep_rejected_days` or `records.photos_gb`",
            hint="Give at least one of them.",
            code=Code.RECORDS_RETENTION,
        )
    with signed_records(tree) as records:
        deleted = retain_as_set(records, photo_store(tree), tree, by=person())
    typer.echo(f"{deleted.rows:,} inspections, {deleted.photos:,} photos and heatmaps deleted, "
               f"{deleted.bytes / 1e6:,.1f} MB of photos")  # fmt: skip


def export_photos(
    folder: Annotated[Path, typer.Argument(help="New folder for the photos and their manifest.")],
    *,
    live: Annotated[
        Path | None,
        typer.Option(help="Run of the live model: names its classes and its test photos."),
    ] = None,
    with_test: Annotated[
        bool, typer.Option("--with-test", help="Also the test photos of the live model's report.")
    ] = False,
    since: Moment = None,
    until: Moment = None,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Write reviewed photos with their labels, for okng train.

    Photos of one serial are one group. The test photos of the live model's report stay out, as a
    model that has seen them could not be measured by them any more.

    Example: okng records export-photos reviewed --data station --live runs/castings
    """
    from okng import modelfile  # noqa: PLC0415 - brings in onnx
    from okng.records.upkeep import photo_store  # noqa: PLC0415
    from okng.station.oversight.reviewed_photos import (  # noqa: PLC0415
        ClassNames,
        export_reviewed,
        of_station,
        reported_photos,
        stored_in,
    )  # fmt: skip

    tree = settings_of_station(config, settings)
    if live is None and not with_test:
        raise typer.BadParameter("the run of the live model, or --with-test", param_hint="--live")
    names = ClassNames()
    if live is not None:
        names = ClassNames.of(modelfile.read(modelfile.located(live)).metadata)
    reported = frozenset() if live is None or with_test else reported_photos(live)
    with signed_records(tree) as records:
        read = stored_in(photo_store(tree))
        wanted = replace(
            of_station(records, tree.station.name),
            since_us=_microseconds(since),
            until_us=_microseconds(until),
        )
        exported = export_reviewed(
            records, read, folder, wanted=wanted, names=names, reported=reported
        )
    for label, photos in sorted(exported.labels.items()):
        typer.echo(f"{photos:>12,}  {label}")
    typer.echo(
        f"left out: {exported.reported:,} test photos of the report, {exported.missing:,} no "
        f"longer stored, {exported.conflicts:,} with reviews that contradict each other"
    )
    typer.echo(f"Next: okng train {exported.manifest} --ok {names.good}")


def rotate_key(*, config: Config = None, settings: dict[str, Any]) -> None:
    """Replace the key that signs heads; the old one and the new one sign the change.

    Stop the station before. Hand the new public key to whoever verifies.

    Example: okng records rotate-key --data station
    """
    from okng.records.proof import rotate_key as rotate  # noqa: PLC0415
    from okng.records.upkeep import keys_folder  # noqa: PLC0415

    typer.echo(rotate(keys_folder(settings_of_station(config, settings))))


RECORDS: dict[str, Callable[..., None]] = {
    "verify": verify, "export": export, "import": import_, "backup": backup, "restore": restore,
    "retain": retain, "rotate-key": rotate_key, "export-photos": export_photos,
}  # fmt: skip
"""The verbs of `okng records`, by name."""
FURTHER = {
    "verify": ("photo_store",),
    "retain": ("keep_days", "keep_rejected_days", "photos_gb", "photo_store"),
    "export-photos": ("photo_store",),
}
"""Settings that some of them take beside `PLACE`."""


@contextmanager
def _new_records(tree: "StationSettings") -> Iterator["Records"]:
    """Records of a station that may have none yet."""
    from okng.records import Records  # noqa: PLC0415
    from okng.records.upkeep import database_of  # noqa: PLC0415

    tree.station.folder.mkdir(parents=True, exist_ok=True)
    with Records(database_of(tree)) as records:
        yield records


def _trusted(tree: "StationSettings", keys: list[Path] | None) -> frozenset[str]:
    """Public keys in hex: those that are given, else that of the station."""
    from okng.modelfile.signing import public_key_of  # noqa: PLC0415
    from okng.records.proof import trusted_keys  # noqa: PLC0415
    from okng.records.upkeep import keys_folder  # noqa: PLC0415

    own = keys_folder(tree) / "records.pub"
    files = keys or ([own] if own.exists() else [])
    given = frozenset(public_key_of(file) for file in files)
    return trusted_keys(given, keys_folder(tree) / "rotations.jsonl")


def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.astimezone().timestamp()) * 1_000_000


def _print(document: dict[str, Any]) -> None:
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
