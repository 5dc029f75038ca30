"""Addresses that a station follows: the web, S3, an archive of SageMaker."""

import io
import json
import tarfile
from pathlib import Path
from urllib.request import Request

import pytest
from pydantic import ValidationError

from followed_models import Follow, digest_of
from okng.config.station import ModelsSection
from okng.connect.following.web import _SameScheme
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.cloud.aws import BUCKET, stand_in
from okng.testing.cloud.model_server import model_server


def test_unchanged_page_is_not_sent_again(follow: Follow, other: Path) -> None:
    """The ETag of before goes along, and the server answers 304."""
    data = other.read_bytes()
    with model_server() as server:
        server.files["/m.onnx"] = data
        line = follow(f"{server.address}/m.onnx", follow_sha256=digest_of(other))
        looks = [line.follower.poll() for _ in range(3)]

    assert looks == [True, False, False]
    assert (len(server.asked), server.sent) == (3, len(data))


@pytest.mark.parametrize("status", [301, 403, 404, 500, 503])
def test_page_that_is_refused_raises_an_alarm(follow: Follow, other: Path, status: int) -> None:
    """Its status is told; once it is there, the alarm is over."""
    with model_server() as server:
        server.files["/m.onnx"], server.status = other.read_bytes(), status
        line = follow(f"{server.address}/m.onnx", follow_sha256=digest_of(other))
        first = line.follower.poll()
        fault = line.follower.fault
        server.status = None
        second = line.follower.poll()

    assert (first, second, line.alarms.on) == (False, True, [])
    assert fault is not None
    assert f"the server answers {status}" in fault.what


@pytest.mark.parametrize("model", ["http://[x", "HTTP://[x/m.onnx"])
def test_pointer_to_no_address_raises_an_alarm(follow: Follow, model: str) -> None:
    """The look ends as any other that fails, and the next one comes."""
    with model_server() as server:
        server.files["/p.json"] = json.dumps({"model": model, "sha256": "0" * 64}).encode()
        line = follow(f"{server.address}/p.json", follow_sha256="0" * 64)
        taken = line.follower.poll()

    assert not taken
    assert line.follower.fault is not None
    assert "cannot be fetched" in line.follower.fault.what


def test_address_that_no_file_can_have_raises_an_alarm(follow: Follow) -> None:
    """It holds a NUL character."""
    line = follow("file:///a%00b.onnx", follow_sha256="0" * 64)

    assert not line.follower.poll()
    assert line.follower.fault is not None


def test_page_that_breaks_off_is_not_taken(follow: Follow, other: Path) -> None:
    """Fewer bytes came than were announced; the next look fetches all of them."""
    with model_server() as server:
        server.files["/m.onnx"], server.cut = other.read_bytes(), 10
        line = follow(f"{server.address}/m.onnx", follow_sha256=digest_of(other))
        first = line.follower.poll()
        fault = line.follower.fault
        server.cut = 0

        assert not first
        assert fault is not None
        assert "bytes came" in fault.what
        assert line.follower.poll()


def test_server_that_is_not_there_is_told(follow: Follow) -> None:
    """By name and port; the query, which may hold a signature, is not shown."""
    line = follow("https://127.0.0.1:9/m.onnx?X-Amz-Signature=secret")

    assert not line.follower.poll()
    (alarm,) = line.alarms.on
    assert alarm.where == "https://127.0.0.1:9/m.onnx"
    assert alarm.values["cause"] == Code.CONNECT_FAILED


def test_redirect_to_another_scheme_is_refused() -> None:
    """What was asked for by https comes by https."""
    request = Request("https://plant.example/m.onnx")
    with pytest.raises(ConnectError, match="redirects from https"):
        _SameScheme().redirect_request(request, None, 302, "", None, "http://plant.example/m")


def test_plain_http_needs_a_proof() -> None:
    """Anybody on the way could exchange the file."""
    url = "http://plant.example/m.onnx"
    with pytest.raises(ValidationError, match="follow_key or follow_sha256"):
        ModelsSection(follow=url)

    assert ModelsSection(follow=url, follow_key=Path("plant.pub")).follow == url


@pytest.mark.parametrize("url", ["ftp://a/b", "m.onnx", "s3:/b/m", "https://a b", "https://"])
def test_address_of_another_kind_is_refused(url: str) -> None:
    """When the settings are read, not when the station runs."""
    with pytest.raises(ValidationError):
        ModelsSection(follow=url)


def test_two_shadows_are_refused() -> None:
    """One is followed, one is given."""
    with pytest.raises(ValidationError, match="two shadows"):
        ModelsSection(follow="s3://b/m.onnx", shadow=Path("m.onnx"))


def test_object_of_s3_is_followed(follow: Follow, exported: Path, other: Path) -> None:
    """By its ETag: fetched when it changes."""
    with stand_in() as s3:
        s3.put_object(Bucket=BUCKET, Key="a b/m.onnx", Body=other.read_bytes())
        line = follow(f"s3://{BUCKET}/a%20b/m.onnx", follow_as="live")
        first, again = line.follower.poll(), line.follower.poll()
        live = line.live
        s3.put_object(Bucket=BUCKET, Key="a b/m.onnx", Body=exported.read_bytes())
        third = line.follower.poll()

    assert (first, again, third) == (True, False, True)
    assert (live, line.live) == (digest_of(other), digest_of(exported))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"s3://{BUCKET}/none.onnx", "the bucket has no such object"),
        ("s3://nobody-has-this-bucket/m.onnx", "there is no such bucket"),
    ],
)
def test_object_that_is_not_there_is_told(follow: Follow, url: str, reason: str) -> None:
    """In words, not in codes of AWS."""
    with stand_in():
        line = follow(url)
        line.follower.poll()

    assert line.follower.fault is not None
    assert reason in line.follower.fault.what


def test_s3_without_credentials_is_told(
    follow: Follow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the way out; nothing is asked over the network."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    line = follow("s3://bucket/m.onnx")
    line.follower.poll()

    assert line.follower.fault is not None
    assert "no credentials for AWS" in line.follower.fault.what


def test_archive_of_sagemaker_is_followed(follow: Follow, other: Path, offered: Path) -> None:
    """The same `model.tar.gz` serves an endpoint and the stations."""
    archive = offered.with_name("model.tar.gz")
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(other, "inspector.onnx")
    line = follow(archive.as_uri(), follow_sha256=digest_of(other))

    assert line.follower.poll()
    assert line.shadow == digest_of(other)


def test_archive_that_reaches_outside_is_refused(
    follow: Follow, other: Path, offered: Path
) -> None:
    """Nothing of it is written."""
    archive = offered.with_name("model.tar.gz")
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(other, "inspector.onnx")
        tar.addfile(tarfile.TarInfo("../escaped.onnx"), io.BytesIO())
    line = follow(archive.as_uri())

    assert not line.follower.poll()
    assert line.follower.fault is not None
    assert "lies outside of it" in line.follower.fault.what
    assert list(line.station.settings.station.folder.rglob("escaped*")) == []


def test_pointer_must_not_leave_its_scheme(follow: Follow, offered: Path) -> None:
    """A file by https does not send the station to http."""
    pointer = offered.with_name("current.json")
    pointer.write_text(json.dumps({"model": "http://plant.example/m.onnx", "sha256": "0" * 64}))
    line = follow(pointer.as_uri())

    assert not line.follower.poll()
    assert line.follower.fault is not None
    assert "names a model by http" in line.follower.fault.what
