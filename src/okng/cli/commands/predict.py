"""`okng predict`: verdicts from a model file."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from okng.cli.cluster_predict import SpreadOptions, check_engine, predict_on_ray
from okng.cli.commands.model_files.signing import RequireSignature
from okng.cli.console import progress, spoken
from okng.config import Engine, Runtime
from okng.text import short_name, shown
from okng.wording import count_of, mark, phrase, translated

if TYPE_CHECKING:
    from okng.dataset.records import LeftOut
    from okng.inference import Inspection, Inspector
    from okng.inference.engine import Inspected
    from okng.inference.paths import NamedPhoto
    from okng.modelfile import HeatScale


class Format(StrEnum):
    """How verdicts are printed."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"
    CSV_EXCEL = "csv-excel"


_OTHER_BOOKS = frozenset({".xls", ".xlsm", ".xlsb", ".ods"})
_BY_SUFFIX = {".csv": Format.CSV, ".jsonl": Format.JSONL, ".xlsx": Format.XLSX}


FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="Table, CSV, JSON lines, Excel workbook, or CSV as German Excel opens it. If not "
        "given, by the suffix of --output, else a table.",
    ),
]


Model = Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")]
Photos = Annotated[
    list[str],
    typer.Argument(help="Files, folders or patterns; with --engine ray also URLs and lists."),
]
Output = Annotated[
    Path | None,
    typer.Option(help="Write to this file instead of stdout; with --engine ray to this folder."),
]
Heatmaps = Annotated[
    Path | None, typer.Option(help="Write photo, heatmap and verdict of each photo to this folder.")
]
RuntimeOption = Annotated[Runtime, typer.Option(help="Engine that runs the network.")]
Threads = Annotated[
    int | None,
    typer.Option(min=1, help="CPU threads; all cores if not given, 1 a worker with --engine ray."),
]
EngineOption = Annotated[
    Engine,
    typer.Option(help="single: this process; ray: the workers of a Ray cluster (okng\\[ray])."),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(min=1, help="ray: workers; as many as there is room for if not given."),
]
Address = Annotated[
    str | None,
    typer.Option(help="ray: address of the cluster; one on this machine if not given."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]


def predict(
    model: Model,
    photos: Photos,
    *,
    output_format: FormatOption = None,
    output: Output = None,
    heatmaps: Heatmaps = None,
    runtime: RuntimeOption = Runtime.ONNXRUNTIME,
    threads: Threads = None,
    engine: EngineOption = Engine.SINGLE,
    workers: WorkersOption = None,
    address: Address = None,
    require_signature: RequireSignature = None,
    quiet: Quiet = False,
) -> None:
    """Judge photos with a model file: OK or NG, with the defect score.

    A photo that cannot be read gets the verdict ERROR and its reason; all others are judged, and
    the exit code is 3.

    Example: okng predict runs/castings/inspector.onnx photos/ --format csv --output verdicts.csv
    """
    from okng.inference import Inspector  # noqa: PLC0415 - onnxruntime is heavy
    from okng.inference.paths import find_named  # noqa: PLC0415

    spread = SpreadOptions(workers, threads, address)
    check_engine(engine, spread, output, output_format=output_format, heatmaps=heatmaps)
    if engine is Engine.RAY and output is not None:
        with spoken():
            result = predict_on_ray(
                model, photos, output, spread, runtime, require_signature, quiet=quiet
            )
        _end(result.verdicts, result.left_out, output, quiet=quiet)
        return
    wanted = _format(output_format, output)
    inspector = Inspector(
        model, runtime=runtime, threads=threads, require_signature=require_signature
    )
    named_photos = find_named(photos)
    named = named_photos.photos
    total: Counter[str] = Counter()
    with _writer(wanted, output, inspector) as write:
        for photo, inspected in _inspect(
            inspector, named, quiet=quiet, heatmap=heatmaps is not None
        ):
            verdict = inspected.inspection.verdict
            write(inspected.inspection)
            total[verdict.verdict.value] += 1
            if heatmaps is not None:
                _write_heatmap(photo, inspected, heatmaps, inspector.metadata.heat)
    _end(total, named_photos.left_out, output, quiet=quiet)


def _end(
    total: Counter[str], left_out: "list[LeftOut]", output: Path | None, *, quiet: bool
) -> None:
    """Sum up on stderr; exit code 3 where a photo could not be judged."""
    from okng.dataset import in_words  # noqa: PLC0415 - brings in numpy

    failed = total["ERROR"]
    with spoken():
        if not quiet:
            typer.echo(_summary(total, output), err=True)
        if files := in_words(left_out):
            typer.echo(phrase("okng: left out: {files}", files=files), err=True)
        if failed:
            text = mark("okng: {failed} of {photos} photos could not be judged")
            typer.echo(phrase(text, failed=failed, photos=total.total()), err=True)
    if failed:
        raise typer.Exit(3)


def _format(asked: Format | None, output: Path | None) -> Format:
    """The format that is asked for, or that of the suffix of the output.

    Raises:
        ConfigError: the verdicts would be lost, or the file would not be what its name promises.
    """
    from okng.errors import ConfigError  # noqa: PLC0415

    suffix = output.suffix.lower() if output else ""
    wanted = asked or _BY_SUFFIX.get(suffix, Format.TABLE)
    if output is None and (wanted is Format.XLSX or sys.__stdout__ is None):
        closed = "Standard output is closed: the verdicts would be lost"
        raise ConfigError(
            "A workbook is a file" if wanted is Format.XLSX else closed,
            where="okng predict",
            hint="Give --output FILE.",
        )
    if (wanted is Format.XLSX) != (suffix == ".xlsx") or suffix in _OTHER_BOOKS:
        raise ConfigError(
            f"{output} is not written as {wanted.value}",
            where="--output",
            allowed=".xlsx for --format xlsx, any other suffix for the other formats",
            hint="Take another suffix, or leave --format out.",
        )
    return wanted


def _summary(total: Counter[str], output: Path | None) -> str:
    photos = count_of(sum(total.values()), "photo")
    parts = ", ".join(f"{number} {word}" for word, number in total.most_common())
    where = f" -> {shown(str(output))}" if output else ""
    return f"{photos}: {parts}{where}"


def _inspect(
    inspector: "Inspector", named: list["NamedPhoto"], *, quiet: bool, heatmap: bool
) -> Iterator[tuple["NamedPhoto", "Inspected"]]:
    with progress(quiet=quiet).stage("judge", len(named)) as advance:
        paths = [photo.path for photo in named]
        inspections = inspector.engine.inspect_all(paths, heatmap=heatmap)
        for photo, inspected in zip(named, inspections, strict=True):
            yield photo, inspected
            advance()


@contextmanager
def _writer(
    wanted: Format, output: Path | None, inspector: "Inspector"
) -> Iterator[Callable[["Inspection"], None]]:
    from okng.inference.tables.rows import csv_writer, jsonl_writer  # noqa: PLC0415

    classes = inspector.metadata.classes
    if wanted is Format.XLSX and output is not None:
        from okng.inference.tables.spreadsheets import workbook  # noqa: PLC0415

        output.parent.mkdir(parents=True, exist_ok=True)
        with workbook(output, classes, traced=True) as write:
            yield write
        return
    with _opened(output) as file:
        if wanted is Format.TABLE:
            with _table(file) as write:
                yield write
        elif wanted is Format.CSV:
            yield csv_writer(file, classes, traced=True)
        elif wanted is Format.CSV_EXCEL:
            from okng.inference.tables.spreadsheets import excel_csv_writer  # noqa: PLC0415

            yield excel_csv_writer(file, classes, traced=True)
        else:
            yield jsonl_writer(file)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        yield file


@contextmanager
def _table(file: TextIO) -> Iterator[Callable[["Inspection"], None]]:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    with spoken():
        head = (translated("photo"), translated("verdict"), translated("defect score"),
                translated("class"), translated("remark"))  # fmt: skip
    table = Table(*head, box=None)
    colours = {"OK": "green", "NG": "red", "REVIEW": "yellow", "ERROR": "magenta"}

    def write(inspection: "Inspection") -> None:
        verdict = inspection.verdict
        word = verdict.verdict.value
        score = "" if verdict.error else f"{verdict.defect_score:.4f}"
        cells = (verdict.path, word, score, verdict.class_name, verdict.error or verdict.reason)
        table.add_row(*(Text(shown(cell), style=colours.get(cell, "")) for cell in cells))

    try:
        yield write
    finally:
        width = None if file.isatty() else 200
        Console(file=file, width=width).print(table)


def _write_heatmap(
    photo: "NamedPhoto", inspected: "Inspected", folder: Path, scale: "HeatScale | None"
) -> None:
    from okng.inference import Frame  # noqa: PLC0415
    from okng.inference.verdict_picture import picture_of  # noqa: PLC0415

    frame, verdict = inspected.photo, inspected.inspection.verdict
    if not isinstance(frame, Frame) or frame.photo is None or verdict.heatmap is None:
        return
    picture = picture_of(frame.photo, verdict, scale)
    target = folder / photo.name.with_name(short_name(photo.name.name, ".png"))
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.save(target)
