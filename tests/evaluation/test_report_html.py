"""The report is one page that stands by itself."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from full_metrics import change, full_run, heatmap_check, rate

from okng.commands.train import Run
from okng.evaluation import write_figures, write_report
from okng.evaluation.decision import bound_of
from okng.evaluation.report import HEADLINE, NAMES
from okng.evaluation.report.wording import CHECKS
from okng.wording import percent


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Path:
    """A run folder to change."""
    return shutil.copytree(run.folder, tmp_path / "copy")


@pytest.fixture
def full(run: Run, tmp_path: Path) -> Path:
    """A run with every key of metrics.json."""
    return full_run(run.folder, tmp_path / "full")


class _Text(HTMLParser):
    """What a reader without script sees: no script, nothing hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.skipping: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = "hidden" in dict(attrs) or tag in {"script", "style"}
        if hidden or (self.skipping and tag == self.skipping[0]):
            self.skipping.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skipping and tag == self.skipping[-1]:
            self.skipping.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.text += data


def _seen(page: str) -> str:
    parser = _Text()
    parser.feed(page)
    return " ".join(parser.text.split())


def test_page_needs_nothing_from_outside(full: Path) -> None:
    """No address: it opens on any PC, in ten years, too."""
    page = write_report(full).read_text()
    sources = re.findall(r'(?:src|href)="([^"]{0,12})', page)

    assert sources
    assert all(source.startswith(("data:image/", "#")) for source in sources)
    assert not re.search(r"https?://|<link|@import|fetch\(", page)
    assert len(page) < 5_000_000


def test_links_lead_somewhere(full: Path) -> None:
    """Every link of the page has its target, and no two targets share a name."""
    page = write_report(full).read_text()
    names = re.findall(r'\bid="([^"]+)"', page)

    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(names)


def test_key_figures_have_one_bound_each(run: Run) -> None:
    """The four that matter, each with the one-sided bound, and no second limit beside it."""
    page = run.report.read_text()
    cards = page[page.index("The figures that matter") : page.index("Confusion matrix")]

    for name in HEADLINE:
        rate = run.metrics[name]
        word = "at most" if name in {"escape_rate", "overkill_rate"} else "at least"
        assert NAMES[name] in cards
        for text in (percent(rate["value"]), f"{word} {percent(bound_of(name, rate))}"):
            assert text.replace(" %", "\N{NO-BREAK SPACE}%") in cards
    assert " to " not in cards.partition("Each bound")[0]
    assert "What this test proves" in page
    assert run.metrics["model"]["digest"] in page


def test_first_page_answers_may_i_use_it(copy: Path) -> None:
    """Title, part, author, digest, what was tested, the decision, and who signs, in this order."""
    metrics = json.loads((copy / "metrics.json").read_text())
    change(copy, report={"title": "Gate 3", "part": "4711-A", "author": "A. Tester",
                         "require_escape": 0.01, "require_overkill": None})  # fmt: skip

    text = _seen(write_report(copy).read_text())
    first = text[: text.index("1 Task")]

    told = ("Validation report: Gate 3", "Part 4711-A", "Author A. Tester",
            metrics["model"]["digest"][:12], "Tested on", "May it be used?",
            "Good parts: class ok", "Escape rate", "Confusion matrix", "What to do next",
            "Quality manager", "Production", "ML engineer")  # fmt: skip
    places = [first.index(words) for words in told]
    assert places == sorted(places)


def test_new_to_the_model_only_where_that_was_checked(copy: Path) -> None:
    """The first line claims it after a search for copies; without one it names what is unknown."""
    leakage = json.loads((copy / "metrics.json").read_text())["leakage"]
    change(copy, leakage=leakage | {"photos": 0, "checked": ["given groups", "near-duplicates"]})
    assert "that the model had never seen." in _seen(write_report(copy).read_text())

    for checked in ([], ["given groups"]):
        unknown = {"photos": 0, "checked": checked, "not_checked": {"near": "left out on request"}}
        change(copy, leakage=leakage | unknown)
        assert "had never seen" not in _seen(write_report(copy).read_text())


