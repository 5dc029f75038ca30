"""Runs the epochs of a training through Lightning."""

import logging
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lightning.pytorch import Callback, Trainer

from okng.config import TrainingSettings
from okng.events import Progress
from okng.memory import keep_freed_memory
from okng.runs.layout import ModelsFolder
from okng.training import artifacts
from okng.training.fine_tune.callbacks import EpochRecorder, state_of
from okng.training.fine_tune.lightning_module import Learner
from okng.training.fine_tune.precision import measured_plan
from okng.training.preflight import check_checkpoint

if TYPE_CHECKING:
    from okng.training.data.loader import PhotoArray

_LOGS = ("lightning.pytorch", "lightning.fabric")


def run_epochs(
    learner: Learner,
    batches: Any,
    held_out: Any,
    recorder: EpochRecorder,
    training: TrainingSettings,
    run: Path,
    progress: Progress,
) -> None:
    """Train until the epochs, the patience or the time is over.

    Args:
        learner: the network and its loss.
        batches: loader of training photos, or of cached activations of them.
        held_out: the same of validation photos.
        recorder: saves the best weights, and decides when to stop.
        training: epochs, devices and precision.
        run: the run folder; where it has a checkpoint, training resumes from it.
        progress: receives one stage with a step per batch.

    Raises:
        TrainingError: the loss is not finite, or the checkpoint belongs to another network.
    """
    learner.train()
    keep_freed_memory()
    example = cast("PhotoArray", batches.dataset)
    plan = measured_plan(learner, example, training, ModelsFolder(run).precision, progress)
    several = training.devices > 1
    with progress.stage("train", learner.schedule.steps) as advance, _quiet_lightning():
        if not several:  # worker processes cannot report to this one
            recorder.advance = advance
        trainer = Trainer(
            max_epochs=training.epochs,
            callbacks=[recorder, _QuietThere()],
            default_root_dir=run,
            devices=training.devices,
            strategy="ddp_spawn" if several else "auto",
            use_distributed_sampler=False,  # `EpochOrder` splits batches itself
            enable_checkpointing=False,
            enable_model_summary=False,
            enable_progress_bar=False,
            logger=False,
            num_sanity_val_steps=0,
            precision=plan.lightning,
        )
        checkpoint = ModelsFolder(run).checkpoint
        known = len(state_of(checkpoint)["rows"]) if several else 0
        _start(trainer, learner, batches, held_out, checkpoint)
    if several:
        recorder.catch_up(checkpoint, known)
    progress.say(recorder.in_words())


def _start(
    trainer: Trainer, learner: Learner, batches: Any, held_out: Any, checkpoint: Path
) -> None:
    resumed = checkpoint if checkpoint.exists() else None
    if resumed:
        check_checkpoint(resumed, artifacts.load(resumed).get("state_dict"), learner)
    with _stopped_as_asked():
        trainer.fit(learner, batches, held_out, ckpt_path=resumed, weights_only=True)


@contextmanager
def _stopped_as_asked() -> Iterator[None]:
    """Raise what stopped a training (Ctrl-C, SIGTERM, a token), and let Ctrl-C work afterwards.

    Lightning ignores SIGINT from then on and exits; in another than the main thread it fails to
    ignore it, with a ValueError. Either way the context of its exception is what stopped it.
    """
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    except (SystemExit, ValueError) as exc:
        if isinstance(exc.__context__, KeyboardInterrupt):
            raise exc.__context__ from None
        if isinstance(exc, SystemExit):
            raise KeyboardInterrupt from exc
        raise
    finally:
        if threading.current_thread() is threading.main_thread() and before is not None:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _quiet_lightning() -> Iterator[None]:
    """Silence Lightning's advice on loaders and devices, which no user of okng can act on."""
    logs = [logging.getLogger(name) for name in _LOGS]
    levels = [log.level for log in logs]
    try:
        with warnings.catch_warnings():
            _hush()
            yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


class _QuietThere(Callback):
    """Silences Lightning in worker processes, when it is unpickled there."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _hushed, ()


def _hushed() -> _QuietThere:
    _hush()
    return _QuietThere()


def _hush() -> None:
    for name in _LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    warnings.filterwarnings("ignore", message=".*num_workers.*|.*lr_scheduler.step.*")
