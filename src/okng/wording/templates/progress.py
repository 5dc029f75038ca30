"""Sentences that a job reports while it works."""

from okng.wording.languages import mark
from okng.wording.plural import Template

PROGRESS: dict[str, Template] = {
    "threshold_chosen": mark("threshold {threshold:.4g}"),
    "certified": mark(
        "{photos} photos nearest to the limits, judged in {setups} further ways: no other verdict, "
        "scores within {largest:.1e}"
    ),
    "certified_differing": mark(
        "{differing} of {photos} photos get another verdict from another runtime, batch or number "
        "of threads; see certificate.json"
    ),
    "certified_narrow": mark(
        "a score or an unfamiliarity lies nearer to its limit than runtimes differ: another photo "
        "like it may get two verdicts; see certificate.json"
    ),
    "not_certified": mark("the verdicts of other runtimes could not be compared: {fault}"),
    "decoded_reduced": mark(
        "large JPEGs are decoded at a fraction of their size, {reduced_side} pixels or more for "
        "the shorter side: no verdict on {photos} photos differs from that at full size"
    ),
    "decoded_whole": mark(
        "JPEGs are decoded at full size: at a fraction {verdicts_changed} of {photos} verdicts "
        "differ"
    ),
    "cache_damaged": mark("audit cache: damaged entries computed again: {entries}"),
    "cache_unusable": mark("audit cache cannot be used, continuing without: {trouble}"),
    "no_embedder": mark("no embedding network: {fault}"),
    "split_repaired": mark("repaired: {photos} photos of parts of a later split left out"),
    "not_readable": mark("not readable, left out: {path}: {fault:fault}"),
    "photos_of_classes": mark("{photos} photos of: {classes}"),
    "generous_limit": mark(
        "{name} {value:g} allows {value:short} of the parts. For {value:g} %, give {value:g}%."
    ),
    "run_finished": mark("the run is finished, nothing is left to do: {folder}"),
    "precision": mark("training in {name} ({reason:text})"),
    "trunk_int8_asked": mark("frozen layers in INT8, as asked"),
    "trunk_int8_as_accurate": mark(
        "frozen layers in INT8: {faster:.1f} times as fast as in float32 here, loss out of fold "
        "{loss_int8:.4f} against {loss_float32:.4f} on {photos} photos"
    ),
    "trunk_float32_not_faster": mark(
        "frozen layers in float32: INT8 is {faster:.1f} times as fast here, and less than 1.3 "
        "times does not pay"
    ),
    "trunk_float32_less_accurate": mark(
        "frozen layers in float32: INT8 would be {faster:.1f} times as fast, but its loss out of "
        "fold is {loss_int8:.4f} against {loss_float32:.4f} on {photos} photos"
    ),
    "trunk_float32_few_photos": mark(
        "frozen layers in float32: too few photos to show that INT8 costs no accuracy"
    ),
    "trunk_float32_few_parts": mark(
        "frozen layers in float32: too few parts of a class to show that INT8 costs no accuracy"
    ),
    "turned_by_quarters": mark(
        "parts lie straight ({share:.0%} of their edges run along the sides of the photo): turned "
        "by quarters only, unless `augment.turns` any"
    ),
    "split_written": mark("{file}: {counts:split_classes}"),
    "split_counts": mark("{counts:split_counts}"),
    "dataset_classes": mark("{photos} photos of {number} classes: {classes}"),
    "classifier": mark(
        "classifier: loss {train_loss:.3f}, val {val_loss:.3f}  accuracy {train_accuracy:.3f}, val "
        "{val_accuracy:.3f}"
    ),
    "classifier_of_folds": mark(
        "classifier: loss {train_loss:.3f}, val {val_loss:.3f}  accuracy {train_accuracy:.3f}, val "
        "{val_accuracy:.3f}  ({folds} folds)"
    ),
    "pace": mark(
        "steps waited {waited:.0f} % of their time for photos; {photos:.0f} photos a second"
    ),
    "settings_of_trial": mark("settings of trial {trial} of the study {study}"),
    "settings_of_trial_but": mark(
        "settings of trial {trial} of the study {study}, but {given} as given"
    ),
    "tuning_begins": mark(
        "{trials} trials on {folds} folds of {photos} photos of {parts} parts, for "
        "{objective:text}; the {test} test photos stay out of it"
    ),
    "time_plan": mark(
        "plan for {budget:.0f} s: {plan}, about {seconds:.0f} s after a trial of {trial:.0f} s; "
        "photos a second here, at {size} px: {steps:.0f} forward and backward through those that "
        "learn"
    ),
    "time_plan_frozen": mark(
        "plan for {budget:.0f} s: {plan}, about {seconds:.0f} s after a trial of {trial:.0f} s; "
        "photos a second here, at {size} px: {frozen:.0f} through frozen layers and {steps:.0f} "
        "forward and backward through those that learn"
    ),
}
