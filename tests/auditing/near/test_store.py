"""okng.auditing.near.store: what was worked out is kept, and a bad cache is never fatal."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from okng.auditing.near import store as module
from okng.auditing.near.features import LocalFeatures, local_features
from okng.auditing.near.store import Store
from okng.errors import OkngError
from okng.testing import draw_part


@pytest.fixture(scope="module")
def features() -> LocalFeatures:
    """Of one generated photo."""
    return local_features(draw_part(1, size=96).photo)


def filled(
    folder: Path | None, features: LocalFeatures, count: int = 3, in_memory: int = 1024
) -> Store:
    """A store with some photos."""
    store = Store(folder, in_memory=in_memory)
    for number in range(count):
        store.add(f"digest{number}", f'{{"n": {number}}}', features)
    store.flush()
    return store


def test_photos_come_back_as_they_were(tmp_path: Path, features: LocalFeatures) -> None:
    """In another run, places to half precision."""
    with filled(tmp_path / "new" / "folder", features):
        pass
    with Store(tmp_path / "new" / "folder") as store:
        found = store.features("digest1")

    assert (found.descriptors == features.descriptors).all()
    assert (found.texture == features.texture).all()
    assert np.abs(found.places - features.places).max() < 0.1
    assert not store.trouble


def test_only_what_was_asked_for_is_read(tmp_path: Path, features: LocalFeatures) -> None:
    """A cache that knows many other photos costs nothing."""
    with filled(tmp_path, features) as store:
        assert store.known(["digest2", "absent"]) == {"digest2": '{"n": 2}'}
        assert store.known(f"absent{n}" for n in range(1200)) == {}
        with pytest.raises(KeyError):
            store.features("absent")


def test_without_a_folder_nothing_is_left(features: LocalFeatures) -> None:
    """But the run itself has everything."""
    with filled(None, features) as store:
        store.put({"a": b"1"})

        assert set(store.known(["digest0"])) == {"digest0"}
        assert store.result("a") == b"1"
        assert store.features("digest0").texture.shape == features.texture.shape
        assert not store.trouble


def test_results_are_kept_and_forgotten(tmp_path: Path) -> None:
    """By a key."""
    with Store(tmp_path) as store:
        store.put({"a": b"1", "b": b"2"})
    with Store(tmp_path) as store:
        assert (store.result("a"), store.result("b"), store.result("c")) == (b"1", b"2", None)
        store.remove("a")
        assert store.result("a") is None


def test_another_version_is_left_alone(
    tmp_path: Path, features: LocalFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another version worked out is not used, and not spoiled."""
    with filled(tmp_path, features):
        pass
    monkeypatch.setattr(module, "VERSION", 999)
    with Store(tmp_path) as store:
        assert store.known(["digest0"]) == {}
    monkeypatch.undo()
    with Store(tmp_path) as store:
        assert set(store.known(["digest0"])) == {"digest0"}


def test_cache_that_cannot_be_made(tmp_path: Path, features: LocalFeatures) -> None:
    """A file stands where the folder should be: the run goes on, and says why."""
    (tmp_path / "file").write_text("")
    with filled(tmp_path / "file" / "cache", features) as store:
        assert store.trouble
        assert len(store.known(["digest0", "digest1"])) == 2


def test_file_that_is_no_cache(tmp_path: Path, features: LocalFeatures) -> None:
    """Another file of that name is not touched."""
    file = tmp_path / f"audit-v{module.VERSION}.sqlite"
    file.write_bytes(b"This is not a database, but long enough to be taken for one." * 50)
    before = file.read_bytes()
    with filled(tmp_path, features) as store:
        assert "not a database" in store.trouble
        assert len(store.known(["digest0"])) == 1
    assert file.read_bytes() == before


def test_full_disk_under_the_cache(tmp_path: Path, features: LocalFeatures) -> None:
    """What still fits is kept, the rest goes elsewhere, and nothing is lost to the run."""
    with Store(tmp_path) as store:
        store._file.execute("PRAGMA max_page_count=60")
        for number in range(40):
            store.add(f"digest{number}", "{}", features)
            store.flush()
        store.put({"large": bytes(500_000)})

        assert "full" in store.trouble
        assert len(store.known(f"digest{n}" for n in range(40))) == 40
        assert store.features("digest39").texture.shape == features.texture.shape
        assert store.result("large") is None
    with Store(tmp_path) as store:
        assert 0 < len(store.known(f"digest{n}" for n in range(40))) < 40


def test_no_room_anywhere(tmp_path: Path, features: LocalFeatures) -> None:
    """Neither here nor in the temporary folder: one clear error."""
    store = Store(tmp_path)
    for database in store._both():
        database.execute("PRAGMA max_page_count=8")
    store.add("digest", "{}" * 20_000, features)
    with pytest.raises(OkngError, match="Cannot write the audit cache"):
        store.flush()


def test_damaged_file_is_worked_around(tmp_path: Path, features: LocalFeatures) -> None:
    """A table that cannot be read counts as empty."""
    with filled(tmp_path, features):
        pass
    file = tmp_path / f"audit-v{module.VERSION}.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("ALTER TABLE photos RENAME COLUMN facts TO other")
    database.close()
    with Store(tmp_path) as store:
        assert store.known(["digest0"]) == {}
        assert store.trouble
        store.add("digest0", "{}", features)
        assert set(store.known(["digest0"])) == {"digest0"}


def test_damage_met_later_is_told(tmp_path: Path, features: LocalFeatures) -> None:
    """With the file's name and what to do."""
    with filled(tmp_path, features) as store:
        store._file.execute("DROP TABLE photos")
        with pytest.raises(OkngError, match=r"damaged(.|\n)*audit-v(.|\n)*Remove this file"):
            store.features("digest0")
        store._file.executescript(module._SCHEMA)


def test_memory_holds_few_photos(tmp_path: Path, features: LocalFeatures) -> None:
    """The photos read last stay in memory, the others are read from the file again."""
    with filled(tmp_path, features, 5, in_memory=2) as store:
        read = [store.features(f"digest{number}") for number in range(5)]

        assert [store.features(f"digest{n}") is read[n] for n in (4, 3)] == [True, True]
        assert store.features("digest0") is not read[0]
        assert store.features("digest3") is read[3]
        assert store.features("digest4") is not read[4]


@pytest.mark.parametrize("column", ["facts", "height", "places", "descriptors", "texture"])
def test_damaged_row_is_not_known_any_more(
    tmp_path: Path, features: LocalFeatures, column: str
) -> None:
    """A bit that flipped would change the findings; the other rows stay."""
    with filled(tmp_path, features):
        pass
    file = tmp_path / f"audit-v{module.VERSION}.sqlite"
    with sqlite3.connect(file) as database:
        database.execute(f"UPDATE photos SET {column} = 7 WHERE digest = 'digest1'")  # noqa: S608
    database.close()
    with Store(tmp_path) as store:
        assert set(store.known(["digest0", "digest1"])) == {"digest0"}
        assert store.damaged == 1
        store.add("digest1", "{}", features)
        assert set(store.known(["digest0", "digest1"])) == {"digest0", "digest1"}


@pytest.mark.parametrize("value", [b"", b"1", b"\x00\x00\x00\x001", "text", 7])
def test_damaged_result_is_forgotten(tmp_path: Path, value: object) -> None:
    """As if it had never been computed."""
    with Store(tmp_path) as store:
        store.put({"a": b"1", "b": b"2"})
        store._file.execute("UPDATE results SET value = ? WHERE key = 'a'", (value,))
        assert (store.result("a"), store.result("b")) == (None, b"2")
        assert store.damaged == 1
