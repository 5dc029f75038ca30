"""A threshold for this camera, proposed from few known parts."""

import numpy as np
import pytest
from scipy import special, stats

from okng.errors import ModelFileError, StationError
from okng.modelfile import Calibration, InputRules, Metadata
from okng.station.camera.estimate import Costs, Prior, fitted_threshold, width_of
from okng.station.camera.known import KnownPhoto, known_parts
from okng.station.camera.proposal import POLICY, propose
from okng.verdict import OperatingPoint
from okng.wording import Language, language

GOOD, DEFECTIVE = 10, 5
PRIOR = Prior(0.0, 3.0)


def metadata(auc: float | None = 0.99, **point: float) -> Metadata:
    """Of a model file that holds nothing but metadata."""
    return Metadata(
        name="parts",
        classes=("ok", "dent"),
        ok_class="ok",
        operating_point=OperatingPoint(**{"threshold": 0.5} | point),
        calibration=Calibration.identity(2),
        input=InputRules(image_size=32),
        dataset_digest="0" * 64,
        metrics={} if auc is None else {"roc_auc": {"value": auc}},
        backbone="cnn",
        weights="",
        weights_licence="",
    )


def photos(good: list[float], defective: list[float]) -> list[KnownPhoto]:
    """One photo of each part, by the log-odds of its defect score."""
    return [
        KnownPhoto(f"{kind}{number}", bad, float(special.expit(logit)))
        for kind, bad, logits in (("G", False, good), ("B", True, defective))
        for number, logit in enumerate(logits)
    ]


def drawn(seed: int, good: float = -8.0, defective: float = 0.0) -> list[KnownPhoto]:
    """Known parts of a camera in front of which all scores are lower than in training."""
    rng = np.random.default_rng(seed)
    return photos(list(rng.normal(good, 1.5, GOOD)), list(rng.normal(defective, 1.5, DEFECTIVE)))


def logit(score: float) -> float:
    """Log-odds of a score."""
    return float(special.logit(score))


def test_escapes_of_another_camera_are_cured() -> None:
    """Ranked perfectly, half escape at the old threshold, and hardly any at the proposed one."""
    rates = []
    for seed in range(50):
        threshold = logit(propose(drawn(seed), metadata()).point.threshold)
        rates.append((stats.norm.cdf(threshold, 0, 1.5), stats.norm.sf(threshold, -8, 1.5)))

    escape, overkill = np.mean(rates, axis=0)
    assert stats.norm.cdf(0.0, 0, 1.5) == 0.5
    assert escape < 0.02
    assert overkill < 0.02


def test_proposal_names_its_policy_and_moves_the_band() -> None:
    """Ends of the review band move by the same log-odds; the limit of unfamiliarity stays."""
    proposal = propose(drawn(0), metadata(review_low=0.3, review_high=0.7, unfamiliar_limit=0.99))
    point = proposal.point

    assert (point.policy, point.unfamiliar_limit) == (POLICY, 0.99)
    assert point.review_low is not None
    assert logit(point.review_low) - logit(0.3) == pytest.approx(proposal.shift)
    assert logit(point.threshold) == pytest.approx(proposal.shift)
    assert proposal.current.threshold == 0.5


def test_few_parts_prove_little_and_that_is_stated() -> None:
    """Five parts without an escape leave 45 % possible; 299 would prove 1 %."""
    proposal = propose(drawn(1), metadata())
    texts = [each.text() for each in proposal.messages]

    assert (proposal.defective.parts, proposal.defective.wrong) == (5, 0)
    assert proposal.defective.bound == pytest.approx(1 - 0.05 ** (1 / 5))
    assert proposal.defective.needed == 299
    assert any("45.1 %" in text for text in texts)
    assert any("294 more defective parts" in text for text in texts)


def test_errors_are_counted_at_thresholds_without_the_part() -> None:
    """A part that would draw the threshold towards itself cannot prove itself right."""
    proposal = propose(photos([-8.0] * 9 + [0.5], [1.0, 2.0, 2.0, 2.0, 2.0]), metadata())

    assert proposal.good.wrong == 1
    assert proposal.good.odd == ("G9",)
    assert any("G9" in message.text() for message in proposal.messages)


