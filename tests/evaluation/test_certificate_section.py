"""What the report tells of a certificate, in both languages."""

import shutil
from pathlib import Path

import pytest

from okng.certification import Certificate, Difference, NotTried
from okng.certification.setups import Kernels
from okng.commands.train import Run
from okng.config import Runtime
from okng.evaluation.report.blocks import Block, Bullets, Callout, Paragraph, Table, spans
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.technical.certificate import certificate
from okng.wording import Language, language


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """The files that the section needs, to be changed."""
    for path in (run.metrics_file, run.certificate):
        shutil.copy(path, tmp_path)
    return tmp_path


def _changed(folder: Path, **update: object) -> list[Block]:
    path = folder / "certificate.json"
    Certificate.read(path).model_copy(update=update).write(path)
    return list(certificate(Source(folder)))


def _text(block: Block) -> str:
    if isinstance(block, Callout):
        return "\n".join(map(_text, block.blocks))
    texts = block.items if isinstance(block, Bullets) else (block.text,)  # type: ignore[union-attr]
    return "\n".join("".join(span.text for span in spans(text)) for text in texts)


def test_a_verdict_that_differs_stands_out(folder: Path) -> None:
    """With the photo, both verdicts, and what to do."""
    row = Certificate.read(folder / "certificate.json").rows[0]
    change = Difference(photo="a.png", reference="OK", verdict="NG", score=0.5, difference=0.1)
    changed = row.model_copy(update={"differing": 1, "changed": (change,)})
    first = _changed(folder, rows=(changed,))[0]

    assert isinstance(first, Callout)
    assert "get another verdict. Do not change engine" in _text(first)
    assert "a.png: OK -> NG" in _text(first)


def test_a_narrow_margin_stands_out(folder: Path) -> None:
    """Where no verdict differs, by chance."""
    row = Certificate.read(folder / "certificate.json").rows[0]
    moved = row.model_copy(update={"largest_score_difference": 0.01})
    calm, narrow = (
        [b for b in _changed(folder, rows=(moved,), nearest_score=near) if isinstance(b, Callout)]
        for near in (0.02, 0.005)
    )

    assert calm == []
    assert "may get two verdicts" in _text(narrow[0])


def test_what_was_not_tried_is_named_with_its_reason(folder: Path) -> None:
    """So that nobody takes it for proven."""
    left = [
        NotTried(runtime=Runtime.OPENVINO, kernels=Kernels.NATIVE, code=code, reason="it fell")
        for code in ("time", "library.missing", "error")
    ]
    lists = [b for b in _changed(folder, not_tried=tuple(left)) if isinstance(b, Bullets)]
    lines = _text(lists[0]).splitlines()

    assert [line.partition(": ")[2][:13] for line in lines] == [
        "not tried, as", "not installed", "it fell",
    ]  # fmt: skip


def test_each_engine_has_one_row(folder: Path) -> None:
    """All numbers of threads and batches of it stand in the row."""
    table = next(block for block in _changed(folder) if isinstance(block, Table))

    assert table.rows[0][:2] == ("onnxruntime", "of this CPU")
    assert str(table.rows[0][2]).startswith("1, ")
    assert len({row[:2] for row in table.rows}) == len(table.rows)


def test_it_speaks_german(folder: Path) -> None:
    """Every sentence of ours is translated."""
    with language(Language.DE):
        text = "\n".join(_text(b) for b in _changed(folder) if isinstance(b, Paragraph))

    assert "Kein Urteil weicht ab. Die Fehlerwerte weichen um bis zu" in text
    assert "verdict" not in text


def test_an_older_run_has_no_section(folder: Path) -> None:
    """It has no certificate, and no page fails for that."""
    (folder / "certificate.json").unlink()

    assert list(certificate(Source(folder))) == []
