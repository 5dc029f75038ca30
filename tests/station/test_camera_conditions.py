"""Light, focus and position of photos of known good parts."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from okng.config.station import MastersSection
from okng.station.camera.conditions import PhotoConditions, conditions_of, shift_between
from okng.station.camera.findings import CameraFinding, ConditionPair, changes_of, unfamiliar
from okng.testing import draw_part
from okng.wording import Language, language

PARTS = [draw_part(seed, size=160).photo for seed in range(5)]
BEFORE = [conditions_of(photo) for photo in PARTS]


def again(seed: int) -> np.ndarray:
    """Another photo of the same part: the sensor's noise differs."""
    noise = np.random.default_rng(seed).normal(0, 3, PARTS[seed].shape)
    return (PARTS[seed] + noise).round().clip(0, 255).astype(np.uint8)


def codes(photos: list[np.ndarray], **tolerances: float) -> list[str]:
    """Findings about photos of these parts."""
    pairs = list(map(ConditionPair, map(conditions_of, photos), BEFORE))
    return [finding.code for finding in changes_of(pairs, MastersSection(**tolerances))]


def blurred(photo: np.ndarray, radius: float = 2) -> np.ndarray:
    """Out of focus by so many pixels."""
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(radius)))


def test_another_photo_of_the_same_parts_is_no_finding() -> None:
    """Noise of the sensor changes neither light, focus nor position."""
    assert codes([again(seed) for seed in range(5)]) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda photo: (photo * 0.8).astype(np.uint8), "camera_darker"),
        (lambda photo: (photo * 1.2).clip(0, 255).astype(np.uint8), "camera_brighter"),
        (blurred, "camera_blurred"),
        (lambda photo: np.roll(photo, (8, 8), axis=(0, 1)), "camera_shifted"),
    ],
)
def test_each_change_of_the_camera_has_its_finding(change: object, code: str) -> None:
    """Light, focus and position are told apart."""
    assert codes([change(again(seed)) for seed in range(5)]) == [code]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("change", "tolerance"),
    [
        (lambda photo: (photo * 0.8).astype(np.uint8), {"light_tolerance": 0.5}),
        (lambda photo: blurred(photo, 0.5), {"focus_tolerance": 1.0}),  # sharpness times 0.6
        (lambda photo: np.roll(photo, (8, 8), axis=(0, 1)), {"shift_tolerance": 0.2}),
    ],
)
def test_a_tolerance_is_a_setting(change: object, tolerance: dict[str, float]) -> None:
    """Within a wider one the same change is none."""
    photos = [change(again(seed)) for seed in range(5)]  # type: ignore[operator]

    assert len(codes(photos)) == 1
    assert codes(photos, **tolerance) == []


def test_one_part_that_lies_badly_decides_nothing() -> None:
    """Findings rest on the median of the parts."""
    photos = [again(seed) for seed in range(5)]
    photos[2] = np.roll(photos[2], 30, axis=1) // 2

    assert codes(photos) == []


@pytest.mark.parametrize(("right", "down"), [(12, 0), (-7, 5), (0, -20)])
def test_shift_is_measured_with_its_direction(right: int, down: int) -> None:
    """To the right and down, in fractions of the side."""
    grey = BEFORE[0].grey
    assert grey is not None
    shifted = np.roll(grey, (down, right), axis=(0, 1))

    assert shift_between(shifted, grey) == (right / 128, down / 128)


def test_turned_part_has_no_place_in_common() -> None:
    """A part that lies turned says nothing about the position of the camera."""
    noise = np.random.default_rng(0)
    first, second = noise.random((128, 128)), noise.random((128, 128))

    assert shift_between(first, second) is None


def test_numbers_alone_give_findings_of_light_and_focus() -> None:
    """Where the earlier photo is no longer stored, its numbers on record still are."""
    numbers = [PhotoConditions(each.brightness, each.contrast, each.sharpness) for each in BEFORE]
    darker = [conditions_of((photo * 0.7).astype(np.uint8)) for photo in PARTS]

    findings = changes_of(list(map(ConditionPair, darker, numbers)))

    assert [each.code for each in findings] == ["camera_darker"]


def test_parts_of_the_training_camera_are_rarely_called_unfamiliar() -> None:
    """Uniform unfamiliarity gives a finding in one of a thousand checks, as designed."""
    rng = np.random.default_rng(1)
    called = [unfamiliar(list(rng.random(6))) is not None for _ in range(2000)]

    assert np.mean(called) <= 0.004


def test_other_camera_is_called_unfamiliar() -> None:
    """A handful of good parts is enough, and one NaN among them does no harm."""
    finding = unfamiliar([0.99, 0.97, 1.0, 0.95, float("nan")])

    assert finding is not None
    assert finding.code == "camera_unfamiliar"
    assert unfamiliar([float("nan")]) is None


def test_parts_that_were_always_unfamiliar_are_no_finding() -> None:
    """The last check that passed is the norm."""
    values = [0.99, 0.97, 1.0, 0.95]

    assert unfamiliar(values, values) is None


def test_findings_are_sentences_in_two_languages() -> None:
    """A finding on record is a code with numbers; English and German come from it."""
    finding = CameraFinding("camera_darker", 0.8, 1.0)
    assert CameraFinding.of_payload(finding.payload()) == finding
    english = finding.message().text()
    with language(Language.DE):
        german = finding.message().text()

    assert "0.80 times as bright" in english
    assert "0,80-mal so hell" in german