def test_all_parts_out_of_fold_stand_first(copy: Path) -> None:
    """Where the test is small: their figures in large, the test of the file beside them."""
    folds = {"photos": 144, "groups": 75, "stands_first": True, "escape_rate": rate(0.237, n=59),
             "overkill_rate": rate(0.103, n=85), "accuracy": rate(0.84, n=144),
             "recall": rate(0.763, n=59), "good": {"photos": 85, "parts": 30},
             "defective": {"photos": 59, "parts": 45},
             "confusion_matrix": [[76, 9], [14, 45]]}  # fmt: skip
    change(copy, out_of_fold=folds)

    text = _seen(write_report(copy).read_text())

    assert "Of all 75 parts judged out of fold, 14 of 59 defective photos (45 parts)" in text
    assert text.index("23.7") < text.index("test of the model file")


def test_types_have_cards_of_their_own(copy: Path) -> None:
    """Without good parts there is no escape: accuracy, the worst type, the mean recall."""
    types = {"accuracy": rate(0.9), "macro_f1": 0.9,
             "recall": {"ok": rate(0.95), "defective": rate(0.8)}}  # fmt: skip
    none = {name: rate(None) for name in ("escape_rate", "overkill_rate", "specificity",
                                          "balanced_accuracy", "matthews", "roc_auc",
                                          "average_precision")}  # fmt: skip
    change(copy, ok_class=None, types=types, proves=[], **none)

    text = _seen(write_report(copy).read_text())

    for words in ("Worst type", "defective: 40 photos", "Mean recall"):
        assert words in text
    assert "Recall on defects" not in text


def test_joined_figures_of_few_parts_have_no_interval(copy: Path) -> None:
    """Nine parts a class say nothing about F1 or AUC, and the report says so."""
    change(copy, good={"photos": 9, "parts": 9}, defective={"photos": 40, "parts": 40})

    assert "too few parts for an interval" in _seen(write_report(copy).read_text())


def test_without_script_the_page_says_the_same(full: Path) -> None:
    """A table stands in for the slider; every section is there."""
    text = _seen(write_report(full).read_text())

    assert "Try other thresholds" not in text
    assert "no escape on this sample" in text
    for title in ("Task", "Photos", "Conditions", "Sample", "Results", "Limits of use",
                  "Decision and signatures", "What to do next", "Technical annex",
                  "Acceptance in the terms of AIAG", "Repeatability", "By station", "Robustness",
                  "Stability of the threshold", "Review band", "Calibration",
                  "Are the heatmaps to be trusted?"):  # fmt: skip
        assert title in text


def test_what_was_not_computed_is_left_out(run: Run) -> None:
    """No empty heading, no empty figure."""
    text = _seen(run.report.read_text())

    assert "Repeatability" not in text
    assert "By station" not in text


def test_what_was_not_checked_is_said(copy: Path) -> None:
    """Who skips the search for copies is told what that may hide."""
    audit = json.loads((copy / "audit.json").read_text())
    audit["summary"]["not_checked"] = {"near_duplicates": "left out on request"}
    (copy / "audit.json").write_text(json.dumps(audit))

    page = write_report(copy).read_text()

    assert "Not looked for: turned or changed copies (left out on request)" in page
    assert "would make every figure here too good" in page


def test_photos_without_audit_are_told(copy: Path) -> None:
    """`okng evaluate` has no audit: the report stands, and says what is unknown."""
    for name in ("audit.json", "okng.toml", "history.csv"):
        (copy / name).unlink()

    text = _seen(write_report(copy).read_text())

    assert "The photos were not audited" in text
    assert "All settings" not in text


