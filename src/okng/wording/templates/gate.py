"""Sentences about whether a challenger may take the place of a champion."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

GATE: dict[str, Template] = {
    "gate_passed": mark(
        "The challenger may take the champion's place: {checks} of {checks} checks passed."
    ),
    "gate_refused": mark(
        "The challenger must not take the champion's place: {failed} of {checks} checks failed."
    ),
    "gate_escape_untested": mark(
        "The frozen test holds no defective part, so escapes are not compared."
    ),
    "gate_escape_within": mark(
        "Escapes on the frozen test ({parts:parts}): champion {a:percent}, challenger {b:percent}; "
        "at most {high:percent} more, allowed are {limit:short}."
    ),
    "gate_escape_beyond": mark(
        "Escapes on the frozen test ({parts:parts}): champion {a:percent}, challenger {b:percent}; "
        "{high:percent} more cannot be ruled out, allowed are {limit:short}."
    ),
    "gate_escape_few_kept": mark(
        "The frozen test has {parts:parts} with defects, too few to rule out {limit:short} more "
        "escapes; on these the challenger lets no more escape than the champion."
    ),
    "gate_escape_few_more": mark(
        "The frozen test has {parts:parts} with defects, too few to rule out {limit:short} more "
        "escapes; the challenger lets {more} more escape than the champion."
    ),
    "gate_overkill_untested": mark(
        "The frozen test holds no good part, so overkill is not compared."
    ),
    "gate_overkill_within": mark(
        "Overkill on the frozen test ({parts:parts}): champion {a:percent}, challenger "
        "{b:percent}; at most {high:percent} more, allowed are {limit:short}."
    ),
    "gate_overkill_beyond": mark(
        "Overkill on the frozen test ({parts:parts}): champion {a:percent}, challenger "
        "{b:percent}; {high:percent} more cannot be ruled out, allowed are {limit:short}."
    ),
    "gate_overkill_few_kept": mark(
        "The frozen test has {parts:parts} without defects, too few to rule out {limit:short} "
        "more overkill; of these the challenger rejects no more than the champion."
    ),
    "gate_overkill_few_more": mark(
        "The frozen test has {parts:parts} without defects, too few to rule out {limit:short} "
        "more overkill; the challenger rejects {more} more than the champion."
    ),
    "gate_review_untested": mark("The frozen test holds no part, so nothing is compared."),
    "gate_review_within": mark(
        "Parts of the frozen test that a person must judge: champion {a:percent}, challenger "
        "{b:percent}; at most {high:percent} more, allowed are {limit:short}."
    ),
    "gate_review_beyond": mark(
        "Parts of the frozen test that a person must judge: champion {a:percent}, challenger "
        "{b:percent}; {high:percent} more cannot be ruled out, allowed are {limit:short}."
    ),
    "gate_review_few_kept": mark(
        "The frozen test has {parts:parts}, too few to rule out {limit:short} more for a person; "
        "of these the challenger leaves no more to a person than the champion."
    ),
    "gate_review_few_more": mark(
        "The frozen test has {parts:parts}, too few to rule out {limit:short} more for a person; "
        "the challenger leaves {more} more to a person than the champion."
    ),
    "gate_recent_none": mark("No reviewed part is new to both models, so none was compared."),
    "gate_recent_kept": mark(
        "Reviewed parts that neither model has learned ({photos} photos of {parts:parts}): "
        "{a} errors of the champion, {b} of the challenger."
    ),
    "gate_recent_chance": mark(
        "Reviewed parts that neither model has learned ({photos} photos of {parts:parts}): "
        "{a} errors of the champion, {b} of the challenger; chance explains the difference "
        "(p = {p:.2f})."
    ),
    "gate_recent_more": mark(
        "Reviewed parts that neither model has learned ({photos} photos of {parts:parts}): "
        "the challenger makes more errors, {b} against {a} of the champion (p = {p:.2f})."
    ),
    "gate_known_escape_none": mark("No escape is on record."),
    "gate_known_escape_kept": Plural(
        "{count} escape on record: the challenger lets none pass that the champion stops.",
        "{count} escapes on record: the challenger lets none pass that the champion stops.",
        "count",
    ),
    "gate_known_escape_reopened": Plural(
        "{count} escape on record that the champion stops passes again: {names}",
        "{count} escapes on record that the champion stops pass again: {names}",
        "count",
    ),
    "gate_master_part_none": mark("There is no master part."),
    "gate_master_part_right": Plural(
        "{count} master part: the challenger's verdict is right.",
        "{count} master parts: all verdicts of the challenger are right.",
        "count",
    ),
    "gate_master_part_wrong": Plural(
        "{count} master part gets a wrong verdict: {names}",
        "{count} master parts get a wrong verdict: {names}",
        "count",
    ),
    "gate_master_part_missing": Plural(
        "{count} master part has no stored photo, so it was not judged: {names}",
        "{count} master parts have no stored photo, so they were not judged: {names}",
        "count",
    ),
}
