"""The policy of a report: a page from the disk of the station, which may come from elsewhere.

A browser shows it without an origin: it reads no cookie, sends nothing, loads nothing, and no other
script runs in it than that of the reports of this version of okng.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import okng

_SCRIPT = Path(okng.__file__).parent / "evaluation" / "templates" / "report.js"
_SCRIPTS = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_REFRESH = re.compile(rb"http-equiv", re.IGNORECASE)


def sandbox_headers(page: bytes) -> Mapping[str, str]:
    """Headers with which a report can be shown.

    Args:
        page: the report as HTML, in UTF-8.
    """
    style = _STYLE.search(page)
    script = next(_own_scripts(page), None)
    policy = (
        # A page that may run a script may also follow `http-equiv=refresh`.
        "sandbox" if script is None else "sandbox allow-scripts",
        "default-src 'none'",
        "img-src data:",
        f"style-src {_source(style and style.group(1))}",
        f"script-src {_source(script)}",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        # A page without an origin cannot be opened with the policy of the other pages.
        "cross-origin-opener-policy": "unsafe-none",
    }


def _own_scripts(page: bytes) -> Iterator[bytes]:
    """Scripts of the page that are the one of this version, if the page does not lead away."""
    if not _REFRESH.search(page):
        yield from (text for text in _SCRIPTS.findall(page) if text.strip() == _script())


@cache
def _script() -> bytes:
    return _SCRIPT.read_bytes().strip()


def _source(text: bytes | None) -> str:
    if text is None:
        return "'none'"
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
