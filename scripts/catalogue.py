"""The catalogues of `okng.wording`: takes texts out of the code, checks and compiles translations.

    pip install babel
    python scripts/catalogue.py extract    texts of the code -> okng.pot, new ones into each okng.po
    python scripts/catalogue.py compile    okng.po -> okng.mo, which the package reads

After a change of an English text: extract, translate what is new in okng.po, compile. A test fails
where a text has no translation, or where placeholders differ.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "okng"
LOCALE = SOURCE / "wording" / "locale"
KEYWORDS = {"mark": None, "translated": None, "phrase": None, "Plural": (1, 2), "_": None,
            "gettext": None, "ngettext": (1, 2)}  # fmt: skip
METHODS = [("**.py", "python"), ("**/templates/**.j2", "jinja2.ext:babel_extract")]
OPTIONS = {"**.j2": {"trimmed": "true", "newstyle_gettext": "true", "trim_blocks": "true"}}
WIDTH = 100


def extract() -> None:
    """Write the template, and take new texts into every catalogue."""
    template = Catalog(project="okng", charset="utf-8", fuzzy=False)
    for name, line, text, comments, context in _extracted():
        template.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    _write(template, LOCALE / "okng.pot")
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/okng.po")):
        catalogue = _read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        _write(catalogue, path)
        missing = [m.id for m in catalogue if m.id and not m.string]
        print(f"{path.parts[-3]}: {len(catalogue)} texts, {len(missing)} without translation")


def _extracted() -> Iterator[Any]:
    """Texts of code and of the station's templates, with their places."""
    return extract_from_dir(SOURCE, METHODS, OPTIONS, keywords=KEYWORDS)


def compile_all() -> None:
    """Write okng.mo beside every okng.po."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/okng.po")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(path))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def _write(catalogue: Catalog, path: Path) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, sort_output=True, no_location=True,
                 ignore_obsolete=True, omit_header=False)  # fmt: skip


if __name__ == "__main__":
    {"extract": extract, "compile": compile_all}[sys.argv[1]]()