def test_names_of_files_cannot_change_the_page(full: Path) -> None:
    """A hostile name of a file, a class or a column is text."""
    hostile = "</script><img src=x onerror=alert(1)>"
    gallery = json.loads((full / "gradcam" / "gallery.json").read_text())
    gallery[0] |= {"path": f"{hostile}.jpg", "label": f'"{hostile}'}
    (full / "gradcam" / "gallery.json").write_text(json.dumps(gallery))
    row = {"value": hostile, "photos": 1, "groups": 1, "accuracy": rate(1.0),
           "escape_rate": rate(0.0), "overkill_rate": rate(None)}  # fmt: skip
    change(full, by={hostile: {"rows": [row], "differences": [], "sentences": [hostile]}},
           warnings=[hostile], errors=[hostile])  # fmt: skip

    page = write_report(full).read_text()

    assert "&lt;/script&gt;" in page
    assert "<img src=x" not in page
    assert page.count("<script") == page.count("</script>")


def test_leak_stands_above_the_figures(copy: Path) -> None:
    """Nobody quotes a figure without having read it."""
    metrics = json.loads((copy / "metrics.json").read_text())
    change(copy, leakage=metrics["leakage"] | {"photos": 3})

    page = write_report(copy).read_text()

    assert page.index("Do not quote these figures") < page.index("The figures that matter")
    assert "memory, not evidence" in page
    assert page.index("Nothing about new parts") < page.index("1 Task")
    assert "May it be used? No evidence." in page
    assert "no grade of this section counts" in page


def test_one_step_has_no_curve(full: Path) -> None:
    """A curve of one point says nothing; what was learned stands in a table."""
    head = "epoch,train_loss,val_loss,train_accuracy,val_accuracy,lr,seconds"
    (full / "history.csv").write_text(f"{head}\n0,0.25,0.4,0.928,0.848,0.0,58\n")
    write_figures(full)

    text = _seen(write_report(full).read_text())

    assert not (full / "figures" / "curves.png").exists()
    assert "in one step without epochs" in text
    assert "84.8" in text


def test_baselines_are_compared_without_the_threshold(full: Path) -> None:
    """A threshold set for few escapes costs accuracy; it does not make the inspector worse."""
    judge = {"accuracy": rate(0.99), "roc_auc": rate(0.6)}
    change(full, roc_auc=rate(0.9), accuracy=rate(0.7),
           baselines={"brightness": judge, "nearest_neighbour": judge})  # fmt: skip
    assert "Do not release it" not in _seen(write_report(full).read_text())

    change(full, roc_auc=rate(0.5))
    text = _seen(write_report(full).read_text())
    assert "no better than brightness alone and the most similar training photo" in text
    assert "Do not release it" in text


def test_every_check_of_the_audit_has_words(run: Run) -> None:
    """A reader is not shown names of functions."""
    checked = json.loads(run.audit.read_text())["summary"]["checked"]

    assert len(checked) > 5
    assert {*checked, "near_duplicates"} <= CHECKS.keys()


def test_heatmaps_that_failed_are_called_so(full: Path) -> None:
    """Before anybody looks at one, and among the limits of use."""
    change(full, heatmap_check=heatmap_check(trusted=False))

    text = _seen(write_report(full).read_text())

    assert text.index("Do not read much into the heatmaps") < text.index("surest hits")
    page = (full / "report.html").read_text()
    assert page.count('<details class="unproven">') == page.count('class="heat"') > 0
    assert "These heatmaps are not to be trusted" in text
    assert "not to be trusted as an explanation" in text


def test_test_without_defects_is_told(copy: Path) -> None:
    """No figure is made up, and no section comes out empty."""
    none = {name: rate(None) for name in ("escape_rate", "recall", "precision", "roc_auc")}
    change(copy, proves=["The test holds no defective part."], **none)

    text = _seen(write_report(copy).read_text())

    assert "The test holds no defective part" in text
    assert "Escape rate: none, no photo to count" in text


def test_run_without_figures_is_refused(tmp_path: Path) -> None:
    """A report of nothing says where it looked."""
    with pytest.raises(Exception, match=r"The figures cannot be read"):
        write_report(tmp_path)
