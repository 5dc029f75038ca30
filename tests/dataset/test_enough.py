"""Too few photos of a class are refused with a number and a reason."""

from pathlib import Path

import pytest

from okng.dataset import (
    Dataset,
    Photo,
    assign_splits,
    check_enough,
    make_folds,
    rare_types,
    set_rare_aside,
)
from okng.errors import DatasetError


def _rare(dataset: Dataset) -> str:
    """What is reported of the rare types."""
    rare = rare_types(dataset)
    return rare.english() if rare else ""


def _dataset(**photos: list[str]) -> Dataset:
    """Classes with the groups of their photos."""
    rows = tuple(
        Photo(f"{label}/{number}.png", label=label, group=group)
        for label, groups in photos.items()
        for number, group in enumerate(groups)
    )
    return Dataset(Path("photos"), rows, tuple(photos), "ok")


def test_three_photos_are_too_few() -> None:
    """It says how many are needed and why, and of all classes at once."""
    with pytest.raises(DatasetError) as refusal:
        check_enough(_dataset(ok=[""] * 9, crack=[""] * 3, pore=[f"p{i % 2}" for i in range(40)]))

    message = refusal.value.message
    assert "crack has 3 photos; 6 are needed" in message
    assert "the 40 photos of pore show 2 parts; 3 are needed" in message
    assert "one for validation, one for the test" in message


def test_six_photos_of_three_parts_are_the_least() -> None:
    """Six photos of three parts are accepted, and refused without one photo or one part."""
    check_enough(_dataset(ok=[""] * 6, crack=["a", "a", "a", "b", "b", "c"]))

    with pytest.raises(DatasetError, match="crack has 5 photos"):
        check_enough(_dataset(ok=[""] * 6, crack=["a", "a", "a", "b", "c"]))
    with pytest.raises(DatasetError, match="the 6 photos of crack show 2 parts"):
        check_enough(_dataset(ok=[""] * 6, crack=["a", "a", "a", "b", "b", "b"]))


def _split(dataset: Dataset) -> dict[str, set[str]]:
    """Splits of each label."""
    shared = assign_splits(dataset, validation=0.2, test=0.2, seed=0)
    labels = {photo.label for photo in dataset.photos}
    return {n: {p.split for p in shared.photos if p.label == n} for n in labels}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_rare_type_stops_nothing_and_teaches_as_defective(count: int) -> None:
    """It is no class, its photos stay in training, and it is named."""
    given = _dataset(ok=[""] * 20, dent=[""] * 20, misprint=[""] * count, scratch=[""] * 12)
    known = set_rare_aside(given)
    check_enough(known)
    labels = dict(zip([photo.label for photo in known.photos], known.labels(), strict=True))

    assert (known.classes, known.rare) == (("ok", "dent", "scratch"), ("misprint",))
    assert labels == {"ok": 0, "dent": 1, "misprint": 1, "scratch": 2}
    assert _split(known)["misprint"] == {"train"}
    assert all(splits == {"train", "val", "test"}
               for name, splits in _split(known).items() if name != "misprint")  # fmt: skip
    photos = "1 photo)" if count == 1 else f"{count} photos)"
    assert "Too few photos to classify or to test: misprint (" + photos in _rare(known)
    assert "are trained on as defective" in _rare(known)
    for fold in make_folds(known, 3, validation=0.15, seed=0):
        assert {p.split for p in fold.photos if p.label == "misprint"} == {"train"}


def test_types_that_are_all_rare_are_one_class_together() -> None:
    """Four types of three photos: twelve defective parts, in training, validation and test."""
    types = {name: [""] * 3 for name in ("bent", "crack", "dent", "misprint")}
    known = set_rare_aside(_dataset(ok=[""] * 20, **types))
    check_enough(known)
    shared = assign_splits(known, validation=0.2, test=0.2, seed=0)
    defective = [photo.split for photo in shared.photos if photo.label != "ok"]

    assert known.classes == ("ok", "defective")
    assert set(known.labels()) == {0, 1}
    assert set(defective) == {"train", "val", "test"}


def test_one_type_with_too_few_photos_is_still_refused() -> None:
    """There is nothing else to learn what is defective from; so it is with a rare OK class."""
    for few in (
        _dataset(ok=[""] * 20, misprint=[""] * 3),
        _dataset(ok=[""] * 3, dent=[""] * 20, scratch=[""] * 20),
        _dataset(ok=[""] * 20, dent=["p"] * 3, scratch=["p"] * 2),
    ):
        with pytest.raises(DatasetError, match="too few photos to train"):
            check_enough(set_rare_aside(few))


def test_a_rare_type_without_an_ok_class_is_left_out() -> None:
    """It cannot teach another type; no split, and the sentence names it."""
    given = _dataset(dent=[""] * 20, misprint=[""] * 2, scratch=[""] * 12)
    known = set_rare_aside(Dataset(given.root, given.photos, given.classes, None))

    assert known.classes == ("dent", "scratch")
    assert _split(known)["misprint"] == {""}
    assert "misprint (2 photos). These photos are left out" in _rare(known)
