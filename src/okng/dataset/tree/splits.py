"""Names of splits, as people write them: Valid, Test_Set, training-data, test_public."""

import re

from okng.dataset.records import SPLIT_NAMES

_PARTS = re.compile(r"[\W_]+")
_SHORT = {"trn": "train", "tst": "test", "eval": "val", "evaluation": "val", "dev": "val"}
_ADDED = frozenset({"set", "sets", "data", "dataset", "image", "images", "imgs", "photos",
                    "split", "subset", "public"})  # fmt: skip


def split_of(name: str) -> str | None:
    """The split that a name denotes, `train`, `val` or `test`, or None."""
    words = [word for word in _PARTS.split(name.strip().lower()) if word]
    # Exactly one word besides fillers: "train_test" could be either.
    significant = [word for word in words if word not in _ADDED]
    if len(significant) != 1:
        return None
    word = significant[0]
    for added in ("set", "data"):
        word = word.removesuffix(added) or word
    return SPLIT_NAMES.get(word) or _SHORT.get(word)
