"""Settings that are one of a few words: an enumeration each."""

from enum import StrEnum


class Color(StrEnum):
    """What the network sees of the colours."""

    AUTO = "auto"
    GREY = "grey"
    RGB = "rgb"


class Decode(StrEnum):
    """At what size JPEGs are decoded."""

    AUTO = "auto"
    FULL = "full"


class Flips(StrEnum):
    """Mirrorings that leave a good part a good part."""

    NONE = "none"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    BOTH = "both"


class Turns(StrEnum):
    """How photos are turned in training."""

    AUTO = "auto"
    ANY = "any"
    QUARTER = "quarter"


class ClassWeights(StrEnum):
    """How an unbalanced set of classes enters the loss."""

    BALANCED = "balanced"
    NONE = "none"


class SplitMode(StrEnum):
    """What becomes of a split that the photos came with."""

    KEEP = "keep"
    NEW = "new"
    REPAIR = "repair"


class Recipe(StrEnum):
    """How much is learned, and how long that takes."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"
    CNN = "cnn"


class Folds(StrEnum):
    """Whether the classifier comes from folds over all photos but the test."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Depth(StrEnum):
    """Which maps of a pretrained network its classifier sees."""

    ALL = "all"
    LAST = "last"


class View(StrEnum):
    """What of a photo's light the network sees."""

    RAW = "raw"
    FLAT = "flat"
    BOTH = "both"


class Precision(StrEnum):
    """Number format of the products: of frozen layers on the line, and of layers that learn."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    INT8 = "int8"


class Engine(StrEnum):
    """What `okng predict` judges on."""

    SINGLE = "single"
    RAY = "ray"


class Runtime(StrEnum):
    """Which engine runs a model file.

    The last four are onnxruntime on another device, with a build of it that has the provider, such
    as the package onnxruntime-gpu. They take float32 files alone, and `okng certify` shows whether
    they give the verdicts that the threshold was chosen with.
    """

    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"
    CUDA = "cuda"
    TENSORRT = "tensorrt"
    DIRECTML = "directml"
    COREML = "coreml"