def test_one_odd_photo_moves_the_threshold_little() -> None:
    """A known defective part that looks like a good one does not drag the others to OK."""
    good, defective = [-8.0] * 10, [0.0] * 5
    clean = fitted_threshold(known_parts(photos(good, defective)), PRIOR)
    odd = fitted_threshold(known_parts(photos(good, [*defective[:4], -8.0])), PRIOR)

    assert clean == pytest.approx(-4, abs=1.0)
    assert abs(odd - clean) < 1.5


def test_costs_move_the_threshold() -> None:
    """Where an escape costs more, the threshold is lower."""
    known = known_parts(drawn(2))
    dear = fitted_threshold(known, PRIOR, Costs(escape=20))

    assert dear < fitted_threshold(known, PRIOR) < fitted_threshold(known, PRIOR, Costs(1, 20))


def test_photos_of_one_part_are_one_piece_of_evidence() -> None:
    """Twenty photos of one part do not outvote nine other parts."""
    known = drawn(3)
    copies = [KnownPhoto("G0", False, known[0].defect_score) for _ in range(20)]

    proposal = propose([*known, *copies], metadata())

    assert (proposal.good.parts, proposal.good.photos) == (10, 30)
    assert proposal.point.threshold == pytest.approx(propose(known, metadata()).point.threshold)


def test_file_without_figures_has_a_prior_too() -> None:
    """A model file from elsewhere may hold no test: it counts as a good model."""
    assert width_of(metadata(None)) == width_of(metadata(1.0))
    assert width_of(metadata(0.9)) < width_of(metadata(0.99))


def test_known_parts_that_agree_with_the_file_change_little() -> None:
    """In front of the camera of the training, the threshold stays about where it is."""
    known = drawn(4, good=-6, defective=6)

    assert abs(propose(known, metadata()).shift) < 1


def test_scores_of_exactly_zero_and_one_are_taken() -> None:
    """A float32 score may round to either end."""
    known = [KnownPhoto(f"G{n}", False, 0.0) for n in range(5)]
    known += [KnownPhoto(f"B{n}", True, 1.0) for n in range(3)]

    assert 0.01 < propose(known, metadata()).point.threshold < 0.99


def test_parts_that_overlap_are_told() -> None:
    """Where nothing separates them, the proposal states that it is no better."""
    rng = np.random.default_rng(5)
    same = list(rng.normal(0, 1, 15))
    proposal = propose(photos(same[:10], same[10:]), metadata())

    assert not proposal.better
    assert any("train again" in message.text() for message in proposal.messages)


def test_unfamiliar_parts_are_counted() -> None:
    """They go to a person, so that no threshold helps them."""
    known = [KnownPhoto(p.part, p.is_defective, p.defect_score, 0.995) for p in drawn(6)]
    proposal = propose(known, metadata(unfamiliar_limit=0.99))

    assert proposal.unfamiliar == 15
    assert any("15 of 15 known parts" in message.text() for message in proposal.messages)


def test_all_faults_of_the_known_parts_are_stated_together() -> None:
    """Too few, a part of both kinds, a photo without a score."""
    known = [
        KnownPhoto("A", False, 0.1),
        KnownPhoto("A", True, 0.9),
        KnownPhoto("B", True, float("nan")),
    ]

    with pytest.raises(StationError) as raised:
        propose(known, metadata())

    text = str(raised.value)
    for fault in ("'A' is given as good and as defective", "'B' has no verdict", "too few"):
        assert fault in text


def test_model_without_good_parts_has_no_threshold() -> None:
    """Types of defects have no threshold that could be adapted."""
    without = metadata().model_copy(update={"ok_class": None})

    with pytest.raises(ModelFileError):
        propose(drawn(0), without)


def test_proposal_reads_in_german() -> None:
    """Every sentence has a translation."""
    proposal = propose(drawn(1), metadata())
    english = [each.text() for each in proposal.messages]
    with language(Language.DE):
        german = [each.text() for each in proposal.messages]

    assert all(one != other for one, other in zip(english, german, strict=True))
