"""Codes of errors: short names that programs rely on, while texts may change.

A code is never renamed or used for another fault. `docs/reference/errors.md` lists all of them.
"""

from enum import StrEnum, unique
from typing import Self


@unique
class Code(StrEnum):
    """A fault. The first word is the thing at fault."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Keep the meaning beside the code."""
        code = str.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    ERROR = "error", "Any other fault."
    INTERRUPTED = "interrupted", "The user stopped it."
    MEMORY = "memory", "The memory of the machine does not suffice."
    SYSTEM = "system", "The operating system refused a file or a call."
    LIBRARY_MISSING = "library.missing", "A package that this needs is not installed."
    DISK_FULL = "disk.full", "No space is left."
    FILE_NOT_WRITABLE = "file.not-writable", "The file or its folder may not be written to."
    FILE_EXISTS = "file.exists", "The file to write is there already."

    SETTINGS_INVALID = "settings.invalid", "Settings are unknown, out of range or do not fit."
    SETTINGS_UNREADABLE = "settings.unreadable", "The settings file cannot be read, or is no TOML."
    COLUMN_MISSING = "column.missing", "The manifest has no such column."
    GROUPS_RULE = "groups.rule", "The rule for photos of one part is not valid, or matches nothing."

    PHOTOS_UNUSABLE = "photos.unusable", "The photos cannot be used as a whole."
    PHOTOS_NONE = "photos.none", "No photo was found."
    PHOTOS_LAYOUT = "photos.layout", "The folders are in no layout that names one class per photo."
    PHOTOS_ONE_CLASS = "photos.one-class", "All photos are of one class."
    PHOTOS_OK_CLASS = "photos.ok-class", "The class of good parts is not clear, or not there."
    PHOTOS_TOO_FEW = "photos.too-few", "Photos or parts of a class are too few."
    PHOTOS_SPLIT = "photos.split", "The photos cannot be split as asked, or the split is empty."
    PHOTOS_CHANGED = "photos.changed", "The photos are not those that the run began with."
    PHOTOS_LABELS = "photos.labels", "The model has no class for the labels of the photos."
    MANIFEST_UNREADABLE = "manifest.unreadable", "The manifest cannot be read as a table."
    MANIFEST_INVALID = "manifest.invalid", "Rows of the manifest are not usable."

    PHOTO_DAMAGED = "photo.damaged", "The photo is damaged or cut off."
    PHOTO_EMPTY = "photo.empty", "The file is empty."
    PHOTO_DENIED = "photo.denied", "The file may not be read."
    PHOTO_NO_PHOTO = "photo.no-photo", "The file is not a photo."
    PHOTO_FORMAT = "photo.format", "The file format is not read."
    PHOTO_FORM = "photo.form", "This form of the file format is not read."
    PHOTO_PAGES = "photo.pages", "The file holds several photos."
    PHOTO_RANGE = "photo.range", "The range of the pixel values is not clear."
    PHOTO_DEPTH = "photo.depth", "The photo has another bit depth than the others."
    PHOTO_SIZE = "photo.size", "The photo is too large or too small."
    PHOTO_OTHER = "photo.other", "The photo cannot be read for another reason."

    SCORES_UNREADABLE = "scores.unreadable", "Scores or metrics of a folder cannot be read."
    COMPARISON_IMPOSSIBLE = "comparison.impossible", "The two runs have nothing to compare."
    THRESHOLD_NO_PHOTOS = "threshold.no-photos", "No photos are left to choose a threshold on."
    THRESHOLD_NO_OK_CLASS = "threshold.no-ok-class", "Without an OK class there is no threshold."
    THRESHOLD_NO_UNFAMILIARITY = "threshold.no-unfamiliarity", "No unfamiliarity to put a limit on."

    MODEL_UNUSABLE = "model.unusable", "The model file cannot be used."
    MODEL_MISSING = "model.missing", "The folder holds no model file."
    MODEL_UNREADABLE = "model.unreadable", "The model file cannot be read."
    MODEL_FOREIGN = "model.foreign", "The file is not a model file of okng."
    MODEL_SCHEMA = "model.schema", "The model file is of a schema that this version does not read."
    MODEL_DAMAGED = "model.damaged", "Graph and metadata of the model file are damaged."
    MODEL_SEAL_BROKEN = "model.seal-broken", "The model file was changed after okng wrote it."
    MODEL_OTHER_DIGEST = "model.other-digest", "The model file is not the expected one."
    MODEL_UNSIGNED = "model.unsigned", "The required signature is missing or wrong."
    MODEL_EXTERNAL_DATA = "model.external-data", "The model file points to data outside of itself."
    MODEL_OTHER_RUNTIME = "model.other-runtime", "The runtime gives other verdicts with this file."
    MODEL_NOT_FOLLOWED = "model.not-followed", "The followed model cannot be fetched or used."
    MODEL_NO_RESULTS = "model.no-results", "The model file gives no usable results here."
    CERTIFICATE_UNREADABLE = "certificate.unreadable", "The certificate cannot be read."
    INFERENCE_FAILED = "inference.failed", "The network cannot be run on the photo."
    INFERENCE_NO_SCORE = "inference.no-score", "The network gave no score for the photo."
    ENGINE_CLOSED = "engine.closed", "The inspection engine is not open."
    ENGINE_FULL = "engine.full", "The inspection engine has no room for another photo."
    CLUSTER_FAILED = "cluster.failed", "The Ray cluster failed, is too small, or is not there."
    KEY_INVALID = "key.invalid", "The key for signatures cannot be read or is none."

    RECORDS_FAILED = "records.failed", "The records cannot be written or read."
    RECORDS_DATABASE = "records.database", "This is no database for records."
    RECORDS_LOCKED = "records.locked", "Another program holds the lock of the database."
    RECORDS_UNREACHABLE = "records.unreachable", "The database is down or not there."
    RECORDS_CLOSED = "records.closed", "The records are closed."
    RECORDS_CONFLICT = "records.conflict", "There is such a row already, with another content."
    RECORDS_SCHEMA = "records.schema", "The database is of a schema that this version cannot use."
    RECORDS_NETWORK_SHARE = "records.network-share", "SQLite does not work on a network share."
    RECORDS_DAMAGED = "records.damaged", "The records do not verify."
    RECORDS_RETENTION = "records.retention", "A rule of retention is not valid."
    RECORDS_HELD = "records.held", "Rows that are due for deletion stay: a sink has not got them."
    PHOTO_STORE = "photo-store.failed", "The store of photos cannot be written or read."

    REQUEST_INVALID = "request.invalid", "The request is not valid."
    REQUEST_TOO_LARGE = "request.too-large", "The body of the request is larger than allowed."
    REQUEST_SLOW = "request.slow", "The body of the request did not arrive in time."
    REQUEST_MEDIA_TYPE = "request.media-type", "The body is of a type that is not read here."
    REQUEST_ACCEPT = "request.accept", "The answer is not made in a form that is accepted."
    STATION_FULL = "station.full", "The station has no room for another photo."
    STATION_TIMEOUT = "station.timeout", "There was no verdict in time."
    STATION_STOPPING = "station.stopping", "The station is stopping."
    STATION_UNREACHABLE = "station.unreachable", "The station does not answer."
    STATION_BLOCKED = "station.blocked", "The station is blocked until its check has passed."
    CLIENT_LIMIT = "client.limit", "This client is over its limit."
    LOGIN_NEEDED = "login.needed", "No valid key or login was given."
    LOGIN_FAILED = "login.failed", "Name or password is wrong."
    LOGIN_LOCKED = "login.locked", "Too many failed logins; the account is locked for a while."
    ROLE_MISSING = "role.missing", "The key or user may not do this."
    ORIGIN_FOREIGN = "origin.foreign", "The request comes from another site."
    HOST_FOREIGN = "host.foreign", "The station does not serve this host name."
    MISSING = "missing", "What is asked for is not there."
    CONNECT_FAILED = "connect.failed", "A source, a sink or a PLC cannot be reached."
    CONNECT_LOGIN = (
        "connect.login",
        "The other side does not accept the login, or gives it no right.",
    )
    CONNECT_CERTIFICATE = "connect.certificate", "A certificate of the connection is not valid."
    CONNECT_REFUSED = "connect.refused", "The other side refuses what it was sent."
    CAMERA_MISSING = "camera.missing", "The camera is not there, or another program has it."
    CAMERA_LOST = "camera.lost", "The camera sends no frames any more."
    CAMERA_FROZEN = "camera.frozen", "The camera sends one and the same frame again."
    CAMERA_SIZE = "camera.size", "The photo has another size than the photos of this camera."
    CAMERA_DROPPED = "camera.dropped", "A frame was lost on its way from the camera."
    CAMERA_SETTING = "camera.setting", "The camera does not take a setting."

    DRIFT_BRIGHTNESS = "drift.brightness", "Photos are brighter or darker than before."
    DRIFT_SHARPNESS = "drift.sharpness", "Photos are sharper or less sharp than before."
    DRIFT_RIGHT = "drift.right", "Parts lie further right or left than before."
    DRIFT_DOWN = "drift.down", "Parts lie further down or up than before."
    DRIFT_SCORE = "drift.score", "Scores of good parts are higher or lower than before."
    DRIFT_UNFAMILIARITY = "drift.unfamiliarity", "Parts are less or more like those of training."
    DRIFT_NG_RATE = "drift.ng-rate", "More or fewer parts are NG than before."

    RUN_MISSING = "run.missing", "There is no run to resume."
    RUN_EXISTS = "run.exists", "The folder holds a run already."
    RUN_LOCKED = "run.locked", "Another process works in the run folder."
    RUN_OTHER_SETTINGS = "run.other-settings", "The settings differ from those of the run."
    RUN_DAMAGED = "run.damaged", "A file of the run cannot be read."
    GATE_MISSING = "gate.missing", "The gate has not judged the run."
    GATE_REFUSED = "gate.refused", "The gate has refused the challenger."
    STUDY_MISSING = "study.missing", "There is no such study."
    STUDY_OTHER = "study.other", "The study is about something else."
    STUDY_UNFINISHED = "study.unfinished", "No trial of the study is complete."
    STUDY_STORAGE = "study.storage", "The storage of the study cannot be opened."
    TRACKING_UNREACHABLE = "tracking.unreachable", "The tracking server does not answer."

    NETWORK_UNKNOWN = "network.unknown", "There is no such network."
    NETWORK_UNUSABLE = "network.unusable", "The network does not take these settings."
    NETWORK_EXPORT = "network.export", "The network cannot be expressed in a model file."
    WEIGHTS_MISSING = "weights.missing", "The weights file does not exist."
    WEIGHTS_UNREADABLE = "weights.unreadable", "The weights file cannot be read."
    WEIGHTS_OTHER_NETWORK = "weights.other-network", "The weights belong to another network."
    WEIGHTS_UNREACHABLE = "weights.unreachable", "No pretrained weights can be reached."
    TRAINING_FAILED = "training.failed", "Training or export cannot go on."
    TRAINING_MEMORY = "training.memory", "The memory does not suffice for this training."
    TRAINING_DIVERGED = "training.diverged", "The loss is no longer a number."
    TRAINING_PROCESS = "training.process", "One of several training processes ended."
    TRAINING_UNGUARDED = "training.unguarded", "The script would train again in each process."
    TIME_TOO_SHORT = "time.too-short", "The time budget is too short for the shortest plan."
    EXPORT_DISAGREES = "export.disagrees", "The model file gives other results than the training."
