"""The S3 server of the tests, with s3fs."""

from __future__ import annotations

import pytest
import s3fs

from tests.servers.s3 import S3Server


def _file_system(server: S3Server, secret: str | None = None) -> s3fs.S3FileSystem:
    return s3fs.S3FileSystem(
        key=server.key,
        secret=secret or server.secret,
        endpoint_url=server.url,
        skip_instance_cache=True,
        use_listings_cache=False,
    )


def test_keeps_objects_and_checks_the_signature(s3: S3Server) -> None:
    print(f"start-up: {s3.process.seconds:.2f} s")
    s3.client().put_object(Bucket=s3.bucket, Key="民政/202603/三月.csv", Body="户编号".encode())
    files = _file_system(s3)
    assert files.ls(f"{s3.bucket}/民政/202603") == [f"{s3.bucket}/民政/202603/三月.csv"]
    files.pipe(f"{s3.bucket}/back.txt", b"back")
    assert files.cat(f"{s3.bucket}/back.txt") == b"back"
    with pytest.raises(PermissionError):
        _file_system(s3, "wrong").ls(s3.bucket)
    for made in ("民政/202603/三月.csv", "back.txt"):
        s3.client().delete_object(Bucket=s3.bucket, Key=made)
