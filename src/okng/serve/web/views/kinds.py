"""Names of kinds of entries."""

from okng.records import Kind
from okng.wording import mark, translated

_NAMES = {
    Kind.REVIEW: mark("review"),
    Kind.SIGNATURE: mark("signature"),
    Kind.MODEL_CHANGE: mark("model"),
    Kind.PROMOTION: mark("promotion"),
    Kind.THRESHOLD_CHANGE: mark("threshold"),
    Kind.SETTINGS_CHANGE: mark("settings"),
    Kind.BYPASS: mark("bypass"),
    Kind.MASTER_PART: mark("master part"),
    Kind.MASTER_CHECK: mark("station check"),
    Kind.AUDIT: mark("accounts"),
    Kind.DELETION: mark("deletion"),
    Kind.ALARM: mark("alarm"),
}


def kind_name(kind: Kind) -> str:
    """A kind of entries in words."""
    return translated(_NAMES[kind])
