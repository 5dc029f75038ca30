"""Fresh root directories, and commands that run in them as in a container.

Nothing of the machine is seen inside but what the base brings, /dev, /proc, and the way to the
package index. Mounts belong to a namespace of the command and end with it.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

NETWORK = ("etc/resolv.conf", "etc/hosts", "etc/nsswitch.conf", "etc/pip.conf", "etc/ssl")
"""What a command needs to reach a package index; a container engine brings the first two."""
SYSTEM = ("bin", "sbin", "lib", "lib64")
ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/login.defs",
            "etc/ld.so.cache", "etc/alternatives", "etc/default/useradd")  # fmt: skip


class Base(NamedTuple):
    """What stands for the base image.

    Attributes:
        folder: a whole system made by debootstrap, which is copied; None for the programs of this
            machine, which are mounted.
    """

    folder: Path | None = None

    def fresh(self, root: Path) -> Path:
        """A new root directory."""
        if self.folder is not None:
            subprocess.run(["cp", "-a", "--reflink=auto", self.folder, root], check=True)
            (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        else:
            _skeleton(root)
        for name in NETWORK:
            _copied(name, root)
        return root

    @property
    def mounts(self) -> list[str]:
        """Commands that mount what is not in the root directory; `$ROOT` is the root."""
        if self.folder is not None:
            return []
        # what this machine has installed under /usr/local does not belong to the base
        return ["mkdir -p $ROOT/usr", "mkdir -p $ROOT.local", "mount --bind /usr $ROOT/usr",
                "mount -o remount,bind,ro $ROOT/usr", "mkdir -p $ROOT.local/bin",
                "ln -sf /usr/bin/python3 $ROOT.local/bin/python",
                "mount --bind $ROOT.local $ROOT/usr/local"]  # fmt: skip


class Run(NamedTuple):
    """How a command runs in a root.

    Attributes:
        env: its whole environment.
        folder: its working directory.
        user: number of user and group.
        sealed: whether it has a read-only root, /tmp of its own, and no network but itself.
        writable: folders of this machine by their place in the root.
        shown: likewise, not writable.
    """

    env: Mapping[str, str]
    folder: str = "/"
    user: int = 0
    sealed: bool = False
    writable: Mapping[str, Path] = {}
    shown: Mapping[str, Path] = {}


def script(root: Path, base: Base, run: Run, command: Sequence[str]) -> str:
    """The shell script that mounts, and then becomes the command."""
    places = ["dev", "proc", "tmp", *(each[1:] for each in (*run.writable, *run.shown))]
    lines = ["set -e", f"ROOT={shlex.quote(str(root))}", *base.mounts,
             *(f"mkdir -p $ROOT/{place}" for place in places),
             "mount --rbind /dev $ROOT/dev", "mount -t proc proc $ROOT/proc"]  # fmt: skip
    if run.sealed:
        lines += ["ip link set lo up", "mkdir -p $ROOT.view", "mount --rbind $ROOT $ROOT.view",
                  "ROOT=$ROOT.view", "mount -o remount,bind,ro $ROOT",
                  "mount -t tmpfs -o mode=1777 tmp $ROOT/tmp"]  # fmt: skip
    for place, folder in (*run.writable.items(), *run.shown.items()):
        lines.append(f"mount --bind {shlex.quote(str(folder))} $ROOT{place}")
    lines += [f"mount -o remount,bind,ro $ROOT{place}" for place in run.shown]
    return "\n".join([*lines, f"exec {_entered(run, command)}"])


def _entered(run: Run, command: Sequence[str]) -> str:
    """The command in the root, as the user, with the rights that a container leaves it."""
    lost = ["--bounding-set=-all", "--inh-caps=-all"] if run.user else []
    rights = ["setpriv", f"--reuid={run.user}", f"--regid={run.user}", "--clear-groups",
              "--no-new-privs", *lost]  # fmt: skip
    inside = f"cd {shlex.quote(run.folder)} && exec {shlex.join([*rights, *command])}"
    env = [f"{name}={value}" for name, value in run.env.items()]
    plain = shlex.join(["env", "-i", *env, "/usr/sbin/chroot"])
    return f"{plain} $ROOT /bin/sh -c {shlex.quote(inside)}"


def _unshared(run: Run, shell: str) -> list[str]:
    spaces = ["--mount", "--ipc", "--uts", *(["--net"] if run.sealed else [])]
    return ["unshare", *spaces, "/bin/sh", "-c", shell]


def start(
    root: Path, base: Base, run: Run, command: Sequence[str], output: IO[str]
) -> "subprocess.Popen[str]":
    """Start a command; a signal to the process reaches the command itself."""
    shell = script(root, base, run, command)
    return subprocess.Popen(_unshared(run, shell), stdout=output, stderr=output, text=True)


def check(root: Path, base: Base, run: Run, command: Sequence[str]) -> str:
    """Run a command to its end, and return what it prints.

    Raises:
        SystemExit: it fails.
    """
    done = subprocess.run(
        _unshared(run, script(root, base, run, command)), text=True, check=False,
        capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)[:300]}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def beside(process: "subprocess.Popen[str]", command: Sequence[str]) -> str:
    """Run a command in the root and the network of a process that runs, as `docker exec` does.

    Raises:
        subprocess.CalledProcessError: it fails.
    """
    enter = ["nsenter", f"--target={process.pid}", "--mount", "--net", "--root", "--wd"]
    return subprocess.run([*enter, *command], check=True, text=True, capture_output=True).stdout


def inherited() -> dict[str, str]:
    """Variables that tell pip where its index is."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_")}


def _skeleton(root: Path) -> None:
    """Directories of a Debian system, without its programs."""
    for name in ("etc/default", "tmp", "var/lib", "opt", "root", "proc", "dev"):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for name in SYSTEM:
        if Path("/", name).is_symlink():
            (root / name).symlink_to(Path("/", name).readlink())
    for name in ACCOUNTS:
        _copied(name, root)


def _copied(name: str, root: Path) -> None:
    source, target = Path("/", name), root / name
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
