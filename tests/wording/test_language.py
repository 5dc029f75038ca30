"""Sentences in a language: by setting, by environment, per thread, for old files, too."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from okng.commands.train import Run
from okng.config import report_language
from okng.errors import ConfigError
from okng.evaluation.report import write_report
from okng.evaluation.results import message
from okng.wording import (
    Language,
    between,
    finding_in_words,
    language,
    number,
    percent,
    reason_in_words,
    reasons_in_words,
    render,
    texts,
)


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Path:
    """A run to change."""
    shutil.copytree(run.folder, tmp_path / "copy")
    return tmp_path / "copy"


def _with_language(folder: Path, chosen: str | None) -> str:
    """The report in Markdown, with this language in the settings of the report."""
    metrics = json.loads((folder / "metrics.json").read_text())
    metrics["report"]["language"] = chosen
    (folder / "metrics.json").write_text(json.dumps(metrics))
    write_report(folder)
    return (folder / "report.md").read_text(encoding="utf-8")


def test_first_page_is_german_where_that_is_set(copy: Path) -> None:
    """In the words of a quality engineer, with decimal commas; the page says its language."""
    text = _with_language(copy, "de")
    first = text.partition("\n## ")[0]

    for words in ("Darf es eingesetzt werden?", "Schlupfrate", "Pseudofehlerrate", "i.O.-Teile",
                  "Nächste Schritte", "Entscheidung und Unterschriften", "Vertrauen"):  # fmt: skip
        assert words in first
    for words in ("May it be used", "escape rate", "What to do next", "at most", "at least"):
        assert words not in first
    assert "## Was dieser Test beweist" in text
    assert "With 95 % confidence" not in text
    assert '<html lang="de">' in (copy / "report.html").read_text(encoding="utf-8")


_ENGLISH = re.compile(
    r"\b(the|of|and|is|are|were|with|not|this|that|from|by|as|at|no|photos?|parts?|verdicts?|score|"
    r"threshold|escapes?|overkills?|judged|good|defects?|heatmap|training|split|class(?:es)?)\b"
)
"""Words of this program's English that no German sentence has; nouns are in lower case."""


def test_no_english_is_left_in_a_german_report(copy: Path) -> None:
    """Neither in sentences and tables nor in what a page reads aloud, but for names."""
    markdown = _with_language(copy, "de").partition("**Alle Einstellungen**")[0]
    page = (copy / "report.html").read_text(encoding="utf-8")
    spoken = " ".join(re.findall(r'(?:alt|aria-label|title)="([^"]*)"', page))
    visible = re.sub(r"<(script|style|pre|code)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    for text in (markdown, spoken, visible):
        names = r"`[^`]*`|\(figures/\S*|\S*/\S*|okng (train|evaluate|predict) [^.]*|--[a-z-]+"
        english = list(_ENGLISH.finditer(re.sub(names, " ", text)))
        assert [m.string[max(0, m.start() - 40) : m.end() + 40] for m in english] == []


def test_language_of_the_environment_holds_where_none_is_set(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting wins."""
    monkeypatch.setenv("OKNG_LANGUAGE", "de")

    assert "Darf es eingesetzt werden?" in _with_language(copy, None)
    assert "May it be used?" in _with_language(copy, "en")


def test_unknown_language_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With those that there are."""
    monkeypatch.setenv("OKNG_LANGUAGE", "kl")

    with pytest.raises(ConfigError, match=r"OKNG_LANGUAGE[\s\S]*en, de"):
        report_language(None)


def test_threads_have_their_own_language() -> None:
    """A server answers two people at once."""

    def one(chosen: Language) -> set[str]:
        with language(chosen):
            return {percent(0.236) for _ in range(2000)}

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, [Language.DE, Language.EN])) == [{"23,6 %"}, {"23.6 %"}]


def test_numbers_follow_the_language() -> None:
    """A comma for decimals and a point for thousands."""
    with language("de"):
        assert number(1234.5, ",.2f") == "1.234,50"
        assert between(0.0, 0.017) == "0 bis 1,7 %"
    assert number(1234.5, ",.2f") == "1,234.50"


def test_plural_forms_follow_the_number() -> None:
    """One photo, two photos."""
    shown = {n: render("own_test", {"photos": n}) for n in (1, 2)}

    assert shown[1].startswith("1 photo shows a part")
    assert shown[2].startswith("2 photos show parts")


def test_message_within_a_message_is_rendered() -> None:
    """A clause begins the sentence with a capital letter."""
    counted = message("escapes_counted", errors=0, photos=15, parts=15)
    whole = message("no_errors_prove", counted=counted, bound=0.181)

    assert whole.text() == (
        "0 of 15 defective parts escaped; that proves only “fewer than 18.1 %”."
    )


def test_older_and_newer_files_have_their_english_sentences() -> None:
    """Without codes, or with a code that this version does not know."""
    newer = {"sentences": ["As written."], "messages": [{"code": "of_tomorrow", "values": {}}]}
    finding = {"what": "As written.", "advice": "Do it."}
    with language("de"):
        assert finding_in_words(finding) == ("As written.", "Do it.")
        assert finding_in_words({**finding, "code": "of_tomorrow", "values": {}}).advice == "Do it."
        assert texts({"sentences": ["As written."]}) == ["As written."]
        assert texts(newer) == ["As written."]


@pytest.mark.parametrize(("english", "german"), [
    ("needs `pip install 'okng[audit]'` (scipy)", "erfordert `pip install 'okng[audit]'` (scipy)"),
    ("the run folder and the cache hold no features of 3 of the 1,200 training photos",
     "der Ordner des Laufs und der Cache enthalten keine Merkmale von 3 der 1.200 Trainingsfotos"),
    ("a reason of tomorrow", "a reason of tomorrow"),
])  # fmt: skip
def test_reasons_of_files_are_read(english: str, german: str) -> None:
    """Why a check was not made, also with names and numbers in it."""
    with language("de"):
        assert reason_in_words(english) == german


def test_sealed_reason_of_a_threshold_is_read() -> None:
    """The model file holds it in English alone; a part that is not known stays as it is."""
    sealed = (
        "an overkill rate of at most 10 % expected of new parts, on 394 validation parts: 35 of "
        "123 defective ones escape, 26 of 271 good ones are rejected; two escapes in week 14; "
        "review band: lowest cost; a look by a person costs 0.5"
    )
    with language("de"):
        words = reasons_in_words(sealed)

    assert reasons_in_words(sealed) == sealed
    assert words.startswith("eine an neuen Teilen erwartete Pseudofehlerrate von höchstens 10 %")
    assert "; two escapes in week 14; Überprüfungsband: geringste Kosten" in words
    assert words.endswith("0,5")
