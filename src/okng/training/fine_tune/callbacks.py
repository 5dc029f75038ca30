"""Writes best weights, history and a checkpoint after every epoch, so a killed run loses little.

One callback instead of Lightning's `ModelCheckpoint`, `EarlyStopping` and `Timer`, because

- `best_model.pth` holds the averaged weights of the whole network as plain tensors, not a
  checkpoint, and the checkpoint must be the last file of an epoch, each written atomically;
- patience counts from epoch 0, the linear probe, which `EarlyStopping` has no row for;
- the deadline is a point in time that planning and decoding share, and a resumed run gets a new
  one; `Timer` restores the seconds that the earlier process used.
"""

import csv
import io
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lightning.pytorch import Callback, Trainer
from lightning.pytorch.core import LightningModule
from torch import nn

from okng.events import Progress
from okng.files import whole_file, write_atomic
from okng.runs.layout import ModelsFolder, RunFolder
from okng.training import artifacts
from okng.wording import Sentence, sentence

if TYPE_CHECKING:
    from okng.events import Advance
    from okng.training.fine_tune.lightning_module import Learner

COLUMNS = (
    "epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "lr", "seconds",
    "loading",
)  # fmt: skip

_STATE_KEY = "Keeper"


class EpochRecorder(Callback):
    """Writes `history.csv` and the files under `models/` at the end of each epoch, and stops.

    Args:
        run: the run folder.
        patience: epochs without a better validation loss after which training stops.
        start: metrics of the probe before the first epoch, if there was one: epoch 0.
        deadline: when `clock` passes it, training ends with the step; None for no limit.
        clock: seconds.
        progress: receives every row of the history.
        epochs: of the training at most, for the progress.

    Attributes:
        advance: receives one step per batch, and the last metrics.
        pace: photos of all steps so far, their seconds, and the seconds they waited for photos.

    The column `loading` is the fraction of the steps' time that they waited for photos.

    The checkpoint is the last file of an epoch: a run that is killed before it repeats the epoch,
    with the same photos in the same order, and writes the same files again.
    """

    def __init__(
        self,
        run: Path,
        patience: int,
        start: dict[str, float] | None = None,
        *,
        progress: Progress | None = None,
        epochs: int = 0,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.models, self.history = ModelsFolder(run), RunFolder(run).history
        self.progress, self.epochs = progress, epochs
        self.patience = patience
        self.deadline = math.inf if deadline is None else deadline
        self.clock = clock
        self.advance: Advance = _no_advance
        self.rows = [{"epoch": 0, **start}] if start else []
        self.pace = {"photos": 0.0, "seconds": 0.0, "waited": 0.0}
        self._begun = self._ended = self._waited = 0.0  # seconds: of the epoch, of the last step
        self._photos = 0

    @property
    def state_key(self) -> str:
        """Its key in checkpoints, which is older than its name."""
        return _STATE_KEY

    @property
    def finished(self) -> bool:
        """Whether the validation loss has not fallen for `patience` epochs."""
        return bool(self.rows) and len(self.rows) - self.best_row > self.patience

    @property
    def best_row(self) -> int:
        """Where the lowest validation loss stands; the first of equals."""
        losses = [row["val_loss"] for row in self.rows]
        numbers = [math.inf if math.isnan(loss) else loss for loss in losses]
        return numbers.index(min(numbers))

    @property
    def start_is_best(self) -> bool:
        """Whether no epoch was better than the network before them."""
        return bool(self.rows) and self.rows[self.best_row]["epoch"] == 0

    def __getstate__(self) -> dict[str, Any]:
        """State to pickle for worker processes, without receivers: they cannot cross processes."""
        return self.__dict__ | {"progress": None, "advance": _no_advance}

    def catch_up(self, checkpoint: Path, known: int) -> None:
        """Load what worker processes wrote, and report the rows after the first `known` ones."""
        self.load_state_dict(state_of(checkpoint))
        for row in self.rows[known:]:
            self._report(row)

    def in_words(self) -> Sentence:
        """Throughput of the steps, and the fraction of their time that they waited for photos."""
        seconds = max(1e-9, self.pace["seconds"])
        waited, photos = self.pace["waited"] / seconds, self.pace["photos"] / seconds
        return sentence("pace", waited=100 * waited, photos=photos)

    def state_dict(self) -> dict[str, Any]:
        """What the checkpoint saves of this callback."""
        return {"rows": self.rows, "pace": self.pace}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore after a resume."""
        self.rows = list(state_dict["rows"])
        self.pace |= state_dict.get("pace", {})  # a checkpoint of an older version has none

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save the start of a new run; stop a resumed one that was killed after its last epoch."""
        if self.rows and trainer.current_epoch == 0 and trainer.is_global_zero:
            weights = cast("Learner", pl_module).validated_weights()
            artifacts.save(weights, self.models.best)
            self._report(self.rows[-1])
        trainer.should_stop = trainer.should_stop or self.finished

    def save_start(self, network: nn.Module) -> None:
        """Save a network that learns no further: all files of a training without epochs."""
        weights = artifacts.weights_of(network)
        for path in (self.models.best, self.models.last):
            artifacts.save(weights, path)
        write_atomic(self.history, _as_csv(self.rows))
        for row in self.rows:
            self._report(row)
        artifacts.save(
            {"epoch": 0, "state_dict": weights, "callbacks": {_STATE_KEY: self.state_dict()}},
            self.models.checkpoint,
        )

    def on_train_epoch_start(self, *_: Any) -> None:
        """Start the clock of an epoch."""
        self._begun = self._ended = time.monotonic()
        self._waited, self._photos = 0.0, 0

    def on_train_batch_start(self, *given: Any) -> None:
        """Count the photos of a step, and the time that it waited for them."""
        _trainer, _learner, (_photos, labels, *_), _number = given
        self._photos += len(labels)
        self._waited += time.monotonic() - self._ended

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        """Report progress; past the deadline, validate and end."""
        self.advance(1, self._facts(trainer))
        if self.deadline < math.inf:  # several devices must end together
            late = trainer.strategy.reduce_boolean_decision(self.clock() > self.deadline, all=False)
            trainer.should_stop = trainer.should_stop or late
        self._ended = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save the epoch. Validation has already run.

        Raises:
            TrainingError: the validation loss is not finite; the files of earlier epochs stay.
        """
        row = self._row(trainer)
        if not math.isfinite(row["val_loss"]):
            raise cast("Learner", pl_module).diverged("validation loss")
        self.rows.append(row)
        if trainer.is_global_zero:
            self._write(cast("Learner", pl_module))
            with whole_file(self.models.checkpoint) as temporary:
                trainer.save_checkpoint(temporary)
            self._report(row)
        else:  # a barrier for all devices; the first one writes
            trainer.save_checkpoint(self.models.checkpoint)
        trainer.should_stop = trainer.should_stop or self.finished

    def _write(self, learner: "Learner") -> None:
        """Best and last weights, and the history."""
        weights = learner.validated_weights()
        if self.best_row == len(self.rows) - 1:
            artifacts.save(weights, self.models.best)
        artifacts.save(weights, self.models.last)
        write_atomic(self.history, _as_csv(self.rows))

    def _report(self, row: Mapping[str, float]) -> None:
        if self.progress:
            self.progress.epoch(row, self.epochs)

    def _row(self, trainer: Trainer) -> dict[str, float]:
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        known = {name: metrics.get(name, math.nan) for name in COLUMNS if "_" in name}
        rate = max(group["lr"] for group in trainer.optimizers[0].param_groups)
        stepped = self._ended - self._begun
        photos = self._photos * trainer.world_size
        for name, more in (("photos", photos), ("seconds", stepped), ("waited", self._waited)):
            self.pace[name] += more
        times = {
            "seconds": round(time.monotonic() - self._begun, 3),
            "loading": round(self._waited / max(1e-9, stepped), 4),
        }
        return {"epoch": trainer.current_epoch + 1, **known, "lr": rate, **times}

    def _facts(self, trainer: Trainer) -> str:
        epoch = f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"
        loss = trainer.callback_metrics.get("train_loss")
        if not self.rows:
            return epoch if loss is None else f"{epoch}  loss {float(loss):.3f}"
        last = self.rows[-1]
        return (
            f"{epoch}  loss {last['train_loss']:.3f}, val {last['val_loss']:.3f}  "
            f"accuracy {last['train_accuracy']:.3f}, val {last['val_accuracy']:.3f}"
        )


def state_of(checkpoint: Path) -> dict[str, Any]:
    """What a checkpoint holds of this callback; no rows where there is no checkpoint."""
    if not checkpoint.exists():
        return {"rows": []}
    state: dict[str, Any] = artifacts.load(checkpoint)["callbacks"][_STATE_KEY]
    return state


def _no_advance(steps: int = 1, facts: str = "") -> None:
    """Report nothing."""


def _as_csv(rows: list[dict[str, float]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
