"""Storage of studies: a SQLite file in the folder of the study, or any database by its URL.

Several workers may write to one study. Each sends a heartbeat every few seconds; a trial without
heartbeats is given to another worker.
"""

import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.pruners import MedianPruner
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import TrialState
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from okng.error_codes import Code
from okng.errors import ConfigError
from okng.runs.layout import StudyFolder
from okng.training.tuning.objective import Objective
from okng.training.tuning.sampler import TrialSampler
from okng.training.tuning.study_identity import ATTRIBUTE, check_same

HEARTBEAT_SECONDS = 5
GRACE_SECONDS = 20  # without a heartbeat, four of them: then the worker counts as dead
_RETRIES = 3  # a trial whose worker dies this often is given up
_WAIT_SECONDS = 60  # for the lock that another process holds on a SQLite file
_UNPRUNED = 5  # trials before any is pruned: Optuna's default, the median needs some


def open_study(
    url: str, name: str, identity: Mapping[str, Any], start: Mapping[str, Any], seed: int
) -> optuna.Study:
    """Create a study, or open one to continue it.

    Args:
        url: of the database.
        name: of the study in it.
        identity: see `identity`.
        start: the values of its first trial.
        seed: decides the draws.

    Raises:
        ConfigError: the database cannot be opened, or the study was started for something else.
    """
    with quiet_optuna():
        storage = _storage(url)
        study = _create(storage, name, Objective(identity["objective"]), seed)
        stored = study.user_attrs.get(ATTRIBUTE)
        if stored is None and study.get_trials(deepcopy=False):
            raise ConfigError(
                f"The study {name} was not made by okng",
                where=shown(url),
                hint="Take another name with `study`.",
                code=Code.STUDY_OTHER,
            )
        if stored is None:
            study.set_user_attr(ATTRIBUTE, dict(identity))
            study.enqueue_trial(dict(start), skip_if_exists=True)
        check_same(stored or identity, identity, where=f"study {name} in {shown(url)}")
        _watch_running(study, storage)
    return study


def _watch_running(study: optuna.Study, storage: RDBStorage) -> None:
    """Give every running trial a heartbeat, so that one whose worker is dead becomes stale.

    Optuna never fails a trial without a heartbeat. A worker that is killed between the start of
    a trial and its first heartbeat leaves such a trial, which would stay running for ever. The
    heartbeat of a live worker is only set a little later than it was.
    """
    optuna.storages.fail_stale_trials(study)
    number = storage.get_study_id_from_name(study.study_name)
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        storage.record_heartbeat(
            storage.get_trial_id_from_study_id_trial_number(number, trial.number)
        )


def find_study(reference: str) -> tuple[optuna.Study, str]:
    """Open a finished, or running, study to read it.

    Args:
        reference: folder of `okng tune`, a SQLite file or a URL, and maybe `::NAME`.

    Returns:
        The study and its database, as it may be shown.

    Raises:
        ConfigError: there is no such study, or it is not one of okng.
    """
    place, _, name = reference.partition("::")
    url = url_of(place)
    with quiet_optuna():
        known = [s for s in _stored(url, place) if ATTRIBUTE in s.user_attrs]
        names = [summary.study_name for summary in known]
        wanted = name or (names[0] if len(names) == 1 else "")
        if wanted not in names:
            raise ConfigError(
                f"There is no study {name}" if name else "Which study is not clear",
                where=f"`from_study` {place}",
                allowed=", ".join(f"{place}::{each}" for each in names) or None,
                hint="Name one of these." if names else "Make one with `okng tune`.",
                code=Code.STUDY_MISSING,
            )
        return optuna.load_study(study_name=wanted, storage=_storage(url)), shown(url)


def url_of(place: str) -> str:
    """The URL of a folder of `okng tune`, of a SQLite file, or of what is a URL already."""
    if "://" in place:
        return place
    path = Path(place).resolve()
    return f"sqlite:///{(StudyFolder(path).database if path.is_dir() else path).as_posix()}"


def shown(url: str) -> str:
    """A URL as it may be shown: without its password."""
    return make_url(url).render_as_string(hide_password=True)


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Silence Optuna's log and its warnings about experimental parts."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)


def _create(storage: RDBStorage, name: str, objective: Objective, seed: int) -> optuna.Study:
    return optuna.create_study(
        study_name=name,
        storage=storage,
        direction=objective.direction,
        sampler=TrialSampler(seed),
        pruner=MedianPruner(n_startup_trials=_UNPRUNED),
        load_if_exists=True,
    )


def _stored(url: str, place: str) -> list[Any]:
    """Summaries of the studies of a database, which is not made by asking for them."""
    if "://" not in place and not Path(url.removeprefix("sqlite:///")).is_file():
        raise ConfigError(
            "There is no study",
            where=f"`from_study` {place}",
            allowed="a folder of `okng tune`, its study.db, or a URL, and maybe ::NAME",
            hint="Check the path.",
            code=Code.STUDY_MISSING,
        )
    return optuna.get_all_study_summaries(_storage(url), include_best_trial=False)


def _storage(url: str) -> RDBStorage:
    try:
        return _connected(url)
    except (ArgumentError, ImportError, SQLAlchemyError, StorageInternalError) as exc:
        raise ConfigError(
            f"The storage of the study cannot be opened: {str(exc).splitlines()[0]}",
            where=url.partition("://")[0] + "://... (`storage`)",
            allowed="a SQLite file, or the URL of a database whose driver is installed",
            hint="Leave `storage` out for a file in the folder of the study.",
            code=Code.STUDY_STORAGE,
        ) from exc


def _connected(url: str) -> RDBStorage:
    """Connect; try twice, in case another worker creates the tables at the same moment."""
    if make_url(url).get_backend_name() == "sqlite":
        options: dict[str, Any] = {"connect_args": {"timeout": _WAIT_SECONDS}}
    else:
        options = {"pool_pre_ping": True}
    for last in (False, True):
        try:
            return RDBStorage(
                url,
                engine_kwargs=options,
                heartbeat_interval=HEARTBEAT_SECONDS,
                grace_period=GRACE_SECONDS,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(_RETRIES),
            )
        except OperationalError:
            if last:
                raise
            time.sleep(1)
    raise AssertionError
