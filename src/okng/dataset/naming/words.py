"""The meaning of a class name: good, defective, or unknown.

A name is good only if every word of it is good or neutral: an unknown word may reverse its meaning
("nicht ok", "fine scratch"), and with the wrong OK class defective parts reach the customer.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from okng.dataset.naming import lexicon

_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


class Sense(Enum):
    """The meaning of a name.

    Attributes:
        GOOD: every word is good or neutral, and one is good.
        PERHAPS: likewise, but the good word has another meaning in another language.
        MIXED: a good word among unknown ones, as in "ok - copy".
        BAD: a word for defective parts, or a negated good one, and neutral words.
        FAULTY: such a word among unknown ones.
        NEUTRAL: neutral words and numbers only.
        UNKNOWN: anything else.
    """

    GOOD = "good"
    PERHAPS = "perhaps"
    MIXED = "mixed"
    BAD = "bad"
    FAULTY = "faulty"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"


def fold(word: str) -> str:
    """A word without case, width and Latin accents."""
    text = unicodedata.normalize("NFKC", word).casefold().translate(_PLAIN)
    # Accents are dropped from Latin words only: in other scripts the marks change the meaning.
    apart = unicodedata.normalize("NFD", text)
    if not any("a" <= c <= "z" for c in apart):
        return text
    return "".join(c for c in apart if not unicodedata.combining(c))


def _set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


_GOOD, _UNSURE, _BAD = _set(lexicon.GOOD), _set(lexicon.UNSURE), _set(lexicon.BAD)
_FAULTS, _ABSENCE, _FREE = _set(lexicon.FAULTS), _set(lexicon.ABSENCE), _set(lexicon.FREE)
_NEGATIONS, _NEUTRAL = _set(lexicon.NEGATIONS), _set(lexicon.NEUTRAL)
_KNOWN = _GOOD | _UNSURE | _BAD | _FAULTS | _ABSENCE | _NEGATIONS | _NEUTRAL
_JOINED = {w for w in _GOOD | _NEUTRAL if len(w) > 1 or not w.isascii()}


def sense(name: str, shared: frozenset[str] = frozenset()) -> Sense:
    """The meaning of a class name.

    Args:
        name: name of a class.
        shared: words in the names of all classes, such as that of a product: see `shared_words`.
    """
    tokens = _without_pairs([word for word in words(name) if word not in shared])
    good = any(word in _GOOD for word in tokens)
    unsure = any(word in _UNSURE for word in tokens)
    negated = any(word in _NEGATIONS for word in tokens)
    bad = any(word in _BAD | _FAULTS for word in tokens) or (negated and (good or unsure))
    known = all(word in _KNOWN for word in tokens)
    # Defective before good: "not ok" and "ok with scratches" must never count as good.
    if bad:
        return Sense.BAD if known else Sense.FAULTY
    if not known or negated or "?" in name:
        return Sense.MIXED if good else Sense.UNKNOWN
    return Sense.GOOD if good else Sense.PERHAPS if unsure else Sense.NEUTRAL


def shared_words(names: Iterable[str]) -> frozenset[str]:
    """Words in all of several names that mean neither good nor bad."""
    each = [set(words(name)) for name in names]
    if len(each) < 2:
        return frozenset()
    return frozenset(set.intersection(*each) - (_KNOWN - _NEUTRAL))


def words(name: str) -> list[str]:
    """The words of a name, folded: split at spaces, signs, digits, capitals and scripts.

    Single letters are joined: i.O. becomes `io`, n. i. O. becomes `nio`.
    """
    tokens: list[str] = []
    letters = ""
    for chunk in _chunks(unicodedata.normalize("NFKC", name)):
        if len(chunk) == 1 and fold(chunk).isascii():
            letters += chunk
            continue
        tokens += [*_known_parts(letters), *_known_parts(chunk)] if letters else _known_parts(chunk)
        letters = ""
    return tokens + (_known_parts(letters) if letters else [])


def _chunks(name: str) -> list[str]:
    """Runs of letters of one script (Latin or other)."""
    chunks, last = [""], ""
    for character in name:
        category = unicodedata.category(character)[0]
        kind = "" if category not in "LM" else ("latin" if _is_latin(character) else "other")
        if category == "M" and last:
            kind = last  # a combining mark belongs to the letter before it
        if kind != last:
            chunks.append("")
        if kind:
            chunks[-1] += character
        last = kind
    return [chunk for chunk in chunks if chunk]


def _is_latin(character: str) -> bool:
    return "LATIN" in unicodedata.name(character, "")


def _known_parts(chunk: str) -> list[str]:
    """A run of letters as one word, or as the known words that it is composed of."""
    whole = fold(chunk)
    if whole in _KNOWN:
        return [whole]
    if len(joined := _joined(whole)) > 1:
        return joined
    pieces = _CAMEL.findall(chunk) if chunk.isascii() else [chunk]
    if "".join(pieces) != chunk:
        pieces = [chunk]
    return [word for piece in pieces for word in _joined(fold(piece))]


def _joined(word: str) -> list[str]:
    """`gutteile` -> gut, teile; other words stay whole."""
    if word in _KNOWN:
        return [word]
    # Dynamic programme: ways[end] is a partition of word[:end] into known words.
    ways: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            before = ways[start]
            if before is not None and word[start:end] in _JOINED:
                ways[end] = [*before, word[start:end]]
                break
    return ways[-1] or [word]


def _without_pairs(tokens: list[str]) -> list[str]:
    """The words, with `no defect` and `defect free` replaced by a good word."""
    result: list[str] = []
    for word in tokens:
        before = result[-1] if result else ""
        if (before in _ABSENCE and word in _FAULTS) or (before in _FAULTS and word in _FREE):
            result[-1] = "ok"
        else:
            result.append(word)
    return result
