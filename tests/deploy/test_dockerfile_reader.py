"""The reader of Dockerfiles, by which images are built here without an engine."""

from pathlib import Path

import pytest
from building import Image, Source, allowed, build
from dockerfile import expanded, instructions, pairs, stages, words
from roots import Base, Run, script

TEXT = """
# A comment.
ARG BASE=python:3
FROM ${BASE} AS build
ARG PACKAGES=serve
RUN one \\
    # a comment between
    && two   ${PACKAGES}
FROM ${BASE}
COPY --from=build /a /b
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A Dockerfile with two stages."""
    path = tmp_path / "Dockerfile"
    path.write_text(TEXT)
    return path


def test_lines_are_joined_and_comments_left_out() -> None:
    """As Docker reads them."""
    assert [(step.name, step.text) for step in instructions(TEXT)] == [
        ("ARG", "BASE=python:3"), ("FROM", "${BASE} AS build"), ("ARG", "PACKAGES=serve"),
        ("RUN", "one && two ${PACKAGES}"), ("FROM", "${BASE}"), ("COPY", "--from=build /a /b"),
    ]  # fmt: skip


def test_stages_have_base_name_and_steps(file: Path) -> None:
    """Arguments before the first FROM are put into it; one from outside wins."""
    first, last = stages(file, {})

    assert (first.base, first.name, last.base, last.name) == ("python:3", "build", "python:3", "")
    assert [step.name for step in first.steps] == ["ARG", "RUN"]
    assert stages(file, {"BASE": "other"})[0].base == "other"


def test_unknown_variables_become_empty() -> None:
    """As in Docker."""
    assert expanded("$A/${B}/${C}", {"A": "1", "B": "2"}) == "1/2/"


def test_environment_keeps_quoted_spaces() -> None:
    """Several pairs in one ENV."""
    assert pairs('A=1 B="two words" C=x=y') == {"A": "1", "B": "two words", "C": "x=y"}


def test_a_command_for_a_shell_is_refused() -> None:
    """It would get no SIGTERM."""
    assert words('["okng", "serve"]') == ["okng", "serve"]
    with pytest.raises(ValueError, match="exec form"):
        words("okng serve")


def test_dockerignore_lets_in_what_it_names(tmp_path: Path) -> None:
    """Folders with all that is in them; no file, no limits."""
    assert allowed("any", tmp_path)
    (tmp_path / ".dockerignore").write_text("*\n!src\n!a/b.txt\n")

    assert [allowed(name, tmp_path) for name in ("src/x.py", "a/b.txt", "a/c.txt", "srcs")] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.fixture
def built(tmp_path: Path) -> Image:
    """An image without a RUN, on another image."""
    context, work = tmp_path / "context", tmp_path / "work"
    (context / "code").mkdir(parents=True)
    work.mkdir()
    (context / "code" / "a.py").write_text("a")
    (context / "one.txt").write_text("1")
    (context / "Dockerfile").write_text(
        "FROM before\nWORKDIR /srv\nENV A=1 PATH=/x:$PATH\nUSER 7\nCOPY code code\n"
        "COPY one.txt code/a.py ./\nCOPY one.txt /etc/two.txt\nVOLUME /data\n"
        'ENTRYPOINT ["a"]\nCMD ["b"]\nHEALTHCHECK --interval=1s CMD ["c"]\n'
    )
    before = Image(tmp_path / "before", env={"PATH": "/bin"}, cmd=["old"])
    before.root.mkdir()
    (before.root / "from-before").touch()
    return build(Source(context / "Dockerfile", context, images={"before": before}), Base(), work)


def test_files_are_copied_as_docker_copies_them(built: Image) -> None:
    """Of a folder its content; several files into a folder; one file under a new name."""
    files = {str(path.relative_to(built.root)) for path in built.root.rglob("*") if path.is_file()}

    assert files == {"from-before", "srv/code/a.py", "srv/one.txt", "srv/a.py", "etc/two.txt"}


def test_what_a_container_needs_comes_from_the_instructions(built: Image) -> None:
    """An image that is built upon is the beginning."""
    assert built.env == {"PATH": "/x:/bin", "A": "1"}
    assert (built.folder, built.user, built.volumes) == ("/srv", 7, ["/data"])
    assert (built.entrypoint, built.cmd, built.health) == (["a"], ["b"], ["c"])


def test_a_sealed_container_has_no_rights() -> None:
    """Read-only root, /tmp of its own, no capabilities; what it is shown is read-only, too."""
    run = Run({"A": "b c"}, user=10001, sealed=True, writable={"/data": Path("/d")},
              shown={"/models": Path("/m")})  # fmt: skip
    shell = script(Path("/r"), Base(Path("/base")), run, ["okng", "serve"])

    assert "mount -o remount,bind,ro $ROOT\n" in shell
    assert "mount -o remount,bind,ro $ROOT/models" in shell
    assert "ro $ROOT/data" not in shell
    assert "--bounding-set=-all" in shell
    assert shell.splitlines()[-1].startswith("exec env -i 'A=b c' /usr/sbin/chroot $ROOT")
