"""Reading: any kind of photo, read ahead within bounds, at the depth of the model."""

import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng import Inspector, Judgement, modelfile
from okng.commands.train import Run
from okng.inference.engine import read_ahead
from okng.inference.engine.read_ahead import Readers
from okng.inference.frames import Frame, Photo, ReadError, read
from okng.modelfile import InputRules
from okng.preprocess import MAX_BYTES
from okng.testing import draw_part, encode


def test_waiting_photos_are_bounded_by_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large photos are read one at a time, small ones ahead; all come in order."""
    monkeypatch.setattr(read_ahead, "WAITING_PIXELS", 5000)
    monkeypatch.setattr(read_ahead, "BATCH_PIXELS", 5000)
    decoded: list[int] = []
    lock = threading.Lock()

    def counted(photo: Photo) -> Frame | ReadError:
        assert isinstance(photo, np.ndarray)
        with lock:
            decoded.append(photo.shape[0])
        return read(photo, InputRules(image_size=64))

    sizes = [100, 100, 20, 20, 20, 100]

    def photos() -> Iterator[np.ndarray]:
        for size in sizes:
            yield np.zeros((size, size), np.uint8)

    done: list[int] = []
    with Readers(2) as pool:
        for batch in read_ahead.batches(photos(), pool, 8, counted):
            done += [frame.pixels.shape[0] for frame in batch if isinstance(frame, Frame)]
            waiting = decoded[len(done) :]
            assert sum(size * size for size in waiting) <= 5000
    assert done == sizes


def test_every_odd_file_costs_one_row(run: Run, tmp_path: Path) -> None:
    """A pipe, a device, a folder with a photo's name and a file of 3 GB are an ERROR each."""
    names = ["a", "pipe", "zero", "folder", "huge", "z"]
    paths = [tmp_path / f"{name}.jpg" for name in names]
    paths[0].write_bytes(encode(draw_part(1, size=64).photo, "JPEG"))
    paths[5].write_bytes(encode(draw_part(2, size=64).photo, "JPEG"))
    os.mkfifo(paths[1])
    paths[2].symlink_to("/dev/zero")
    paths[3].mkdir()
    paths[4].touch()
    os.truncate(paths[4], 3 * MAX_BYTES)
    verdicts = Inspector(run.model_file)(paths)

    assert [verdict.verdict is Judgement.ERROR for verdict in verdicts] == [
        False, True, True, True, True, False,
    ]  # fmt: skip
    assert "pipe" in verdicts[1].error
    assert "too large" in verdicts[4].error


def test_a_failing_image_among_others_is_one_error(run: Run) -> None:
    """Any mode of Pillow is judged as its colours, and a closed image is one ERROR."""
    photo = draw_part(1, size=64).photo
    closed = Image.fromarray(photo)
    closed.close()
    broken = Image.new("RGB", (0, 0))
    inspector = Inspector(run.model_file)
    plain, hsv, *wrong, array = inspector(
        [Image.fromarray(photo), Image.fromarray(photo).convert("HSV"), broken, photo]
    )

    assert plain.defect_score == array.defect_score
    assert abs(hsv.defect_score - plain.defect_score) < 0.2
    assert [verdict.verdict for verdict in wrong] == [Judgement.ERROR]


def test_depth_of_the_model_holds_on_the_line(run: Run, tmp_path: Path) -> None:
    """A model of 12 bits sees 12-bit photos as those of 8, and refuses those of 16."""
    file = tmp_path / "twelve.onnx"
    file.write_bytes(run.model_file.read_bytes())
    metadata = modelfile.read(file).metadata
    rules = metadata.input.model_copy(update={"depth": 12})
    modelfile.seal(file, metadata.model_copy(update={"input": rules}))
    grey = draw_part(1, size=64).photo[..., 0]
    twelve = tmp_path / "twelve.png"
    Image.fromarray(grey.astype(np.uint16) << 4).save(twelve)
    inspector = Inspector(file)
    eight, path, array, beyond = inspector(
        [grey, twelve, grey.astype(np.uint16) << 4, grey.astype(np.uint16) << 8]
    )

    assert path.defect_score == array.defect_score == eight.defect_score
    assert beyond.verdict is Judgement.ERROR
    assert "16 bits" in beyond.error
    assert "12" in beyond.error


def test_every_large_or_broken_file_costs_one_row(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb of 300 megapixels, a cut file and one that is being written are an ERROR each."""
    photo = encode(draw_part(1, size=64).photo, "JPEG")
    place = photo.index(b"\xff\xc0") + 5  # of height and width: behind marker, length and bits
    bomb = photo[:place] + struct.pack(">HH", 15_000, 20_000) + photo[place + 4 :]
    contents = {"a": photo, "bomb": bomb, "cut": photo[:-300], "written": photo, "z": photo}
    paths = [tmp_path / f"{name}.jpg" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)

    status = os.fstat

    def changing(file: int) -> os.stat_result:
        """The written file has another time whenever it is asked for."""
        found = status(file)
        if os.path.samestat(found, paths[3].stat()):
            os.utime(paths[3], ns=(0, found.st_mtime_ns + 1_000_000))
        return found

    monkeypatch.setattr("okng.preprocess.files.os.fstat", changing)
    verdicts = Inspector(run.model_file)(paths)

    assert [Path(verdict.path).stem for verdict in verdicts] == list(contents)
    reasons = ["", "too many pixels", "truncated", "changed while", ""]
    for verdict, reason in zip(verdicts, reasons, strict=True):
        assert reason in verdict.error
        assert (verdict.verdict is Judgement.ERROR) is bool(reason)
