"""The German catalogue is whole, compiled, and has the placeholders of the English texts."""

import ast
import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import okng
from okng.wording import report_texts
from okng.wording.plural import Plural
from okng.wording.templates import TEMPLATES

SOURCE = Path(okng.__file__).parent
GERMAN = SOURCE / "wording" / "locale" / "de" / "LC_MESSAGES" / "okng.po"
PLURAL_FORMS = 2


def _compiled() -> dict[object, str]:
    """What the program reads: texts by English text, plural ones by text and form."""
    with GERMAN.with_suffix(".mo").open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in found.items() if key}


def _unquoted(block: str, keyword: str) -> str:
    """The text after a keyword of a .po file, which may go over several lines."""
    match = re.search(rf'^{re.escape(keyword)} ((?:".*"\n?)+)', block, re.MULTILINE)
    return ast.literal_eval(f"({match[1]})") if match else ""


def _written() -> dict[object, str]:
    """The same, read from the .po file."""
    found: dict[object, str] = {}
    for block in GERMAN.read_text(encoding="utf-8").split("\n\n"):
        english = _unquoted(block, "msgid")
        if not english:
            continue  # the header
        if "msgid_plural" in block:
            for form in range(PLURAL_FORMS):
                found[english, form] = _unquoted(block, f"msgstr[{form}]")
        else:
            found[english] = _unquoted(block, "msgstr")
    return found


def _constants(path: Path) -> Iterator[tuple[str, str]]:
    """Texts that a file marks for translation, and the plural ones with their second form."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if node.func.id in {"mark", "translated", "phrase"} and texts and texts[0]:
            yield str(texts[0]), ""
        elif node.func.id == "Plural" and len(texts) > 1:
            yield str(texts[0]), str(texts[1])


def _of_template(path: Path) -> Iterator[tuple[str, str]]:
    """Texts that a page looks up by the function `translated`."""
    for text in re.findall(r'\btranslated\("([^"]+)"\)', path.read_text(encoding="utf-8")):
        yield text, ""


def _placeholders(text: str) -> set[tuple[str | None, str | None]]:
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name}


def test_every_text_of_the_program_is_in_german() -> None:
    """Also those that were added last."""
    known = _compiled()
    texts = [pair for path in SOURCE.rglob("*.py") for pair in _constants(path)]
    texts += [pair for path in SOURCE.rglob("*.j2") for pair in _of_template(path)]
    missing = [
        one
        for one, many in texts
        if (one not in known and (one, 0) not in known) or (many and not known.get((one, 1)))
    ]

    assert len(texts) > len(TEMPLATES)
    assert missing == []


def test_catalogue_is_compiled() -> None:
    """`scripts/catalogue.py compile` was not forgotten, and no text is left empty."""
    assert _compiled() == _written()
    assert all(_written().values())


@pytest.mark.parametrize("code", TEMPLATES)
def test_translation_has_the_values_of_the_text(code: str) -> None:
    """No number is lost, none is invented, and each keeps its format."""
    template, known = TEMPLATES[code], _compiled()
    if isinstance(template, Plural):
        expected = _placeholders(template.many)
        forms = [known[template.one, form] for form in range(PLURAL_FORMS)]
        assert all(_placeholders(text) <= expected for text in forms)
        assert _placeholders(forms[1]) == expected
    else:
        assert _placeholders(known[template]) == _placeholders(template)


def test_no_text_of_the_report_is_translated_in_vain() -> None:
    """Texts that no report has any more leave the list."""
    parts = "".join(
        text
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".j2"} and path.name != "report_texts.py"
        for text in _strings(path)
    )
    wanted = [t for name in ("TITLES", "CAPTIONS", "LABELS", "CHECKED", "PARAGRAPHS")
              for t in getattr(report_texts, name)]  # fmt: skip

    assert [text for text in wanted if text not in parts] == []


def _strings(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".j2":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
