"""Photos in a bucket of S3 by boto3: as in a folder, and with errors in words."""

import pytest

from okng.error_codes import Code
from okng.errors import OkngError
from okng.records.photos import PhotoStore
from okng.records.photos.bucket import is_bucket
from okng.testing.cloud.aws import BUCKET, stand_in


@pytest.mark.parametrize("where", [f"s3://{BUCKET}", f"s3://{BUCKET}/plant/photos/"])
def test_bucket_stores_photos_as_a_folder_does(where: str) -> None:
    """Put, get, size, usage, remove; the same content is stored once."""
    with stand_in() as s3:
        store = PhotoStore(where)
        store.check()
        place, again = store.put(b"photo"), store.put(b"photo")
        found = store.get(place.path), store.size(place.path), store.usage()
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
        removed = store.remove(place.path), store.remove(place.path), store.usage()

    assert place == again
    assert found == (b"photo", 5, 5)
    assert keys == [f"{where.removeprefix(f's3://{BUCKET}').strip('/')}/{place.path}".lstrip("/")]
    assert removed == (5, 0, 0)


def test_photo_that_is_gone_or_a_bucket_that_is_not_there_is_told() -> None:
    """With the address, and under the code of the store."""
    with stand_in():
        place = PhotoStore(f"s3://{BUCKET}").put(b"photo")
        PhotoStore(f"s3://{BUCKET}").remove(place.path)
        with pytest.raises(OkngError, match="gone") as gone:
            PhotoStore(f"s3://{BUCKET}").get(place.path)
        with pytest.raises(OkngError, match="NoSuchBucket") as missing:
            PhotoStore("s3://nobody-has-this-bucket").put(b"photo")

    assert (gone.value.code, missing.value.code) == (Code.PHOTO_STORE, Code.PHOTO_STORE)


def test_bucket_without_a_server_is_told() -> None:
    """Nothing of botocore reaches the line."""
    with stand_in():
        store = PhotoStore(f"s3://{BUCKET}")
    with pytest.raises(OkngError, match=r"S3|connect") as caught:
        store.put(b"photo")

    assert caught.value.code is Code.PHOTO_STORE


def test_only_s3_is_read_by_boto3() -> None:
    """Other places are those of fsspec."""
    assert is_bucket("s3://bucket/photos")
    assert not is_bucket("gs://bucket/photos")
    assert not is_bucket("/mnt/photos")
