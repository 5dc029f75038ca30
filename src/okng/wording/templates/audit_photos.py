"""Findings of the audit about photos and their files, each followed by its advice."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

_AGAIN = mark(
    "Take them again if a person cannot inspect them; keep them if the line will produce such "
    "photos."
)
_ORIGIN = mark("Find out where they come from: another camera often means another lighting.")
_SAME_ON_LINE = mark("Make sure that the line uses the same as the training photos.")
_SMALL_DEFECT = mark(
    "At {size} px the smallest defect ({label}) is {smallest:.1f} px wide, on the photo "
    "{on_photo:.0f} px. Under {limit:g} px: {small} of {masks} defects with a mask."
)
_UNREADABLE = Plural(
    "{files} file cannot be read, first {first}: {fault:fault}.",
    "{files} files cannot be read, first {first}: {fault:fault}.",
    "files",
)
_UNREADABLE_ADVICE = {
    "unreadable_damaged": mark("Left out. Take these photos again; check disk and camera."),
    "unreadable_denied": mark("Left out. Check the paths and permissions of these files."),
    "unreadable_no_photo": mark("Left out. Move these files out of the folder."),
    "unreadable_format": mark("Left out. Save them as JPEG, PNG or TIFF."),
    "unreadable_form": mark(
        "Left out. The files are intact: save them as PNG or TIFF of 8 or 16 bit with 1 or 3 "
        "channels."
    ),
    "unreadable_range": mark(
        "Left out. The files are intact: save them as PNG or TIFF of 8 or 16 bit."
    ),
    "unreadable_depth": mark("Left out. Save all photos with the same bit depth."),
    "unreadable_pages": mark("Left out. Split them into one file per photo."),
    "unreadable_size": mark("Left out. Crop or shrink them."),
    "unreadable_other": mark("Left out. See the reason given for each file."),
}

EXPOSURE: dict[str, Template] = {
    "blurred": Plural(
        "{photos} photo is blurred compared with the rest.",
        "{photos} photos are blurred compared with the rest.",
        "photos",
    ),
    "blurred_advice": _AGAIN,
    "darker": Plural(
        "{photos} photo is much darker than the rest.",
        "{photos} photos are much darker than the rest.",
        "photos",
    ),
    "darker_advice": _AGAIN,
    "brighter": Plural(
        "{photos} photo is much brighter than the rest.",
        "{photos} photos are much brighter than the rest.",
        "photos",
    ),
    "brighter_advice": _AGAIN,
    "drift": mark(
        "The {property:term} of the {split:term} split differs from that of training by "
        "{effect:.1f} standard deviations."
    ),
    "drift_advice": mark(
        "This is right if the line will differ in the same way; the metrics then hold for it. "
        "Otherwise use `data.split` new."
    ),
    "drift_camera": mark(
        "{strange} of {photos} photos of the {split:term} split have a camera that does not occur "
        "in training: {there:some}; in training: {training:some}."
    ),
    "drift_camera_advice": _SAME_ON_LINE,
    "drift_size": mark(
        "{strange} of {photos} photos of the {split:term} split have a size that does not occur "
        "in training: {there:some}; in training: {training:some}."
    ),
    "drift_size_advice": _SAME_ON_LINE,
}

FORMS: dict[str, Template] = {
    "other_size": mark(
        "{photos} photos have another size than the rest ({common} pixels): {others} pixels."
    ),
    "other_size_advice": _ORIGIN,
    "other_mode": mark(
        "{photos} photos have another colour mode than the rest ({common}): {others}."
    ),
    "other_mode_advice": _ORIGIN,
    "other_format": mark("{photos} photos have another format than the rest ({common}): {others}."),
    "other_format_advice": _ORIGIN,
    "aspects": mark(
        "Photos have aspect ratios from {low:.2f} to {high:.2f}; the network resizes all of them "
        "to squares, so parts are distorted by different amounts."
    ),
    "aspects_advice": mark(
        "Crop all photos to the same aspect ratio, before training and on the line."
    ),
    "turned": mark("{photos} photos are stored rotated, with their orientation in EXIF."),
    "turned_advice": mark("okng turns them upright. Other programs may not: save them upright."),
    "depth": mark(
        "{photos} photos have more than 8 bits; their values use {depth} bits, and all of them are "
        "scaled by that depth: {depths:depths}."
    ),
    "depth_advice": mark(
        "The model file stores this depth and rejects photos on the line that exceed it."
    ),
    "depths_mixed": mark(
        "{photos} photos have more than 8 bits; their values use {depth} bits, and all of them are "
        "scaled by that depth, but some use fewer: {depths:depths}. {darker} become darker."
    ),
    "depths_mixed_advice": mark(
        "If they are from another camera or setting, save all photos with the same depth; if they "
        "show a darker scene, keep them."
    ),
    "several_pictures": mark(
        "{files} files contain {pictures} pictures (previews, frames, depth maps); the first full "
        "one of each is used, the others are left out."
    ),
    "several_pictures_advice": mark(
        "To use another picture of a file, save it as a separate file."
    ),
    "transparent": mark("{photos} photos have transparent pixels, which become black."),
    "transparent_advice": mark("Save them without transparency, as the line delivers them."),
}

DEFECTS: dict[str, Template] = {
    "small_defects_closer": _SMALL_DEFECT,
    "small_defects_closer_advice": mark(
        "Photograph a smaller part of the scene, or crop the photos to the part."
    ),
    "small_defects_larger": _SMALL_DEFECT,
    "small_defects_larger_advice": mark(
        "Use `data.image_size` {larger}: the defect is then {shown:.0f} px wide, and training and "
        "inference take {times:.1f} times as long."
    ),
    "small_defects_both": _SMALL_DEFECT,
    "small_defects_both_advice": mark(
        "Use `data.image_size` {larger}: the defect is then {shown:.0f} px wide, and training and "
        "inference take {times:.1f} times as long. For more, photograph a smaller part of the "
        "scene, or crop the photos to the part."
    ),
}

FILES: dict[str, Template] = {
    **dict.fromkeys(_UNREADABLE_ADVICE, _UNREADABLE),
    **{f"{code}_advice": text for code, text in _UNREADABLE_ADVICE.items()},
    "masks_left_out": mark("Defect masks among the photos are left out: {files}, first {first}."),
    "masks_left_out_advice": mark(
        "A mask is not a photo: a network would learn to separate masks from photos. If one of "
        "these files is a photo, rename it or its folder."
    ),
    "class_folders": mark("The class folders are in {folder}."),
    "class_folders_advice": mark("If the classes are in another folder, give that folder."),
    "left_out": mark("Left out: {files:left_out}."),
    "left_out_advice": mark(
        "Move photos that belong to the data set into a class folder, in a supported format; the "
        "other files do no harm."
    ),
}
